/**
 * The JSON tables of a DeepCell Label project: which pixel values are which cells, divisions, cell types.
 *
 * A pixel value is not a cell: `cells.json` says for every frame and feature which cells a value stands for. A value of
 * two cells is where they overlap; a cell of two values has pixels of its own and shared ones.
 */
import { fault } from "../../fault.ts";

export interface CellRow {
  readonly value: number;
  readonly cell: number;
  readonly t: number;
  /** Feature (channel of y). */
  readonly c: number;
}

export interface DivisionRow {
  readonly parent: number;
  readonly daughters: readonly number[];
  /** First frame after the division. */
  readonly t: number;
}

export interface CellTypeRow {
  readonly id: number;
  readonly name: string;
  readonly color: string | null;
  readonly cells: readonly number[];
  readonly feature: number;
}

// 1,000 frames of 5,000 cells.
const ROWS_MAX = 5_000_000;
const NAME_MAX = 200;

export function parseCells(text: string, file: string): CellRow[] {
  return list(text, file).map((row, i) => {
    const place = `entry ${i}`;
    return {
      value: whole(row, "value", file, place),
      cell: whole(row, "cell", file, place),
      t: whole(row, "t", file, place, 0),
      c: whole(row, "c", file, place, 0),
    };
  });
}

export function parseDivisions(text: string, file: string): DivisionRow[] {
  return list(text, file).map((row, i) => ({
    parent: whole(row, "parent", file, `entry ${i}`),
    daughters: wholes(row, "daughters", file, `entry ${i}`),
    t: whole(row, "t", file, `entry ${i}`),
  }));
}

export function parseCellTypes(text: string, file: string): CellTypeRow[] {
  return list(text, file).map((row, i) => {
    const { name, color } = row;
    if (typeof name !== "string") throw refuse(file, `entry ${i}`, "its name is not a text");
    return {
      id: whole(row, "id", file, `entry ${i}`, i + 1),
      name: name.slice(0, NAME_MAX),
      color: typeof color === "string" ? color.slice(0, NAME_MAX) : null,
      cells: wholes(row, "cells", file, `entry ${i}`),
      feature: whole(row, "feature", file, `entry ${i}`, 0),
    };
  });
}

function list(text: string, file: string): Record<string, unknown>[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw fault("format.json", {
      file,
      reason: "it is not JSON",
      remedy: "Export the project again.",
      cause,
    });
  }
  if (!Array.isArray(value) || value.length > ROWS_MAX) throw refuse(file, undefined, "it is not a list");
  return value.map((row: unknown, i) => {
    if (typeof row !== "object" || row === null) throw refuse(file, `entry ${i}`, "it is not an object");
    return row as Record<string, unknown>;
  });
}

function whole(
  row: Record<string, unknown>,
  field: string,
  file: string,
  place: string,
  absent?: number,
): number {
  const value = row[field] ?? absent;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31) return value;
  throw refuse(file, place, `its ${field} is not a whole number`);
}

function wholes(row: Record<string, unknown>, field: string, file: string, place: string): number[] {
  const values = row[field];
  if (!Array.isArray(values) || values.length > ROWS_MAX)
    throw refuse(file, place, `its ${field} is not a list`);
  return values.map((value) => whole({ [field]: value }, field, file, place));
}

function refuse(file: string, place: string | undefined, reason: string) {
  return fault("format.dataset", {
    file,
    ...(place === undefined ? {} : { place }),
    reason,
    remedy: "Export the project from DeepCell Label again.",
  });
}
