/** What the write modes are called on the screen. */

import type { WriteMode } from "#core/edits/index.ts";

export const writeModeWords: Readonly<
  Record<
    WriteMode,
    { /** On the rail. */ readonly name: string /** When it is chosen. */; readonly note: string }
  >
> = {
  exclude: { name: "Around", note: "Strokes leave other cells alone." },
  overwrite: { name: "Over", note: "Strokes go over other cells." },
  overlap: { name: "Overlap", note: "Strokes overlap other cells: both keep their pixels." },
};
