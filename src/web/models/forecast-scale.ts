/** Where the points of a forecast lie in its picture; cells grow to the right by doubling, from none. */

export interface ForecastScale {
  x(cells: number): number;
  y(score: number): number;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The lower end of the scores: what is not in the picture must not look like a jump, so it keeps to tenths. */
export function lowestTenth(scores: readonly number[]): number {
  return Math.max(0, Math.floor(Math.min(...scores) * 10 - 0.5) / 10);
}

/** @param cells  of all points. @param scores  of all points and ranges, 0..1. */
export function forecastScale(
  cells: readonly number[],
  scores: readonly number[],
  frame: Frame,
): ForecastScale {
  const most = Math.max(1, ...cells);
  const least = Math.min(most, ...cells.filter((count) => count > 0));
  // None lies one doubling left of the first.
  const span = Math.log2(most / least) + 1;
  const low = lowestTenth(scores);
  const across = frame.width - frame.left - frame.right;
  const down = frame.height - frame.top - frame.bottom;
  return {
    x: (count) => frame.left + (count <= 0 ? 0 : ((Math.log2(count / least) + 1) / span) * across),
    y: (score) => frame.top + ((1 - score) / (1 - low)) * down,
  };
}
