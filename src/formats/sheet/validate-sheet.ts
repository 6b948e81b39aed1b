/**
 * A sheet against the vocabulary and the metadata schema.
 *
 * Every problem names row, column, value, rule and what was probably meant, in words that can be printed as they are:
 * `row 12, column organ: "splen" is not known; did you mean spleen (UBERON:0002106)?`. A value that many rows take over
 * is reported once, where it is written.
 */
import {
  channelFields,
  type MetadataProblem,
  type MetadataReport,
  metadataPreset,
  readField,
  requiredFields,
  type Vocabulary,
  validateMetadata,
} from "#core/ontology/index.ts";
import { fieldOfColumn } from "./columns.ts";
import type { Sheet, SheetChannel, SheetRow } from "./sheet.ts";

export interface SheetProblem extends MetadataProblem {
  /** Row as a spreadsheet counts, from 1; in YAML the line. */
  readonly row: number;
  readonly line: number;
  /** As the file writes it. */
  readonly column: string;
  /** The whole sentence without a full stop, with its place. */
  readonly text: string;
  /** How many further rows have the same problem. */
  readonly more: number;
}

export interface SheetCheck {
  readonly sheet: Sheet;
  /** What each image's values mean, in the order of `sheet.rows`. */
  readonly rows: readonly MetadataReport["value"][];
  readonly problems: readonly SheetProblem[];
  readonly errors: number;
  readonly warnings: number;
}

/** A list of more is not read; the rest is counted. */
const problemsMax = 1_000;

/**
 * @param options.preset  name of a preset whose required fields must be there; default the one the sheet names.
 * Pure; cost: one lookup per distinct word.
 */
export function validateSheet(
  sheet: Sheet,
  vocabulary: Vocabulary,
  options: { readonly preset?: string } = {},
): SheetCheck {
  const preset = metadataPreset(options.preset ?? sheet.preset ?? "");
  const required = preset === undefined ? [] : requiredFields(preset);
  const found = new Map<string, SheetProblem>();
  const state = { sheet, vocabulary: remembering(vocabulary), found };
  const wantedPreset = options.preset ?? sheet.preset;
  if (wantedPreset !== null && wantedPreset !== undefined && preset === undefined) {
    add(state, { row: 1, line: 1 }, "preset", {
      field: "preset",
      value: wantedPreset,
      rule: "choice",
      message: `"${wantedPreset.slice(0, 60)}" is not a preset`,
      severity: "error",
    });
  }
  const shared = [sheet.defaults, ...sheet.groups].filter((row): row is SheetRow => row !== null);
  for (const row of shared) checkShared(state, row);
  for (const channel of sheet.channels) checkChannel(state, channel);
  const rows = sheet.rows.map((row) => checkRow(state, row, required));
  // Without rows the images are found by the import, and must get what is required from the experiment.
  if (rows.length === 0 && sheet.defaults !== null) checkRow(state, sheet.defaults, required);
  const problems = [...found.values()].map(withCount).toSorted((a, b) => a.row - b.row);
  const errors = problems.filter((problem) => problem.severity === "error").length;
  return {
    sheet,
    rows,
    problems: problems.slice(0, problemsMax),
    errors,
    warnings: problems.length - errors,
  };
}

interface State {
  readonly sheet: Sheet;
  readonly vocabulary: Vocabulary;
  readonly found: Map<string, SheetProblem>;
}

/** Sheets repeat few words in many rows. */
function remembering(vocabulary: Vocabulary): Vocabulary {
  const known = new Map<string, ReturnType<Vocabulary["resolve"]>>();
  return {
    ...vocabulary,
    resolve(facet, raw) {
      const key = `${facet} ${raw}`;
      const resolution = known.get(key) ?? vocabulary.resolve(facet, raw);
      known.set(key, resolution);
      return resolution;
    },
  };
}

/** Columns as fields of the schema; columns about the row are left out. */
function recordOf(row: SheetRow): {
  readonly record: Record<string, string>;
  readonly columns: Map<string, string>;
} {
  const record: Record<string, string> = {};
  const columns = new Map<string, string>();
  for (const [column, value] of Object.entries(row.values)) {
    const field = fieldOfColumn(column);
    if (field === null || Object.hasOwn(record, field)) continue;
    record[field] = value;
    columns.set(field, column);
  }
  return { record, columns };
}

/** Rules about one value, which are checked where the value is written. */
const aboutOneValue = (problem: MetadataProblem): boolean =>
  problem.rule !== "required" && problem.rule !== "conflict";

function checkShared(state: State, row: SheetRow): void {
  const { record, columns } = recordOf(row);
  for (const problem of validateMetadata(record, state.vocabulary).problems) {
    const column = columns.get(problem.field) ?? problem.field;
    if (aboutOneValue(problem) && !row.inherited.includes(column)) add(state, row, column, problem);
  }
}

function checkRow(state: State, row: SheetRow, required: readonly string[]): MetadataReport["value"] {
  const { record, columns } = recordOf(row);
  const report = validateMetadata(record, state.vocabulary, { required });
  for (const problem of report.problems) {
    const column = columns.get(problem.field) ?? problem.field;
    const isInherited = !columns.has(problem.field) || row.inherited.includes(column);
    if (aboutOneValue(problem) && isInherited) continue;
    add(state, row, column, problem, isInherited);
  }
  for (const channel of row.channels) checkChannel(state, channel);
  return report.value;
}

function checkChannel(state: State, channel: SheetChannel): void {
  for (const [name, value] of Object.entries(channel.values)) {
    const field = channelFields.find((known) => known.name === name);
    if (field === undefined) continue;
    const { problem } = readField(state.vocabulary, field, value);
    if (problem !== undefined) add(state, channel, `channel ${channel.index + 1} ${name}`, problem);
  }
}

function add(
  state: State,
  at: { readonly row: number; readonly line: number },
  column: string,
  problem: MetadataProblem,
  isShared = false,
): void {
  // What no row says itself (a missing donor) is one problem however many rows lack it.
  const key = isShared ? `${problem.field} ${problem.message}` : `${at.row} ${column} ${problem.message}`;
  const before = state.found.get(key);
  if (before !== undefined) {
    state.found.set(key, { ...before, more: before.more + 1 });
    return;
  }
  const header = state.sheet.headers[column] ?? column;
  const text = `row ${at.row}, column ${header}: ${problem.message}`;
  state.found.set(key, { ...problem, row: at.row, line: at.line, column: header, text, more: 0 });
}

function withCount(problem: SheetProblem): SheetProblem {
  if (problem.more === 0) return problem;
  return {
    ...problem,
    text: `${problem.text} (and ${problem.more} more ${problem.more === 1 ? "row" : "rows"})`,
  };
}
