/** Layers: the labels of one image for one compartment, as objects. */

import type { LabelImage } from "#core/array/index.ts";
import type { CellTypes } from "#core/cell-types/index.ts";
import type { CellEvents } from "#core/edits/index.ts";
import { FoundryError } from "#core/errors.ts";
import { renderObjects } from "#core/labels/index.ts";
import { isoTime } from "#platform/index.ts";
import { agentsById } from "./agents.ts";
import { appendEvent } from "./events.ts";
import { readEvents } from "./object-events.ts";
import { originFrom } from "./object-origins.ts";
import { decodeShape } from "./shape-rows.ts";
import * as text from "./sql/layers.ts";
import { inTransaction, type Store } from "./store.ts";
import { assertHeldInMemory } from "./stored-image.ts";
import type {
  Agent,
  Compartment,
  ImageStatus,
  LayerObjects,
  LayerSummary,
  LayerTruth,
  StoredObject,
} from "./types.ts";
import { spotsAt } from "./types-at.ts";

/** A layer with what only the store needs. */
export interface LayerRow extends Omit<LayerSummary, "dirty"> {
  /** Revision that a branch began at. */
  readonly baseRevisionId: string | null;
  readonly closedAt: string | null;
  readonly status: ImageStatus;
  readonly nextLabel: number;
  /** Sequence number the head revision was made at. */
  readonly headSeq: number;
  readonly height: number;
  readonly width: number;
  readonly axes: string;
  readonly shape: readonly number[];
}

export interface ObjectRow {
  readonly uid: string;
  readonly label: number;
  readonly digest: Buffer;
  readonly agentId: string;
  readonly kind: string;
  readonly confidence: number | null;
  readonly touched: boolean;
  readonly bytes: Buffer;
}

export interface WantedLayer {
  /** Default: "prediction" for a model, else "gold". */
  readonly truth?: LayerTruth | undefined;
  /** Default "", the main layer of the compartment. */
  readonly name?: string | undefined;
  /**
   * Whether cells may share pixels; default no. Said here only: turned off later, the cells that are there would break the rule,
   * turned on, what was made and frozen before would mean something else.
   */
  readonly overlapAllowed?: boolean | undefined;
}

/**
 * The layer of an image for a compartment, made when it is new.
 *
 * @throws FoundryError `image.notFound`; `request.invalid` when the name is a branch's, or a layer's whose cells may overlap
 *         where these should not, or the other way round.
 */
export async function ensureLayer(
  store: Store,
  actor: Agent,
  imageId: string,
  compartment: Compartment,
  { truth, name = "", overlapAllowed }: WantedLayer = {},
): Promise<LayerSummary> {
  const [found] = await store.sql.query<LayerRow>(text.selectLayerOfImage, [imageId, compartment, name]);
  if (found !== undefined) return asWanted(found, overlapAllowed);
  return inTransaction(store, async (tx) => {
    const [image] = await tx.sql.query("SELECT FROM image WHERE id = $1", [imageId]);
    if (image === undefined) throw new FoundryError("image.notFound", { message: "There is no such image." });
    const id = tx.ids.next();
    const kept = truth ?? (actor.kind === "model" ? "prediction" : "gold");
    const [made] = await tx.sql.query(text.insertLayer, [
      id,
      imageId,
      compartment,
      kept,
      actor.id,
      isoTime(tx.clock),
      name,
      overlapAllowed ?? false,
    ]);
    if (made !== undefined) {
      await appendEvent(tx, actor, {
        verb: "layer.created",
        entity: "layer",
        entityId: id,
        details: { imageId },
      });
    }
    const [row] = await tx.sql.query<LayerRow>(text.selectLayerOfImage, [imageId, compartment, name]);
    return asWanted(row as LayerRow, overlapAllowed);
  });
}

/** @param overlapAllowed  undefined: whichever it is. @throws FoundryError `request.invalid`. */
function asWanted(found: LayerRow, overlapAllowed: boolean | undefined): LayerSummary {
  const details = { layerId: found.id };
  if (found.branchOf !== null) {
    throw new FoundryError("request.invalid", {
      message: `There is a branch "${found.name}" of these labels already.`,
      hint: "Choose another name; closed branches keep theirs.",
      details,
    });
  }
  if (overlapAllowed === undefined || found.overlapAllowed === overlapAllowed) return toLayerSummary(found);
  const may = found.overlapAllowed ? "may overlap" : "may not overlap";
  throw new FoundryError("request.invalid", {
    message: `There is a layer of this name already, and its cells ${may}.`,
    hint: "Whether they may is said when a layer is made, and kept. Choose another name for the new one.",
    details,
  });
}

/** @throws FoundryError `layer.notFound`. */
export async function getLayer(store: Store, layerId: string): Promise<LayerSummary> {
  return toLayerSummary(await readLayerRow(store, layerId));
}

/** Open layers of an image: main ones first, then named ones, then branches. */
export async function layersOfImage(store: Store, imageId: string): Promise<LayerSummary[]> {
  return (await store.sql.query<LayerRow>(text.selectLayersOfImage, [imageId])).map(toLayerSummary);
}

/** @throws FoundryError `layer.notFound`. */
export async function readLayerRow(store: Store, layerId: string): Promise<LayerRow> {
  return oneLayer(await store.sql.query<LayerRow>(text.selectLayer, [layerId]), layerId);
}

/** Holds the layer until the transaction ends: edits and commits of one layer happen one after another. */
export async function lockLayerRow(tx: Store, layerId: string): Promise<LayerRow> {
  return oneLayer(await tx.sql.query<LayerRow>(text.selectLayerForUpdate, [layerId]), layerId);
}

function oneLayer(rows: readonly LayerRow[], layerId: string): LayerRow {
  const [row] = rows;
  if (row !== undefined) return row;
  throw new FoundryError("layer.notFound", {
    message: "There is no such label layer.",
    details: { layerId },
  });
}

export function toLayerSummary(row: LayerRow): LayerSummary {
  const { id, imageId, compartment, name, branchOf, kind, overlapAllowed, truth, coverage } = row;
  const { objectCount, seq, headRevisionId, headSeq } = row;
  const dirty = seq > headSeq;
  const facts = { id, imageId, compartment, name, branchOf, kind, overlapAllowed, truth, coverage };
  return { ...facts, objectCount, seq, headRevisionId, dirty };
}

/**
 * Present objects in order of label, with the sequence number they stand at.
 *
 * @throws FoundryError `layer.notFound`; `blob.corrupt` when a stored shape is damaged. Cost: about 10 ms per 1,000.
 */
export async function layerObjects(store: Store, layerId: string): Promise<LayerObjects> {
  const layer = await readLayerRow(store, layerId);
  const rows = await store.sql.query<
    ObjectRow & OriginColumns & { layerSeq: number; marks: CellTypes | null }
  >(text.selectObjectsAndSeq, [layerId]);
  const agents = await agentsById(
    store,
    rows.map(({ agentId }) => agentId),
  );
  const events = await readEvents(store, layerId);
  const objects = rows.map((row): StoredObject => {
    const { uid, label, kind, confidence, touched } = row;
    const agent = agents.get(row.agentId) as Agent;
    return {
      uid,
      label,
      digest: row.digest.toString("hex"),
      shape: decodeShape(row.digest, row.bytes),
      agent,
      kind,
      confidence,
      ...(touched ? {} : { untouched: true as const }),
      ...originOf(row),
      ...(events.has(uid) ? { events: events.get(uid) as CellEvents } : {}),
      ...(row.marks === null ? {} : { types: row.marks }),
    };
  });
  // The number of the same statement as the objects, so that a client can go on from exactly this state.
  const seq = rows[0]?.layerSeq ?? layer.seq;
  // A spot that came since has a larger number than what is told, so it is left for the log to bring.
  const spots = await spotsAt(store, layerId, seq);
  const { height, width } = layer;
  return { layerId, seq, height, width, objects, ...(spots.length === 0 ? {} : { spots }) };
}

interface OriginColumns {
  readonly originUid: string | null;
  readonly originKind: "link" | "division" | null;
  readonly originConfidence: number | null;
}

const originOf = ({
  originUid,
  originKind,
  originConfidence,
}: OriginColumns): Pick<StoredObject, "origin"> =>
  originUid === null || originKind === null
    ? {}
    : { origin: originFrom(originUid, originKind, originConfidence) };

/**
 * Label image of the present objects of one frame and plane (default the first).
 *
 * @throws FoundryError `layer.notFound`; `limit.pixels` for a plane that is not held in memory.
 */
export async function renderHead(
  store: Store,
  layerId: string,
  position: { readonly t?: number; readonly z?: number } = {},
): Promise<LabelImage> {
  const { height, width, objects } = await layerObjects(store, layerId);
  assertHeldInMemory(store, [height, width]);
  const { t = 0, z = 0 } = position;
  return renderObjects(
    height,
    width,
    objects.filter(({ shape }) => shape.t === t && shape.z === z),
  );
}
