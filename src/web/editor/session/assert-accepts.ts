/** That an edit accepts only cells that are there. */

import type { EditOperation } from "#core/edits/index.ts";
import { FoundryError } from "#core/errors.ts";

/** @throws FoundryError `revision.conflict` for a cell that is not there. */
export function assertAccepts(
  { changes, accepts = [] }: Pick<EditOperation, "changes" | "accepts">,
  living: ReadonlyMap<string, unknown>,
): void {
  const born = new Set(changes.flatMap(({ uid, after }) => (after === null ? [] : [uid])));
  const gone = accepts.find(({ uid }) => !living.has(uid) && !born.has(uid));
  if (gone === undefined) return;
  throw new FoundryError("revision.conflict", { message: "A cell that was accepted is not there any more." });
}
