/** The refusal of NaN, which has no place in the order of heights that floods and trees go by. */

import { FoundryError } from "../errors.ts";

/** @param index  of the first such pixel. @param what  the plane, for people. */
export function notANumber(index: number, what = "plane"): FoundryError {
  return new FoundryError("array.nan", {
    message: `The ${what} holds a value that is not a number, first at pixel index ${index}.`,
    details: { index },
  });
}
