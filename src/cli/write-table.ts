/** A table written to a file, as CSV or Parquet by the ending of its name: beside its place, and moved there when it is whole. */

import { open, rename } from "node:fs/promises";
import { basename } from "node:path";
import { FoundryError } from "#core/errors.ts";
import type { MeasureTable } from "#core/measure/index.ts";
import type { TableText } from "#formats/measure/index.ts";
import { type Command, usageError } from "./command.ts";

export type TableFormat = "csv" | "parquet";

/** @throws a usage error for any other ending. */
export function tableFormat(out: string, command: Command): TableFormat {
  const format = /\.(csv|parquet)$/i.exec(out)?.[1]?.toLowerCase();
  if (format === "csv" || format === "parquet") return format;
  throw usageError(`--out ends in .csv or .parquet, not "${basename(out)}".`, command);
}

export interface WrittenTable {
  readonly table: MeasureTable;
  /** Heading of the column of ids. */
  readonly idKey: "label" | "uid";
  readonly texts?: readonly TableText[];
  /** Of the image, kept in the facts of Parquet. */
  readonly title: string;
}

/** @throws FoundryError `request.invalid` when the file cannot be written. */
export async function writeTable(
  out: string,
  format: TableFormat,
  { table, idKey, title, texts = [] }: WrittenTable,
): Promise<void> {
  const { measureCsv, measureParquet } = await import("#formats/measure/index.ts");
  const part = `${out}.part`;
  const file = await open(part, "w").catch((cause: unknown) => {
    throw new FoundryError("request.invalid", {
      message: `"${out}" cannot be written.`,
      hint: "Check that its folder exists and may be written to.",
      cause,
    });
  });
  try {
    const pieces =
      format === "csv"
        ? measureCsv(table, idKey, texts)
        : measureParquet(table, idKey, texts, { createdBy: "Cell Foundry", facts: { image: title } });
    for await (const piece of pieces) await file.writeFile(piece);
  } finally {
    await file.close();
  }
  await rename(part, out);
}
