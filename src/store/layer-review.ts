/**
 * What a person has vouched for in a frozen item, where that is not simply everything.
 *
 * Read from the log up to the frozen revision, so it is the same whenever it is asked for: an acceptance that came later
 * changes nothing. Cells that somebody drew, corrected or accepted count; a proposal that somebody removed says that there is no cell.
 */

import type { ObjectShape } from "#core/labels/index.ts";
import { blameLayer } from "./blame.ts";
import type { DatasetItem } from "./dataset-types.ts";
import { objectsAt, readLog, wholeDigests } from "./layer-log.ts";
import { readRegion } from "./region-blobs.ts";
import { readRevisionRow, revisionSeq } from "./revisions.ts";
import { readShapes } from "./shape-rows.ts";
import type { Store } from "./store.ts";
import type { LayerCoverage } from "./types.ts";
import type { Attention } from "./version-types.ts";

export interface ItemReview {
  readonly coverage: LayerCoverage;
  /** Of coverage "region": where everything is labelled; null when nobody said where. */
  readonly region: ObjectShape | null;
  /** Whether the labels were accepted as a whole. */
  readonly accepted: boolean;
  /** Labels of cells that a person drew, corrected or accepted; null when all count. */
  readonly touched: ReadonlySet<number> | null;
  /** Proposals that a person removed. */
  readonly cleared: readonly ObjectShape[];
}

const coverages: readonly LayerCoverage[] = ["exhaustive", "sparse", "region"];

/** What a person did with a cell so that it teaches. */
const counted: ReadonlySet<Attention> = new Set<Attention>(["drawn", "corrected", "accepted"]);

/** Whether an item needs a look at its review: nothing is read. */
export const isPartial = ({ strata }: Pick<DatasetItem, "strata">): boolean =>
  strata["coverage"] !== undefined || strata["review"] !== undefined;

/**
 * @returns null for an item that was accepted and is labelled exhaustively.
 * @throws FoundryError `revision.notFound`. Cost: one reading of the layer's log for corrected items, none for others.
 */
export async function readItemReview(
  store: Store,
  item: Pick<DatasetItem, "strata" | "layerRevisionId" | "regionDigest">,
): Promise<ItemReview | null> {
  if (!isPartial(item)) return null;
  const coverage = coverages.find((name) => name === item.strata["coverage"]) ?? "exhaustive";
  const region = item.regionDigest === null ? null : await readRegion(store, item.regionDigest);
  if (item.strata["review"] === undefined)
    return { coverage, region, accepted: true, touched: null, cleared: [] };
  const { cells } = await blameLayer(store, { revisionId: item.layerRevisionId }, "singleCells");
  const touched = cells.filter(({ attention }) => counted.has(attention));
  return {
    coverage,
    region,
    accepted: false,
    touched: new Set(touched.map(({ label }) => label)),
    cleared: await removedProposals(store, item.layerRevisionId),
  };
}

/** Last shapes of proposed objects that were removed by hand, not replaced by a later proposal. */
async function removedProposals(store: Store, revisionId: string): Promise<ObjectShape[]> {
  const { layerId } = await readRevisionRow(store, revisionId);
  const seq = await revisionSeq(store, revisionId);
  const living = new Set((await objectsAt(store, layerId, seq)).map(({ label }) => label));
  const last = new Map<
    number,
    { readonly proposed: boolean; readonly kind: string; readonly before: Buffer | null }
  >();
  for (const { seq: at, kind, changes } of await readLog(store, layerId, 1)) {
    if (at > seq) break;
    for (const { label, before } of changes) {
      const proposed = last.get(label)?.proposed ?? kind === "propose";
      last.set(label, { proposed, kind, before });
    }
  }
  const gone = [...last].flatMap(([label, { proposed, kind, before }]) =>
    !living.has(label) && proposed && kind !== "propose" && before !== null ? [before] : [],
  );
  const whole = await wholeDigests(store, gone);
  const shapes = await readShapes(store, gone.map(whole));
  return [...shapes.values()];
}
