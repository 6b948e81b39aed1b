/** What a cell of a sheet must look like to be read at all; everything finer is `validateSheet`'s. */
import { fault } from "../fault.ts";

const CELL_MAX = 2_000; // a value is a term or a short remark
const MPP_MAX = 1_000; // a pixel of a millimetre is not a microscope's

/**
 * The value as it is kept: trimmed; pixel sizes with a decimal point.
 *
 * @throws FoundryError `format.sheet` naming the place.
 */
export function readCell(
  column: string,
  written: string,
  at: { readonly file: string; readonly place: string },
): string {
  const value = written.trim();
  const reason = cellFault(column, value);
  if (reason !== null) {
    throw fault("format.sheet", {
      file: at.file,
      place: `${at.place}, column ${column}`,
      reason: `"${value.slice(0, 60)}" ${reason[0]}`,
      remedy: reason[1],
    });
  }
  return column.startsWith("mpp") ? String(Number(value.replace(",", "."))) : value;
}

function cellFault(column: string, value: string): readonly [reason: string, remedy: string] | null {
  if (value.length > CELL_MAX) return [`… is longer than ${CELL_MAX} characters`, "Shorten the cell."];
  if (column === "mpp" || column === "mpp_y" || column === "mpp_x") {
    const number = Number(value.replace(",", "."));
    const fits = Number.isFinite(number) && number > 0 && number <= MPP_MAX;
    return fits ? null : ["is not a pixel size", "Write micrometres per pixel as a number, e.g. 0.65."];
  }
  if (column === "split" && !["train", "validation", "test"].includes(value)) {
    return ["is not a split", "Write train, validation or test, or leave the cell empty."];
  }
  return null;
}

/** @throws FoundryError `format.sheet` for a name that an earlier row has. */
export function refuseRepeats(
  rows: readonly { readonly name: string; readonly line: number }[],
  column: string,
  file: string,
): void {
  const lines = new Map<string, number>();
  for (const row of rows) {
    const before = lines.get(row.name);
    if (before !== undefined) {
      throw fault("format.sheet", {
        file,
        place: `line ${row.line}, column ${column}`,
        reason: `"${row.name.slice(0, 60)}" is already on line ${before}`,
        remedy: "Keep one line per image.",
      });
    }
    lines.set(row.name, row.line);
  }
}
