/** The object a tool is meant for, or a word about why it cannot work. */

import { FoundryError } from "../errors.ts";
import type { ObjectShape } from "../labels/index.ts";
import type { LabelCanvas } from "./canvas.ts";

/** @throws FoundryError `edit.invalid` when the object is not on the canvas. */
export function requireObject(canvas: LabelCanvas, uid: string): ObjectShape {
  const shape = canvas.shapes.get(uid);
  if (shape !== undefined) return shape;
  throw new FoundryError("edit.invalid", {
    message: "The object is not on this plane (any more).",
    details: { uid },
  });
}

/** A tool was given what it cannot work with. */
export function badInput(message: string, details: Record<string, unknown> = {}): FoundryError {
  return new FoundryError("edit.invalid", { message, details });
}
