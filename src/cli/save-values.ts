/** Changes of types or spots saved as edits of a layer, as a person at the page would: logged, and refused when late. */

import type { BesideShapes, EditKind } from "#core/edits/index.ts";
import { errorFromWire } from "#core/errors.ts";
import type { OpenedStore } from "./open.ts";

/** Changes in one edit: each is a row of the log, and an edit is taken whole or not at all. */
const changesPerEdit = 20_000;

/**
 * @param changes  of one layer; none saves nothing.
 * @throws FoundryError `revision.conflict` when somebody changed one of them meanwhile, `limit.objects`; edits before stay.
 */
export async function saveValues<T>(
  { store, actor }: OpenedStore,
  layerId: string,
  kind: EditKind,
  changes: readonly T[],
  part: (changes: T[]) => BesideShapes,
): Promise<void> {
  const { appendEdits } = await import("#store/index.ts");
  for (let from = 0; from < changes.length; from += changesPerEdit) {
    const [result] = await appendEdits(store, actor, layerId, [
      {
        operationId: store.ids.next(),
        kind,
        tool: "read table",
        changes: [],
        msSpent: 0,
        ...part(changes.slice(from, from + changesPerEdit)),
      },
    ]);
    if (result?.state === "refused") throw errorFromWire(result.error);
  }
}
