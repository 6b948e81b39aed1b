/** Window inputs and targets as tensors, padded to the rooms of a graph. */
import type { Tensor } from "../engine/engine.ts";
import { nodeFeatures } from "./detection-features.ts";
import { divisionFeatures } from "./division-features.ts";
import { linkFeatures } from "./link-features.ts";
import type { LinkingSize } from "./link-network.ts";
import { padTables, waysMax } from "./link-tables.ts";
import type { WindowInputs } from "./window-inputs.ts";
import type { WindowTargets } from "./window-targets.ts";

/** Rows of features as columns of a plane. */
function columns(rows: Float32Array, features: number, room: number): Tensor {
  const data = new Float32Array(features * room);
  const count = rows.length / features;
  for (let i = 0; i < count; i++)
    for (let k = 0; k < features; k++) data[k * room + i] = rows[i * features + k]!;
  return { shape: [1, features, 1, room], data };
}

export const sizeOf = ({ tables }: WindowInputs): LinkingSize => ({
  detections: tables.detections,
  links: tables.linkCount,
  divisions: tables.ways - tables.linkCount,
});

export const fitsIn = (a: LinkingSize, room: LinkingSize): boolean =>
  a.detections <= room.detections && a.links <= room.links && a.divisions <= room.divisions;

/** @param training  with the opposite tables. The window fits in `room`. */
export function inputFeeds(
  inputs: WindowInputs,
  room: LinkingSize,
  training: boolean,
): Record<string, Tensor> {
  const ways = room.links + room.divisions;
  const tables = padTables(inputs.tables, room.detections, room.links, ways);
  return {
    nodes: columns(inputs.nodes, nodeFeatures.length, room.detections),
    links: columns(inputs.links, linkFeatures.length, room.links),
    divisions: columns(inputs.divisions, divisionFeatures.length, room.divisions),
    source: { shape: [1, ways], data: tables.source },
    targets: { shape: [2, ways], data: tables.targets },
    out: { shape: [waysMax, room.detections], data: tables.out },
    into: { shape: [waysMax, room.detections], data: tables.into },
    ...(training
      ? {
          placeOut: { shape: [1, ways], data: tables.placeOut },
          placeIn: { shape: [2, ways], data: tables.placeIn },
          intoFlat: { shape: [waysMax, room.detections], data: tables.intoFlat },
        }
      : {}),
  };
}

export function targetFeeds(
  inputs: WindowInputs,
  targets: WindowTargets,
  room: LinkingSize,
): Record<string, Tensor> {
  const { linkCount } = inputs.tables;
  const row = (values: Float32Array, length: number): Tensor => {
    const data = new Float32Array(length);
    data.set(values);
    return { shape: [1, 1, 1, length], data };
  };
  const ways = new Float32Array(room.links + room.divisions);
  ways.set(targets.way.subarray(0, linkCount));
  ways.set(targets.way.subarray(linkCount), room.links);
  const { detections } = room;
  return {
    wayTarget: { shape: [1, 1, 1, ways.length], data: ways },
    appearsTarget: row(targets.appears, detections),
    originWeight: row(targets.originWeight, detections),
    vanishesTarget: row(targets.vanishes, detections),
    vanishesWeight: row(targets.vanishesWeight, detections),
    realTarget: row(targets.real, detections),
    realWeight: row(targets.realWeight, detections),
  };
}
