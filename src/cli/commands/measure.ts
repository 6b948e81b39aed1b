/** `measure`: a table of measurements of the cells of a label image, or of an image in the data folder. */

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  axisLength,
  type BoundingBox,
  channelPlane,
  type ImageArray,
  type Plane,
} from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import type { MeasureSettings, MeasureTable, PixelSize } from "#core/measure/index.ts";
import type { ImageDetail, Store } from "#store/index.ts";
import {
  type Command,
  type CommandInput,
  numberOption,
  requiredOption,
  requiredPositional,
  textOption,
  usageError,
} from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { counted } from "../output.ts";
import { findLayer } from "../version-ref.ts";
import { tableFormat, writeTable } from "../write-table.ts";

export const measureCommand: Command = {
  usage:
    "measure LABELS.tif [IMAGE.tif] --out FILE | measure --image IMAGE[:LAYER] --out FILE [--distance D] [--project NAME]",
  about:
    "Measures cells: area, outline, axes, shape, neighbours, and per channel mean, median, ends, sum, spread and " +
    "percentiles. With nuclei (--nuclei, or the nuclear layer of a stored image of whole cells) also per compartment. " +
    "Writes CSV or Parquet by the ending of --out. Lengths are in µm, too, when the pixel size is known.",
  examples: [
    "cellfoundry measure labels.tif image.tif --mpp 0.5 --out cells.csv",
    "cellfoundry measure cells.tif image.tif --nuclei nuclei.tif --out cells.parquet",
    'cellfoundry measure --image "plate 7" --out cells.csv',
  ],
  options: {
    out: { type: "string", value: "FILE", help: "CSV or Parquet, by its ending" },
    image: { type: "string", value: "IMAGE[:LAYER]", help: "Image of the project, in place of files" },
    nuclei: { type: "string", value: "NUCLEI.tif", help: "Labels of nuclei, to tell nucleus from cytoplasm" },
    mpp: { type: "string", value: "UM", help: "Pixel size in µm, in place of what the image says" },
    distance: {
      type: "string",
      value: "D",
      help: "Cells at most this far apart are neighbours: µm, or pixels when the pixel size is unknown",
    },
  },
  run,
};

const distanceMax = 1e6;

async function run(input: CommandInput): Promise<undefined> {
  const out = requiredOption(input, "out", measureCommand);
  const format = tableFormat(out, measureCommand);
  const stored = textOption(input, "image");
  const measured = stored === undefined ? await measureFiles(input) : await measureStored(input, stored);
  await writeTable(out, format, measured);
  const { table, title } = measured;
  input.out.result(
    { image: title, cells: table.ids.length, columns: table.columns.map(({ key }) => key), out },
    () =>
      `Measured ${counted(table.ids.length, "cell")} of ${title}: ${counted(table.columns.length, "column")} in ${out}.`,
  );
  return undefined;
}

interface Measured {
  readonly table: MeasureTable;
  readonly title: string;
  /** Heading of the column of ids. */
  readonly idKey: "label" | "uid";
}

async function settingsOf(
  input: CommandInput,
  image: { readonly height: number; readonly width: number },
  known: PixelSize | null,
): Promise<Omit<MeasureSettings, "channels" | "nuclei">> {
  const { defaultNeighbourDistancePx, defaultNeighbourDistanceUm } = await import("#core/measure/index.ts");
  const given = numberOption(input, "mpp", { low: 1e-4, high: 1e3 });
  const mpp = given === undefined ? known : { y: given, x: given };
  const usual = mpp === null ? defaultNeighbourDistancePx : defaultNeighbourDistanceUm;
  const neighbourDistance = numberOption(input, "distance", { low: 1e-6, high: distanceMax }) ?? usual;
  return { height: image.height, width: image.width, mpp, neighbourDistance };
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new FoundryError("import.empty", {
      message: `"${path}" cannot be opened.`,
      hint: "Check the path.",
      cause,
    });
  });
  return new Uint8Array(bytes);
}

async function measureFiles(input: CommandInput): Promise<Measured> {
  const { readImage, readLabels } = await import("#formats/index.ts");
  const { measureCells } = await import("#core/measure/index.ts");
  const path = requiredPositional(input, 0, "LABELS.tif", measureCommand);
  const read = async (file: string) => readLabels(await bytesOf(file), { name: basename(file) });
  const labels = await read(path);
  const imagePath = input.positionals[1];
  const image =
    imagePath === undefined ? null : await readImage(await bytesOf(imagePath), { name: basename(imagePath) });
  if (image !== null && axisLength(image.image, "t") * axisLength(image.image, "z") > 1)
    throw usageError("The image has several frames or slices; import it and use --image.", measureCommand);
  const nucleiPath = textOption(input, "nuclei");
  const nuclei =
    nucleiPath === undefined ? null : [...objectShapesFromLabels(await read(nucleiPath)).values()];
  const channels = image === null ? [] : image.channels.map(({ name }, c) => name || `Channel ${c + 1}`);
  const cells = [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ id: String(label), shape }));
  const planes = channels.map((_, c) => channelPlane((image as { image: ImageArray }).image, { c }));
  const settings = await settingsOf(input, labels, image?.mpp ?? null);
  return {
    table: measureCells(cells, planes, { ...settings, channels, nuclei }),
    title: basename(path),
    idKey: "label",
  };
}

async function measureStored(input: CommandInput, reference: string): Promise<Measured> {
  if (input.positionals.length > 0 || input.options.has("nuclei"))
    throw usageError("Give files, or --image, not both.", measureCommand);
  return withStore(input, async (opened) => {
    const { getImage, layerObjects } = await import("#store/index.ts");
    const { createMeasurer, withCellFacts } = await import("#core/measure/index.ts");
    const { store } = opened;
    const project = await chosenProject(opened, input);
    const { layer, title } = await findLayer(store, project.id, reference);
    const image = await getImage(store, layer.imageId);
    const { objects } = await layerObjects(store, layer.id);
    const nuclear = image.layers.find(
      (one) => one.compartment === "nuclear" && one.kind === "instances" && one.branchOf === null,
    );
    const nuclei: readonly ObjectShape[] | null =
      layer.compartment === "wholeCell" && nuclear !== undefined && nuclear.objectCount > 0
        ? (await layerObjects(store, nuclear.id)).objects.map(({ shape }) => shape)
        : null;
    const readLight = await lightReader(store, image);
    const channels = Array.from(
      { length: image.channels.length },
      (_, c) => image.channels.find(({ index }) => index === c)?.name || `Channel ${c + 1}`,
    );
    const measurer = createMeasurer(
      objects.map(({ uid, shape }) => ({ id: uid, shape })),
      { ...(await settingsOf(input, image, image.mpp)), channels, nuclei },
    );
    for (const [done, group] of measurer.groups.entries()) {
      input.signal.throwIfAborted();
      input.out.progress(`Measuring, ${Math.round((100 * done) / measurer.groups.length)} %`);
      for (let c = 0; c < channels.length; c++) {
        measurer.addLight(group, c, await readLight({ ...group, c }));
      }
    }
    const facts = new Map(objects.map(({ uid, label, confidence }) => [uid, { label, confidence }]));
    return { table: withCellFacts(measurer.finish(), (uid) => facts.get(uid)), title, idKey: "uid" };
  });
}

type ReadLight = (at: {
  readonly t: number;
  readonly z: number;
  readonly c: number;
  readonly box: BoundingBox;
}) => Promise<{ readonly y0: number; readonly x0: number; readonly plane: Plane }>;

/** Pixels of a channel around a group of cells: of the plane in memory, or of a large image's file. */
async function lightReader(store: Store, image: ImageDetail): Promise<ReadLight> {
  const { isLargeImage, readImageArray, readImageRegion } = await import("#store/index.ts");
  if (isLargeImage(store, image)) {
    return async ({ t, z, c, box }) => ({
      y0: box[0],
      x0: box[1],
      plane: channelPlane(await readImageRegion(store, image, { t, z, c }, box)),
    });
  }
  const pixels = await readImageArray(store, image.id);
  return async ({ t, z, c }) => ({ y0: 0, x0: 0, plane: channelPlane(pixels, { t, z, c }) });
}
