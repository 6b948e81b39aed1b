/** Words for what an edit did. */

import type { EditKind } from "#core/edits/index.ts";

const words: Readonly<Record<EditKind, string>> = {
  draw: "Drawn",
  erase: "Erased",
  delete: "Deleted",
  split: "Split",
  merge: "Merged",
  fill: "Filled",
  reshape: "Reshaped",
  import: "Imported",
  propose: "Proposed",
  assignType: "Named",
  spots: "Changed",
  undo: "Undone",
  redo: "Redone",
  takeIn: "Taken in",
  restore: "Restored",
  relink: "Linked",
  accept: "Accepted",
};

export const kindText = (kind: EditKind): string => words[kind];
