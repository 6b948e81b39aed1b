/**
 * One row per object: where it is, how large, how bright in each channel, what it is, who made it.
 *
 * Columns are the same for every row of an export, whatever its images have: intensities are named by channel index,
 * absent ones are null, and so are sizes in micrometres where the pixel size is unknown. Parquet, because it is typed,
 * compressed and read by every table tool; rows leave in groups, so memory does not grow with their number.
 */
import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import { axisLength, channelPlane, type ImageArray } from "#core/array/index.ts";
import { measureIntensity, measureObject, type ObjectIntensity } from "#core/labels/index.ts";
import type { ExportFacts, ExportItem, ExportLayer, ExportObject } from "./export-item.ts";

/** Rows kept before they are written: some MB. */
const rowsPerGroup = 50_000;

type Cell = string | number | null;
type ColumnType = "STRING" | "INT32" | "DOUBLE";

interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly of: (row: Row) => Cell;
}

interface Row {
  readonly item: ExportItem;
  readonly layer: ExportLayer;
  readonly object: ExportObject;
  readonly measures: ReturnType<typeof measureObject>;
  readonly light: readonly ObjectIntensity[];
}

const text = (name: string, of: Column["of"]): Column => ({ name, type: "STRING", of });
const whole = (name: string, of: Column["of"]): Column => ({ name, type: "INT32", of });
const real = (name: string, of: Column["of"]): Column => ({ name, type: "DOUBLE", of });

/** @param channels  the most channels any image has. */
function columnsFor(channels: number): Column[] {
  return [
    text("image", ({ item }) => item.name),
    text("image_digest", ({ item }) => item.arrayDigest),
    text("group", ({ item }) => item.group),
    text("split", ({ item }) => item.role),
    text("compartment", ({ layer }) => layer.compartment),
    text("layer", ({ layer }) => layer.name),
    text("uid", ({ object }) => object.uid),
    whole("label", ({ object }) => object.label),
    text("cell_type", ({ object }) => object.cellType),
    text("cell_type_terms", ({ object }) => object.types?.map(({ term }) => term).join("; ") ?? null),
    text("cell_type_by", ({ object }) => object.types?.map(({ by }) => by).join("; ") ?? null),
    text("made_by", ({ object }) => object.agentKind),
    whole("t", ({ object }) => object.shape.t),
    whole("z", ({ object }) => object.shape.z),
    real("centroid_y_px", ({ measures }) => measures.centroid.y),
    real("centroid_x_px", ({ measures }) => measures.centroid.x),
    ...(["y0", "x0", "y1", "x1"] as const).map((side, i) =>
      whole(`bbox_${side}_px`, ({ object }) => object.shape.bbox[i] as number),
    ),
    whole("area_px", ({ measures }) => measures.areaPx),
    real("area_um2", ({ measures, item: { mpp } }) =>
      mpp === null ? null : measures.areaPx * mpp.y * mpp.x,
    ),
    real("perimeter_px", ({ measures }) => measures.perimeterPx),
    real("major_axis_px", ({ measures }) => measures.majorAxisPx),
    real("minor_axis_px", ({ measures }) => measures.minorAxisPx),
    real("eccentricity", ({ measures }) => measures.eccentricity),
    real("solidity", ({ measures }) => measures.solidity),
    ...Array.from({ length: channels }, (_, c) => [
      real(`c${c}_mean`, ({ light }) => light[c]?.mean ?? null),
      real(`c${c}_min`, ({ light }) => light[c]?.min ?? null),
      real(`c${c}_max`, ({ light }) => light[c]?.max ?? null),
    ]).flat(),
  ];
}

/** Rows of one item, in order of layers, then of objects. */
function* rowsOf(item: ExportItem, image: ImageArray): Generator<Row> {
  const channels = axisLength(image, "c");
  for (const layer of item.layers) {
    for (const object of layer.objects) {
      const { t, z } = object.shape;
      const light = Array.from({ length: channels }, (_, c) =>
        measureIntensity(object.shape, channelPlane(image, { t, z, c })),
      );
      yield { item, layer, object, measures: measureObject(object.shape), light };
    }
  }
}

/** Bytes of the Parquet file, one piece per group of rows. Cost: O(pixels of all objects x channels). */
export async function* objectTable(
  items: AsyncIterable<ExportItem>,
  facts: ExportFacts,
): AsyncGenerator<Uint8Array> {
  const columns = columnsFor(facts.counts.channels);
  const values: Cell[][] = columns.map(() => []);
  const source = (): ColumnSource[] =>
    columns.map(({ name, type }, i) => ({ name, type, data: values[i] as Cell[], nullable: true }));
  const writer = new ByteWriter();
  const table = new ParquetWriter({
    writer,
    schema: schemaFromColumnData({ columnData: source() }),
    createdBy: `${facts.tool.name} ${facts.tool.version}`,
    kvMetadata: [
      { key: "dataset", value: `${facts.name}@${facts.version ?? "not frozen"}` },
      { key: "digest", value: facts.digest ?? "" },
    ],
  });
  // Emptied after each piece: the writer's offset counts on, only its buffer starts anew.
  const send = (): Uint8Array => {
    const piece = new Uint8Array(writer.getBuffer());
    writer.index = 0;
    return piece;
  };
  const addRow = (row: Row): void => {
    for (const [i, { of }] of columns.entries()) values[i]?.push(of(row));
  };
  for await (const item of items) {
    for (const row of rowsOf(item, await item.readImage())) addRow(row);
    if ((values[0] as Cell[]).length < rowsPerGroup) continue;
    await table.write({ columnData: source(), rowGroupSize: rowsPerGroup });
    for (const list of values) list.length = 0;
    yield send();
  }
  if ((values[0] as Cell[]).length > 0)
    await table.write({ columnData: source(), rowGroupSize: rowsPerGroup });
  await table.finish();
  yield send();
}
