/** What lies under the pointer; changes with every move, so it is kept apart from the editor's state. */

import type { Point } from "#core/array/index.ts";
import type { ScreenPoint } from "../view/view-maths.ts";

export interface Hover {
  readonly at: Point | null;
  readonly screen: ScreenPoint | null;
  readonly uid: string | undefined;
  /** Intensity of each visible channel, as far as it is in memory. */
  readonly values: readonly (number | null)[];
}

export const noHover: Hover = { at: null, screen: null, uid: undefined, values: [] };
