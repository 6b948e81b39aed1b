/**
 * Keys and what they do. One table, for the keyboard, the tool rail and the help.
 *
 * Letters are matched by what the key writes, not by where it lies, so that M is M on every layout.
 */

import type { DraftTool } from "../model/draft.ts";

export type Command =
  | "brush"
  | "eraser"
  | "lasso"
  | "write-mode"
  | DraftTool
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
  | "deselect"
  | "next-frame"
  | "previous-frame"
  | "next-slice"
  | "previous-slice"
  | "play"
  | "help";

export interface KeyLine {
  readonly command: Command;
  /** As written on the keys. */
  readonly key: string;
  readonly text: string;
}

export const keyLines: readonly KeyLine[] = [
  { command: "select", key: "V", text: "Select" },
  { command: "brush", key: "B", text: "Brush" },
  { command: "eraser", key: "E", text: "Eraser" },
  { command: "lasso", key: "P", text: "Lasso; with Shift it cuts" },
  { command: "write-mode", key: "W", text: "Around other cells, or over them" },
  { command: "new-cell", key: "N", text: "New cell" },
  { command: "split", key: "S", text: "Split by a line" },
  { command: "merge", key: "M", text: "Merge" },
  { command: "flood", key: "A", text: "Flood from a click; again: background or picture" },
  { command: "threshold", key: "I", text: "Threshold in a box; again: all in view" },
  { command: "seeds", key: "D", text: "Split by seeds; again: by shape or picture" },
  { command: "grow-by", key: "G", text: "Grow or shrink by a length; again: px or µm" },
  { command: "bulk", key: "Z", text: "Delete many; again: those at the edge" },
  { command: "carry", key: "Shift C", text: "Copy to frames or slices; again: another way" },
  { command: "fill", key: "F", text: "Fill holes" },
  { command: "split-in-two", key: "K", text: "Split in two at the waist" },
  { command: "merge-neighbour", key: "Y", text: "Merge with the neighbour it touches" },
  { command: "trim", key: "T", text: "Trim to the part pointed at" },
  { command: "smooth", key: "R", text: "Smooth the outline" },
  { command: "grow", key: ".", text: "Grow by the length of G" },
  { command: "shrink", key: ",", text: "Shrink by the length of G" },
  { command: "fit-cell", key: "C", text: "Fit to the picture" },
  { command: "delete", key: "X", text: "Delete" },
  { command: "find-missed", key: "Q", text: "Find missed cells in view" },
  { command: "smaller", key: "[", text: "Smaller brush; less of a draft" },
  { command: "larger", key: "]", text: "Larger brush; more of a draft" },
  { command: "undo", key: "Ctrl Z", text: "Undo" },
  { command: "redo", key: "Ctrl Shift Z", text: "Redo" },
  { command: "next-doubt", key: "Space", text: "Right: next cell in doubt" },
  { command: "fix-doubt", key: "H", text: "Wrong: fix the cell in doubt" },
  { command: "skip-doubt", key: "J", text: "Skip the cell in doubt" },
  { command: "back-doubt", key: "U", text: "Back to the last one in doubt" },
  { command: "accept", key: "Enter", text: "Take the draft; accept, then next image" },
  { command: "next-frame", key: "Shift →", text: "Next frame" },
  { command: "previous-frame", key: "Shift ←", text: "Previous frame" },
  { command: "next-slice", key: "Shift ↑", text: "Next slice" },
  { command: "previous-slice", key: "Shift ↓", text: "Previous slice" },
  { command: "play", key: "Shift Space", text: "Play, or stop" },
  { command: "outlines", key: "O", text: "Outlines" },
  { command: "labels", key: "L", text: "Labels" },
  { command: "fit", key: "0", text: "Fit the image" },
  { command: "zoom-in", key: "+", text: "Zoom in" },
  { command: "zoom-out", key: "-", text: "Zoom out" },
  { command: "deselect", key: "Esc", text: "Drop the draft, cancel, deselect" },
  { command: "help", key: "?", text: "These keys" },
];

/** Movements that are no commands, for the help. */
export const pointerLines: readonly { readonly key: string; readonly text: string }[] = [
  { key: "Arrows", text: "Point without a mouse; Space clicks there" },
  { key: "Wheel", text: "Zoom to the pointer" },
  { key: "Space + drag", text: "Pan; also middle mouse, two fingers" },
  { key: "Shift + click", text: "Select several" },
];

const byKey: Readonly<Record<string, Command>> = {
  b: "brush",
  e: "eraser",
  p: "lasso",
  w: "write-mode",
  v: "select",
  s: "split",
  m: "merge",
  x: "delete",
  delete: "delete",
  f: "fill",
  k: "split-in-two",
  a: "flood",
  i: "threshold",
  d: "seeds",
  g: "grow-by",
  z: "bulk",
  arrowleft: "left",
  arrowright: "right",
  arrowup: "up",
  arrowdown: "down",
  t: "trim",
  r: "smooth",
  ".": "grow",
  ",": "shrink",
  y: "merge-neighbour",
  c: "fit-cell",
  q: "find-missed",
  h: "fix-doubt",
  j: "skip-doubt",
  u: "back-doubt",
  n: "new-cell",
  "[": "smaller",
  "]": "larger",
  enter: "accept",
  o: "outlines",
  l: "labels",
  "0": "fit",
  "+": "zoom-in",
  "=": "zoom-in",
  "-": "zoom-out",
  escape: "deselect",
  "?": "help",
};

const byShiftedKey: Readonly<Record<string, Command>> = {
  arrowright: "next-frame",
  arrowleft: "previous-frame",
  arrowup: "next-slice",
  arrowdown: "previous-slice",
  c: "carry",
};

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** The command of a key press; null when it means nothing here. Space is the surface's own: it may begin a pan. */
export function commandOf(press: KeyPress): Command | null {
  const key = press.key.toLowerCase();
  if (press.ctrlKey || press.metaKey) {
    if (press.altKey) return null;
    if (key === "z") return press.shiftKey ? "redo" : "undo";
    return key === "y" && !press.shiftKey ? "redo" : null;
  }
  if (press.altKey) return null;
  return (press.shiftKey ? byShiftedKey[key] : undefined) ?? byKey[key] ?? null;
}

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
  if (target.isContentEditable || target.closest("[role=listbox],[role=dialog],[role=menu]") !== null)
    return true;
  if (target instanceof HTMLInputElement) {
    if (!pressedNotTyped.has(target.type)) return true;
  } else if (/^(textarea|select)$/i.test(target.tagName)) return true;
  // Sliders, tabs and rows walk with the arrows.
  if (press.key.startsWith("Arrow") && target.closest("input,[role=tab],[role=row]") !== null) return true;
  const pushes = press.key === " " || press.key === "Enter";
  return pushes && !byPointer && target.closest("button,a,input,[role=tab],[role=row]") !== null;
}
