/**
 * A table of measurements as Parquet: typed columns, compressed, read by every table tool.
 *
 * Whole numbers are 32-bit integers, others doubles, what is not known is null. Rows leave in groups, so memory does not
 * grow with their number. Units and titles of the columns travel in the file's metadata, under `cellfoundry.columns`.
 */

import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import type { MeasureTable } from "#core/measure/index.ts";
import { type TableText, textColumns } from "./table-text.ts";

/** What the file says about itself. */
export interface ParquetNotes {
  /** Name and version of the program. */
  readonly createdBy: string;
  /** More facts by name, such as the image. */
  readonly facts?: Readonly<Record<string, string>>;
}

/** Rows in memory as values of JavaScript: some MB. */
const rowsPerGroup = 20_000;

/** Bytes of the file, one piece per group of rows. `idKey` and `texts` as in `measureCsv`. */
export async function* measureParquet(
  table: MeasureTable,
  idKey: string,
  texts: readonly TableText[],
  notes: ParquetNotes,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const words = textColumns(table, idKey, texts);
  const rows = (from: number, end: number): ColumnSource[] => [
    ...words.map(({ key, values }) => column(key, "STRING", values.slice(from, end))),
    ...table.columns.map(({ key, whole, values }) =>
      column(key, whole ? "INT32" : "DOUBLE", Array.from(values.subarray(from, end), orNull)),
    ),
  ];
  const writer = new ByteWriter();
  const about = table.columns.map(({ key, title, unit }) => ({ key, title, unit }));
  const file = new ParquetWriter({
    writer,
    schema: schemaFromColumnData({ columnData: rows(0, 0) }),
    createdBy: notes.createdBy,
    kvMetadata: [
      ...Object.entries(notes.facts ?? {}).map(([key, value]) => ({ key, value })),
      { key: "cellfoundry.columns", value: JSON.stringify(about) },
    ],
  });
  // Emptied after each piece: the writer's offset counts on, only its buffer starts anew.
  const send = (): Uint8Array<ArrayBuffer> => {
    const piece = new Uint8Array(writer.getBuffer().slice(0));
    writer.index = 0;
    return piece;
  };
  for (let from = 0; from < table.ids.length; from += rowsPerGroup) {
    const end = Math.min(from + rowsPerGroup, table.ids.length);
    await file.write({ columnData: rows(from, end), rowGroupSize: rowsPerGroup });
    yield send();
  }
  await file.finish();
  yield send();
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

const column = (
  name: string,
  type: "STRING" | "INT32" | "DOUBLE",
  data: (string | number | null)[],
): ColumnSource => ({ name, type, data, nullable: true });
