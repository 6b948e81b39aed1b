/**
 * The layers of freshly inserted images: shapes, objects, the edit of their birth, the first revision, links.
 */

import { isoTime } from "#platform/index.ts";
import { insertTypesOfWords } from "./insert-types.ts";
import { PLACE_NUMBERS, packedShapeBytes } from "./packed-objects.ts";
import { bornStatus, type PreparedImage, type PreparedLayer } from "./prepared-image.ts";
import * as text from "./sql/insert-images.ts";
import type { Store } from "./store.ts";
import { insertTree } from "./tree-nodes.ts";
import type { Agent } from "./types.ts";
import type { TypesOfRevision } from "./types-at.ts";

/** What a layer became. */
export interface LayerRows {
  readonly layerId: string;
  readonly revisionId: string;
  /** Of the first revision, hex. */
  readonly root: string;
}

interface BornLayer {
  readonly id: string;
  readonly imageId: string;
  readonly layer: PreparedLayer;
  readonly revisionId: string;
}

/** Writes the layers of images inserted in this very transaction. @returns them by image. */
export async function layerRows(
  tx: Store,
  actor: Agent,
  images: readonly { readonly id: string; readonly image: PreparedImage }[],
): Promise<Map<string, LayerRows[]>> {
  const layers = images.flatMap(({ id, image }) =>
    image.layers.map(
      (layer): BornLayer => ({ id: tx.ids.next(), imageId: id, layer, revisionId: tx.ids.next() }),
    ),
  );
  if (layers.length === 0) return new Map();
  await insertLayers(tx, actor, layers);
  await insertShapes(tx, layers);
  await insertTree(tx, {
    root: Buffer.alloc(0),
    nodes: new Map(layers.flatMap(({ layer }) => [...layer.tree.nodes])),
  });
  await insertObjects(tx, actor, layers);
  await insertBirths(tx, actor, layers);
  const types = await insertTypesOfWords(
    tx,
    actor,
    layers.map(({ id, layer }) => ({ id, uids: layer.uids, words: layer.objects.cellTypes })),
  );
  await insertRevisions(tx, actor, layers, types);
  await insertLinks(tx, actor, layers);
  const rows = layers.map(({ id, imageId, revisionId, layer }) => ({
    imageId,
    layerId: id,
    revisionId,
    root: layer.tree.root.toString("hex"),
  }));
  return Map.groupBy(rows, ({ imageId }) => imageId);
}

/** A layer without objects has no edit yet. */
const seqOf = ({ layer }: BornLayer): number => (layer.objects.count === 0 ? 0 : 1);

async function insertLayers(tx: Store, actor: Agent, layers: readonly BornLayer[]): Promise<void> {
  await tx.sql.query(text.insertLayers, [
    layers.map(({ id }) => id),
    layers.map(({ imageId }) => imageId),
    layers.map(({ layer }) => layer.compartment),
    layers.map(({ layer }) => layer.name),
    layers.map(({ layer }) => layer.truth),
    layers.map(({ layer }) => layer.coverage),
    layers.map(({ layer }) => bornStatus(layer)),
    layers.map(({ layer }) => layer.objects.count),
    actor.id,
    isoTime(tx.clock),
    layers.map(seqOf),
    layers.map(({ layer }) => layer.region?.digest ?? null),
    layers.map(({ layer }) => layer.overlapAllowed ?? false),
  ]);
}

async function insertShapes(tx: Store, layers: readonly BornLayer[]): Promise<void> {
  const seen = new Set<string>();
  const digests: Buffer[] = [];
  const starts: number[] = [];
  const lengths: number[] = [];
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { layer } of layers) {
    for (const [i, digest] of layer.digests.entries()) {
      const key = digest.toString("latin1");
      if (seen.has(key)) continue;
      seen.add(key);
      const piece = packedShapeBytes(layer.objects, i);
      digests.push(digest);
      starts.push(at);
      lengths.push(piece.length);
      pieces.push(piece);
      at += piece.length;
    }
  }
  if (digests.length === 0) return;
  const parameters = [
    Buffer.concat(digests),
    Buffer.concat(pieces, at),
    arrayText(starts),
    arrayText(lengths),
  ];
  await tx.sql.query(text.insertShapes, parameters);
}

/** Columns are joined to text here: the driver's own way costs more than the database needs to store the rows. */
async function insertObjects(tx: Store, actor: Agent, layers: readonly BornLayer[]): Promise<void> {
  const owners: number[] = [];
  const labels: number[] = [];
  const places: number[][] = Array.from({ length: PLACE_NUMBERS }, () => []);
  const sources: number[] = [];
  const manual: number[] = [];
  const cellTypes: (string | null)[] = [];
  for (const [owner, { layer }] of layers.entries()) {
    const { objects } = layer;
    for (let i = 0; i < objects.count; i++) {
      owners.push(owner + 1);
      labels.push(i + 1);
      for (const [k, column] of places.entries())
        column.push(objects.places[i * PLACE_NUMBERS + k] as number);
      sources.push(objects.sourceLabels[i] ?? 0);
      manual.push(objects.manual?.[i] ?? 0);
      cellTypes.push(objects.cellTypes?.[i] ?? null);
    }
  }
  if (owners.length === 0) return;
  await tx.sql.query(text.insertObjects, [
    layers.map(({ id }) => id),
    arrayText(owners),
    arrayText(layers.flatMap(({ layer }) => layer.uids)),
    Buffer.concat(layers.flatMap(({ layer }) => layer.digests)),
    arrayText(labels),
    ...places.map(arrayText),
    arrayText(sources),
    arrayText(manual),
    cellTypes.some((word) => word !== null) ? cellTypes : null,
    // Only what nobody has looked at may a later proposal replace.
    layers.map(({ layer }) => bornStatus(layer) !== "proposed"),
    actor.id,
  ]);
}

/** An array as PostgreSQL writes it; only for numbers and ids, which need no quotes. */
const arrayText = (values: readonly (number | string)[]): string => `{${values.join(",")}}`;

async function insertBirths(tx: Store, actor: Agent, layers: readonly BornLayer[]): Promise<void> {
  const born = layers.filter((layer) => seqOf(layer) === 1);
  if (born.length === 0) return;
  await tx.sql.query(text.insertBirths, [
    born.map(({ id }) => id),
    born.map(() => tx.ids.next()),
    born.map(({ layer }) => layer.tree.root),
    actor.id,
    isoTime(tx.clock),
  ]);
}

async function insertRevisions(
  tx: Store,
  actor: Agent,
  layers: readonly BornLayer[],
  types: readonly TypesOfRevision[],
): Promise<void> {
  await tx.sql.query(text.insertRevisions, [
    layers.map(({ revisionId }) => revisionId),
    layers.map(({ id }) => id),
    layers.map(({ layer }) => layer.tree.root),
    layers.map(({ layer }) => layer.objects.count),
    layers.map(() => "Imported"),
    layers.map(({ layer }) => layer.accepted),
    layers.map(seqOf),
    actor.id,
    isoTime(tx.clock),
    types.map(({ digest }) => digest),
    JSON.stringify(types.map(({ terms }) => terms)),
  ]);
  await tx.sql.query(text.setHeads, [layers.map(({ id }) => id), layers.map(({ revisionId }) => revisionId)]);
}

async function insertLinks(tx: Store, actor: Agent, layers: readonly BornLayer[]): Promise<void> {
  const rows = layers.flatMap(({ id, layer: { links, uids } }) =>
    links.map(({ from, to, kind }) => ({ id, from: uids[from], to: uids[to], kind })),
  );
  if (rows.length === 0) return;
  await tx.sql.query(text.insertLinks, [
    rows.map(({ id }) => id),
    rows.map(({ from }) => from),
    rows.map(({ to }) => to),
    rows.map(({ kind }) => kind),
    actor.id,
  ]);
}
