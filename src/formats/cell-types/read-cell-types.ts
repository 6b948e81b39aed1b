/**
 * Types of cells from a table of text: one line per cell, or one per cell and type, by the names that programs give columns.
 *
 * Known are our own tables, those of exports, and tables of measurements with a column of types. A line names its cell by uid
 * or by label. Words are given as they stand: what they mean is for the vocabulary. A line that names no cell, or no type, is
 * told, not guessed.
 */

import { fault } from "../fault.ts";
import { parseCsv } from "../sheet/csv.ts";

export interface TypedRow {
  /** In the file, from 1. */
  readonly line: number;
  /** Null where the line has a label only. */
  readonly uid: string | null;
  readonly label: number | null;
  /** Terms or names of terms; several in one field stand with ";" between. */
  readonly words: readonly string[];
}

export interface ReadCellTypes {
  readonly rows: readonly TypedRow[];
  /** Lines left out, with the reason; the first few. */
  readonly notes: readonly string[];
  readonly leftOut: number;
  /** Lines of other images, of a table that says which image each line is of. */
  readonly ofOthers: number;
}

const names = {
  uid: ["uid", "cell_uid", "object_uid"],
  label: ["label", "cell_label", "cell_id", "object", "id"],
  term: ["term", "cell_type_term", "cell_type_terms", "curie", "ontology_term"],
  name: ["name", "cell_type", "celltype", "type", "class", "phenotype", "annotation"],
  image: ["image", "image_name"],
} as const;

type Field = keyof typeof names;

const notesMax = 20;

/**
 * @param text  CSV with a heading, any usual delimiter. @param image  of a table over several images, only its lines are taken.
 * @throws FoundryError `format.sheet` when no column names cells, or none their types. Cost: O(characters).
 */
export function readCellTypesCsv(text: string, file: string, image: string): ReadCellTypes {
  const [heading, ...lines] = parseCsv(text, file);
  const at = columnsOf(heading?.fields ?? []);
  if (at.uid === undefined && at.label === undefined) {
    throw fault("format.sheet", {
      file,
      reason: "no column says which cell each line is about",
      remedy: "Call the column of ids uid, or that of numbers label.",
    });
  }
  if (at.term === undefined && at.name === undefined) {
    throw fault("format.sheet", {
      file,
      reason: "no column says what the cells are",
      remedy: "Call the column of types term (CL:0000084) or name (T cell).",
    });
  }
  const rows: TypedRow[] = [];
  const notes: string[] = [];
  let [leftOut, ofOthers] = [0, 0];
  for (const { line, fields } of lines) {
    const field = (name: Field): string => (at[name] === undefined ? "" : (fields[at[name]] ?? "")).trim();
    if (at.image !== undefined && field("image") !== image) {
      ofOthers++;
      continue;
    }
    const read = readRow(line, field);
    if (typeof read !== "string") rows.push(read);
    else {
      leftOut++;
      if (notes.length < notesMax) notes.push(`Line ${line}: ${read}.`);
    }
  }
  return { rows, notes, leftOut, ofOthers };
}

function readRow(line: number, field: (name: Field) => string): TypedRow | string {
  const words = (field("term") || field("name"))
    .split(";")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  if (words.length === 0) return "it names no type";
  const number = Number(field("label"));
  const label = field("label") !== "" && Number.isInteger(number) && number > 0 ? number : null;
  const uid = field("uid") === "" ? null : field("uid");
  if (uid === null && label === null) return "it names no cell";
  return { line, uid, label, words };
}

function columnsOf(heading: readonly string[]): Partial<Record<Field, number>> {
  const found: Partial<Record<Field, number>> = {};
  const words = heading.map((word) => word.trim().toLowerCase());
  for (const [field, known] of Object.entries(names) as [Field, readonly string[]][]) {
    const name = known.find((one) => words.includes(one));
    if (name !== undefined) found[field] = words.indexOf(name);
  }
  return found;
}
