/** Commands about tracks and their keys: one part of the table in `input/keys.ts`. All are Shift with a letter. */

export type TrackCommand =
  | "track-mark"
  | "track-link"
  | "track-daughter"
  | "track-cut"
  | "track-swap"
  | "track-next"
  | "track-accept"
  | "track-fix"
  | "track-tails";

const line = (command: TrackCommand, key: string, text: string) =>
  ({ command, key, text, group: "Tracks" }) as const;

export const trackKeyLines = [
  line("track-mark", "Shift A", "Mark the cell to link from"),
  line("track-link", "Shift L", "The same cell as the marked one"),
  line("track-daughter", "Shift D", "A daughter of the marked cell"),
  line("track-cut", "Shift X", "Cut the track before this cell"),
  line("track-swap", "Shift S", "Swap two tracks from this frame on"),
  line("track-next", "Shift E", "Next doubt about tracks; leave this one"),
  line("track-accept", "Shift R", "Right: accept, next doubt about tracks"),
  line("track-fix", "Shift F", "Wrong: make the first suggested repair"),
  line("track-tails", "Shift T", "Tracks on the image"),
] as const;
