/** `layer spots`: the spots of an image, as a table, out and in. */

import { basename } from "node:path";
import { cellOfSpot, groundOfShapes, type Spot, sameSpot } from "#core/spots/index.ts";
import type { TabledSpot } from "#formats/spots/index.ts";
import type { ImageDetail, LayerObjects, LayerSummary } from "#store/index.ts";
import {
  type Command,
  type CommandInput,
  flagOption,
  numberOption,
  requiredPositional,
  textOption,
  usageError,
} from "../command.ts";
import { chosenProject, type OpenedStore, withStore } from "../open.ts";
import { counted } from "../output.ts";
import { readTableText } from "../read-table-text.ts";
import { saveValues } from "../save-values.ts";
import { findLayer } from "../version-ref.ts";
import { tableFormat, writeTable } from "../write-table.ts";

export const layerSpotsCommand: Command = {
  usage: "layer spots IMAGE[:LAYER] --out FILE [--distance D] | --read FILE.csv [--kind NAME] [--dry-run]",
  about:
    "Writes the spots of an image as CSV or Parquet: a row per spot with its gene, place and cell. Or adds those of a table with " +
    "columns y and x (pixels, or µm) and gene. A spot that is there already is not added again. What is read is saved as an " +
    "edit that the history shows.",
  examples: [
    'cellfoundry layer spots "plate 7" --out spots.csv --distance 2',
    'cellfoundry layer spots "plate 7" --read decoded.csv',
  ],
  options: {
    out: { type: "string", value: "FILE", help: "CSV or Parquet, by its ending" },
    distance: {
      type: "string",
      value: "D",
      help: "A spot in no cell belongs to one at most this far away: µm, or pixels when the pixel size is unknown; default 0",
    },
    read: { type: "string", value: "FILE.csv", help: "Table to read" },
    kind: { type: "string", value: "NAME", help: "Gene or kind, for a table without a column of kinds" },
    "dry-run": { type: "boolean", help: "Only say what would change" },
  },
  run,
};

/** Further than any cytoplasm reaches. */
const distanceMax = 1_000;

async function run(input: CommandInput): Promise<undefined> {
  const [out, path] = [textOption(input, "out"), textOption(input, "read")];
  if ((out === undefined) === (path === undefined))
    throw usageError("Give --out to write, or --read to read.", layerSpotsCommand);
  await withStore(input, async (opened) => {
    const { getImage, layerObjects } = await import("#store/index.ts");
    const project = await chosenProject(opened, input);
    const reference = requiredPositional(input, 0, "IMAGE", layerSpotsCommand);
    const { layer, title } = await findLayer(opened.store, project.id, reference);
    const image = await getImage(opened.store, layer.imageId);
    const held = await layerObjects(opened.store, layer.id);
    if (path !== undefined) return readSpots(input, opened, { layer, title, image, held, path });
    const format = tableFormat(out as string, layerSpotsCommand);
    const { spotTable } = await import("#formats/spots/index.ts");
    const distance = numberOption(input, "distance", { low: 0, high: distanceMax }) ?? 0;
    const rows = tabled(held, image, distance);
    await writeTable(out as string, format, { ...spotTable(rows, image.mpp), idKey: "uid", title });
    const assigned = rows.filter(({ cellUid }) => cellUid !== null).length;
    input.out.result(
      { image: title, spots: rows.length, assigned, out },
      () => `${counted(rows.length, "spot")} of ${title}, ${assigned} in cells: written to ${out}.`,
    );
  });
  return undefined;
}

/** Each spot with the cell it belongs to. */
function tabled(
  { spots = [], objects }: LayerObjects,
  { height, width, mpp }: Pick<ImageDetail, "height" | "width" | "mpp">,
  distance: number,
): TabledSpot[] {
  const ground = groundOfShapes(objects, { height, width });
  const labels = new Map(objects.map(({ uid, label }) => [uid, label]));
  return spots.map((spot) => {
    const options = { distanceMax: distance, mpp: mpp ?? { y: 1, x: 1 } };
    const cellUid = cellOfSpot(spot, ground(spot.t, spot.z), options);
    return { ...spot, cellUid, cellLabel: cellUid === null ? null : (labels.get(cellUid) ?? null) };
  });
}

interface ReadTarget {
  readonly layer: LayerSummary;
  readonly title: string;
  readonly image: ImageDetail;
  readonly held: LayerObjects;
  readonly path: string;
}

async function readSpots(input: CommandInput, opened: OpenedStore, target: ReadTarget): Promise<void> {
  const { layer, title, image, held, path } = target;
  const { readSpotsCsv } = await import("#formats/spots/index.ts");
  const { height, width, mpp, name, axes, shape } = image;
  const length = (axis: string): number => (axes.includes(axis) ? (shape[axes.indexOf(axis)] ?? 1) : 1);
  const size = { name, height, width, mpp, frames: length("t"), slices: length("z") };
  const text = await readTableText(path);
  const read = readSpotsCsv(text, basename(path), size, textOption(input, "kind") ?? "");
  const living = new Set(held.objects.map(({ uid }) => uid));
  const own = read.spots.map(
    // The hand's word about a cell holds only where the cell is of this layer.
    (spot): Spot =>
      spot.cell === null || spot.cell === "" || living.has(spot.cell) ? spot : { ...spot, cell: null },
  );
  const fresh = withoutPresent(own, held.spots ?? []);
  const dryRun = flagOption(input, "dry-run");
  if (!dryRun) {
    const added = fresh.map((after) => ({ uid: opened.store.ids.next(), before: null, after }));
    await saveValues(opened, layer.id, "spots", added, (spots) => ({ spots }));
  }
  const { leftOut, ofOthers, notes } = read;
  const present = own.length - fresh.length;
  input.out.result(
    { image: title, added: fresh.length, present, leftOut, ofOtherImages: ofOthers, dryRun },
    () =>
      [
        `${counted(fresh.length, "spot")} ${dryRun ? "would be" : "were"} added to ${title}; ${present} were there already.`,
        ...notes,
      ].join("\n"),
  );
}

/** Spots that are not there yet, each once for each time that it stands in the table beyond those present. */
function withoutPresent(spots: readonly Spot[], present: readonly Spot[]): Spot[] {
  const key = ({ t, z, y, x, kind }: Spot): string => `${t} ${z} ${y} ${x} ${kind}`;
  const free = Map.groupBy(present, key);
  return spots.filter((spot) => {
    const alike = free.get(key(spot)) ?? [];
    const index = alike.findIndex((one) => sameSpot({ ...one, cell: null }, { ...spot, cell: null }));
    if (index < 0) return true;
    alike.splice(index, 1);
    return false;
  });
}
