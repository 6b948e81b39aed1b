/**
 * Commands, and the key each has as long as nobody gives it another (`key-map.ts`). One table, for the keyboard, the tool
 * rail and the help. A new command needs one line here.
 */

import type { DraftTool } from "../model/draft.ts";
import type { PartTool } from "../part/part-drafts.ts";
import { type TrackCommand, trackKeyLines } from "../tracks/track-keys.ts";
import type { KeyPress } from "./chord.ts";

export type Command =
  | "brush"
  | "eraser"
  | "lasso"
  | "write-mode"
  | DraftTool
  | PartTool
  | "accept-cell"
  | "accept-above"
  | "left"
  | "right"
  | "up"
  | "down"
  | "select"
  | "split"
  | "merge"
  | "delete"
  | "fill"
  | "split-in-two"
  | "trim"
  | "smooth"
  | "grow"
  | "shrink"
  | "merge-neighbour"
  | "fit-cell"
  | "find-missed"
  | "new-cell"
  | "smaller"
  | "larger"
  | "next-doubt"
  | "fix-doubt"
  | "skip-doubt"
  | "back-doubt"
  | "accept"
  | "undo"
  | "redo"
  | "outlines"
  | "labels"
  | "fit"
  | "zoom-in"
  | "zoom-out"
  | "select-all"
  | "deselect"
  | "next-frame"
  | "previous-frame"
  | "next-slice"
  | "previous-slice"
  | "play"
  | `type-${number}`
  | TrackCommand
  | "help"
  | "tour";

export interface KeyLine {
  readonly command: Command;
  /** As written on the keys; see `chord.ts`. */
  readonly key: string;
  readonly text: string;
  /** Heading in the help; "Tools" when absent. */
  readonly group?: KeyGroup;
}

export const keyGroups = ["Tools", "Cells", "Types", "Review", "View", "Time and depth", "Tracks"] as const;
type KeyGroup = (typeof keyGroups)[number];

export const keyLines: readonly KeyLine[] = [
  { command: "select", key: "V", text: "Select" },
  { command: "brush", key: "B", text: "Brush" },
  { command: "eraser", key: "E", text: "Eraser" },
  { command: "lasso", key: "P", text: "Lasso; with Shift it cuts" },
  { command: "write-mode", key: "W", text: "Around other cells, over them, or overlapping" },
  { command: "new-cell", key: "N", text: "New cell", group: "Cells" },
  { command: "split", key: "S", text: "Split by a line" },
  { command: "merge", key: "M", text: "Merge", group: "Cells" },
  { command: "prompt", key: "Shift P", text: "Point at a cell; again: clicks add, or take away" },
  { command: "flood", key: "A", text: "Flood from a click; again: background or picture" },
  { command: "threshold", key: "I", text: "Threshold in a box; again: all in view" },
  { command: "seeds", key: "D", text: "Split by seeds; again: by shape or picture" },
  { command: "grow-by", key: "G", text: "Grow or shrink by a length; again: px or µm" },
  { command: "bulk", key: "Z", text: "Delete many; again: those at the edge" },
  {
    command: "carry",
    key: "Shift C",
    text: "Copy to frames or slices; again: another way",
    group: "Time and depth",
  },
  { command: "region", key: "Shift B", text: "Run the model on a box; again: all in view" },
  { command: "follow", key: "Shift N", text: "Follow cells into the next frames", group: "Time and depth" },
  { command: "fill", key: "F", text: "Fill holes", group: "Cells" },
  { command: "split-in-two", key: "K", text: "Split in two at the waist", group: "Cells" },
  { command: "merge-neighbour", key: "Y", text: "Merge with the neighbour it touches", group: "Cells" },
  { command: "trim", key: "T", text: "Trim to the part pointed at", group: "Cells" },
  { command: "smooth", key: "R", text: "Smooth the outline", group: "Cells" },
  { command: "grow", key: ".", text: "Grow by the length of G", group: "Cells" },
  { command: "shrink", key: ",", text: "Shrink by the length of G", group: "Cells" },
  { command: "fit-cell", key: "C", text: "Fit to the picture", group: "Cells" },
  { command: "delete", key: "X", text: "Delete", group: "Cells" },
  { command: "select-all", key: "Ctrl A", text: "Select all cells of this picture", group: "Cells" },
  { command: "find-missed", key: "Q", text: "Find missed cells in view", group: "Cells" },
  { command: "smaller", key: "[", text: "Smaller brush; less of a draft" },
  { command: "larger", key: "]", text: "Larger brush; more of a draft" },
  { command: "undo", key: "Ctrl Z", text: "Undo", group: "Cells" },
  { command: "redo", key: "Ctrl Shift Z", text: "Redo", group: "Cells" },
  { command: "next-doubt", key: "Space", text: "Right: next cell in doubt", group: "Review" },
  { command: "fix-doubt", key: "H", text: "Wrong: fix the cell in doubt", group: "Review" },
  { command: "skip-doubt", key: "J", text: "Skip the cell in doubt", group: "Review" },
  { command: "back-doubt", key: "U", text: "Back to the last one in doubt", group: "Review" },
  {
    command: "accept-cell",
    key: "Shift Y",
    text: "Accept the selected proposals as they are",
    group: "Review",
  },
  {
    command: "accept-above",
    key: "Shift U",
    text: "Accept all proposals above the threshold",
    group: "Review",
  },
  { command: "accept", key: "Enter", text: "Take the draft; accept, then next image", group: "Review" },
  { command: "next-frame", key: "Shift →", text: "Next frame", group: "Time and depth" },
  { command: "previous-frame", key: "Shift ←", text: "Previous frame", group: "Time and depth" },
  { command: "next-slice", key: "Shift ↑", text: "Next slice", group: "Time and depth" },
  { command: "previous-slice", key: "Shift ↓", text: "Previous slice", group: "Time and depth" },
  { command: "play", key: "Shift Space", text: "Play, or stop", group: "Time and depth" },
  ...trackKeyLines,
  { command: "outlines", key: "O", text: "Outlines", group: "View" },
  { command: "labels", key: "L", text: "Labels", group: "View" },
  { command: "fit", key: "0", text: "Fit the image", group: "View" },
  { command: "zoom-in", key: "+", text: "Zoom in", group: "View" },
  { command: "zoom-out", key: "-", text: "Zoom out", group: "View" },
  { command: "deselect", key: "Esc", text: "Drop the draft, cancel, deselect", group: "View" },
  { command: "help", key: "?", text: "These keys", group: "View" },
  { command: "tour", key: "Shift H", text: "Tour for newcomers", group: "View" },
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(
    (n): KeyLine => ({ command: `type-${n}`, key: `${n}`, text: `Type ${n} on or off`, group: "Types" }),
  ),
];

/** Movements that are no commands, for the help. */
export const pointerLines: readonly { readonly key: string; readonly text: string }[] = [
  { key: "Arrows", text: "Point without a mouse; Space clicks there" },
  { key: "Wheel", text: "Zoom to the pointer" },
  { key: "Space + drag", text: "Pan; also middle mouse, two fingers" },
  { key: "Shift + click", text: "Select several" },
];

/** Inputs that no text is typed into. */
const pressedNotTyped: ReadonlySet<string> = new Set(["range", "checkbox", "radio", "color"]);

/**
 * Whether a key press belongs to the control that has the focus, and not to the image.
 *
 * @param byPointer  the control got its focus from a click: who works with the mouse means the image when pressing
 *        Space or Enter, who walks with Tab means the control.
 */
export function belongsToControl(press: KeyPress, target: EventTarget | null, byPointer: boolean): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("[data-takes-keys]") !== null) return true;
  if (target.isContentEditable || target.closest("[role=listbox],[role=dialog],[role=menu]") !== null)
    return true;
  if (target instanceof HTMLInputElement) {
    if (!pressedNotTyped.has(target.type)) return true;
  } else if (/^(textarea|select)$/i.test(target.tagName)) return true;
  // Sliders, tabs and rows walk with the arrows.
  if (press.key.startsWith("Arrow") && target.closest("input,[role=tab],[role=row],[data-arrows]") !== null)
    return true;
  const pushes = press.key === " " || press.key === "Enter";
  return pushes && !byPointer && target.closest("button,a,input,[role=tab],[role=row]") !== null;
}
