/** Tracking of movies from the catalogue: asking for it, how far it is, what came of it. */

export { TrackSheet } from "./track-sheet.tsx";
