/** Height of a row of the chart of tracks, in pixels of the screen. */
export const rowPx = 16;
