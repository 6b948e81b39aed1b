/** Closed branches keep what they have. */

import { FoundryError } from "#core/errors.ts";
import type { LayerRow } from "./layers.ts";

/** @throws FoundryError `request.invalid` for a closed branch. */
export function assertOpen({ closedAt, name }: Pick<LayerRow, "closedAt" | "name">): void {
  if (closedAt === null) return;
  throw new FoundryError("request.invalid", {
    message: `The branch "${name}" is closed, so its labels do not change any more.`,
    hint: "Open it again under History, or edit the layer it came from.",
  });
}
