/**
 * What of an image a layer's labels speak for: all of it, single objects, or a region in which everything is labelled.
 *
 * A region is the shape of one object, kept as a blob and the same in all frames and planes. Layer and revision both name
 * it: a commit takes in what the layer says, so a dataset version pins it with the labels.
 */

import { FoundryError } from "#core/errors.ts";
import { insertBlobRow } from "./blob-rows.ts";
import { commitRevision } from "./commit.ts";
import { appendEvent } from "./events.ts";
import { lockLayerRow, readLayerRow } from "./layers.ts";
import { assertOpen } from "./open-layer.ts";
import { type Coverage, keepRegion, readRegion } from "./region-blobs.ts";
import { getRevision } from "./revisions.ts";
import * as text from "./sql/coverage.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, LayerCoverage } from "./types.ts";

interface CoverageRow {
  readonly coverage: LayerCoverage;
  readonly regionDigest: string | null;
}

/** What the layer says now. @throws FoundryError `layer.notFound`, `blob.corrupt`. */
export async function layerCoverage(store: Store, layerId: string): Promise<Coverage> {
  const [row] = await store.sql.query<CoverageRow>(text.selectCoverage, [layerId]);
  if (row === undefined) {
    throw new FoundryError("layer.notFound", {
      message: "There is no such label layer.",
      details: { layerId },
    });
  }
  const { coverage, regionDigest } = row;
  return { coverage, region: regionDigest === null ? null : await readRegion(store, regionDigest) };
}

/**
 * Says what a layer's labels speak for. A layer without open edits gets a revision that says so at once, accepted when its
 * head is; otherwise the next commit takes it in.
 *
 * @throws FoundryError `layer.notFound`; `request.invalid` for coverage "region" without a region; as `keepRegion`; for a
 *         closed branch.
 */
export async function setCoverage(
  store: Store,
  actor: Agent,
  layerId: string,
  wanted: Coverage,
): Promise<Coverage> {
  if (wanted.coverage === "region" && wanted.region === null) {
    throw new FoundryError("request.invalid", {
      message: "Where the labels are complete is missing.",
      hint: 'Give the region, or say coverage "sparse".',
    });
  }
  const blob = await keepRegion(store, await readLayerRow(store, layerId), wanted);
  return inTransaction(store, async (tx) => {
    const layer = await lockLayerRow(tx, layerId);
    assertOpen(layer);
    const [before] = await tx.sql.query<CoverageRow>(text.selectCoverage, [layerId]);
    const after: CoverageRow = { coverage: wanted.coverage, regionDigest: blob?.digest ?? null };
    if (before?.coverage === after.coverage && before.regionDigest === after.regionDigest) return wanted;
    if (blob !== null) await insertBlobRow(tx, blob);
    await tx.sql.query(text.updateCoverage, [layerId, after.coverage, after.regionDigest]);
    await appendEvent(tx, actor, {
      verb: "layer.coverage",
      entity: "layer",
      entityId: layerId,
      details: { imageId: layer.imageId, before, after },
    });
    if (layer.headRevisionId !== null && layer.seq === layer.headSeq) {
      const { accepted } = await getRevision(tx, layer.headRevisionId);
      await commitRevision(tx, actor, layerId, { message: coverageWords[wanted.coverage], accepted });
    }
    return wanted;
  });
}

const coverageWords: Readonly<Record<LayerCoverage, string>> = {
  exhaustive: "Everything is labelled",
  sparse: "Only some objects are labelled",
  region: "Everything in a region is labelled",
};
