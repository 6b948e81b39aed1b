/**
 * What an import would do, and why: files sorted into items by a layout, joined with the sheet, grouped.
 *
 * Also the first half of a dry run, because a dry run that decides differently from the import is worse than none. It
 * looks into files, so the server has it done by the process that decodes (`decoder/`).
 */

import { errorToWire, FoundryError, type WireError } from "#core/errors.ts";
import { buildVocabulary, channelWordField, channelWordOf, shippedTerms } from "#core/ontology/index.ts";
import {
  applySheet,
  type Candidate,
  type Detection,
  detectLayout,
  fault,
  type IgnoredFile,
  type LayoutItem,
  parseSheet,
  type SheetChannel,
  type SheetProblem,
  type SheetRow,
  validateSheet,
  valuesWithoutRow,
} from "#formats/index.ts";
import { type ImageFacts, imageFacts } from "./image-facts.ts";
import type { ImportSource } from "./source.ts";

export interface PlanOptions {
  /** Default "auto". */
  readonly format?: string;
  /** Sheet to join instead of one found among the files. */
  readonly sheet?: { readonly name: string; readonly text: string };
  readonly defaults?: { readonly group?: string; readonly metadata?: Readonly<Record<string, string>> };
  readonly licence?: string;
  /** Beginnings of paths: only these files are looked at; default all. */
  readonly only?: readonly string[];
  /** Hold the sheet against the shipped vocabulary; default false. */
  readonly checkSheet?: boolean;
  /** Tell of all layouts that fit, not only of the first; default false. */
  readonly allCandidates?: boolean;
}

export interface PlannedImage extends ImageFacts {
  readonly name: string;
  /** Channels as the sheet names them, by index; empty when it names none. */
  readonly channels: readonly SheetChannel[];
  readonly item: LayoutItem;
}

export interface RefusedFile {
  readonly path: string;
  readonly error: WireError;
}

export interface PlannedImport {
  readonly title: string;
  readonly format: string;
  readonly formatTitle: string;
  readonly candidates: readonly Candidate[];
  readonly images: readonly PlannedImage[];
  /** Files that are refused before any decoding. */
  readonly failures: readonly RefusedFile[];
  readonly ignored: readonly IgnoredFile[];
  readonly sheet: string | null;
  /** The sheet as it is written, when it is to be checked and of a size to be mended by hand; else null. */
  readonly sheetText: string | null;
  /** What is wrong in the sheet, when that was asked for. */
  readonly sheetProblems: readonly SheetProblem[];
  /** As the publisher of the data set states it; null when nothing is known. */
  readonly licence: string | null;
  /** Images whose source says nothing of which belong together. */
  readonly ungrouped: number;
  readonly warnings: readonly string[];
}

/** Characters of a sheet that a page shows for mending; larger ones are mended in a spreadsheet. */
const SHEET_SHOWN_MAX = 1_000_000;

/** Names of rows or images listed in one warning. */
const NAMES_SHOWN = 3;

/**
 * Decides what each file of a source is.
 *
 * @throws FoundryError `import.empty`, `limit.files`, `format.pair` for a named layout that does not fit,
 *         `format.sheet` when the given sheet cannot be read, `request.invalid` for an unknown format.
 */
export async function planImport(whole: ImportSource, options: PlanOptions = {}): Promise<PlannedImport> {
  const source = options.only === undefined ? whole : part(whole, options.only);
  const failures: RefusedFile[] = source.faults.map(({ path, error }) => ({
    path,
    error: errorToWire(error),
  }));
  const detected = await detect(source, options, failures);
  const { layout, plan } = detected;
  for (const path of detected.files.empty) failures.push({ path, error: errorToWire(emptyFile(path)) });
  const warnings = [...plan.notes];
  const joined = await joinSheet(source, detected, options, warnings);
  const licence = options.licence ?? plan.licence ?? undefined;
  const images = plan.items.map((item): PlannedImage => {
    const { values, channels } = joined.rowOf(item);
    const facts = imageFacts(values, {
      title: source.title,
      format: layout.format,
      sheet: joined.sheet,
      item,
      ...(licence === undefined ? {} : { licence }),
      words: wordsOfChannels(channels),
      ...(options.defaults === undefined ? {} : { defaults: options.defaults }),
    });
    return { ...facts, mpp: facts.mpp ?? item.mpp, name: item.name, channels, item };
  });
  const ungrouped = images.filter((image) => !image.groupKnown).length;
  if (ungrouped > 0) warnings.push(ungroupedWarning(ungrouped, source.title));
  warnings.push(...new Set(images.flatMap((image) => image.notes)));
  return {
    title: source.title,
    format: layout.format,
    formatTitle: layout.title,
    candidates: detected.candidates,
    images,
    failures,
    ignored: plan.ignored.filter(({ path }) => path !== joined.sheet),
    sheet: joined.sheet,
    sheetText: joined.text,
    sheetProblems: joined.problems,
    licence: plan.licence,
    ungrouped,
    warnings,
  };
}

/** What a sheet says of channels besides name and role, as fields of the image. */
function wordsOfChannels(channels: readonly SheetChannel[]): Record<string, string> {
  const words = channels.flatMap(({ index, values }) =>
    Object.entries(values).map(([field, value]) => [channelWordField(index, field), value] as const),
  );
  return Object.fromEntries(words.filter(([field]) => channelWordOf(field) !== null));
}

function part(source: ImportSource, only: readonly string[]): ImportSource {
  const inside = ({ path }: { readonly path: string }): boolean =>
    only.some((start) => path.startsWith(start));
  return { ...source, entries: source.entries.filter(inside), faults: source.faults.filter(inside) };
}

async function detect(
  source: ImportSource,
  options: PlanOptions,
  failures: readonly RefusedFile[],
): Promise<Detection> {
  try {
    return await detectLayout(source, {
      ...(options.format === undefined ? {} : { format: options.format }),
      all: options.allCandidates ?? false,
    });
  } catch (error) {
    const [first] = failures;
    // "Nothing to import" is not the news when the one file was refused.
    if (first !== undefined && error instanceof FoundryError && error.code === "import.empty") {
      throw new FoundryError("import.empty", {
        message: `Nothing could be imported. ${first.error.message}`,
        ...(first.error.hint === undefined ? {} : { hint: first.error.hint }),
        details: { failures: failures.slice(0, 100) },
      });
    }
    throw error;
  }
}

function emptyFile(path: string): FoundryError {
  return fault("format.detect", {
    file: path,
    reason: "the file is empty (0 bytes)",
    remedy: "Copy or download it again.",
  });
}

function ungroupedWarning(count: number, title: string): string {
  if (count === 1) {
    return (
      `One image does not say which specimen, slide or movie it comes from; its group is "${title}". ` +
      "Give a sheet with a column `group` to name it."
    );
  }
  return (
    `${count} images do not say which specimen, slide or movie they come from; they form one group "${title}" and ` +
    "will stay on one side of every split. Give a sheet with a column `group` to tell them apart."
  );
}

interface JoinedSheet {
  readonly sheet: string | null;
  readonly text: string | null;
  readonly problems: readonly SheetProblem[];
  rowOf(item: LayoutItem): Pick<SheetRow, "values" | "channels">;
}

const noSheet: JoinedSheet = {
  sheet: null,
  text: null,
  problems: [],
  rowOf: () => ({ values: {}, channels: [] }),
};

/** A sheet that somebody gave must be right; one that was merely found is left out when it is not. */
async function joinSheet(
  source: ImportSource,
  { plan, files }: Detection,
  options: PlanOptions,
  warnings: string[],
): Promise<JoinedSheet> {
  if (options.sheet === undefined && files.sheetPath === null) return noSheet;
  const name = options.sheet?.name ?? files.sheetPath ?? "";
  try {
    const text = options.sheet?.text ?? new TextDecoder().decode(await source.read(name));
    const sheet = parseSheet(text, { name });
    const report = applySheet(plan.items, sheet);
    warnings.push(...sheet.notes);
    warnings.push(
      ...shortList(
        report.unmatchedRows.map((row) => row.name),
        (one) => `${one ? "row" : "rows"} of ${name} ${one ? "names" : "name"} no image`,
      ),
    );
    // What holds for the whole experiment or a group holds for images without a row, too.
    if (sheet.defaults === null && sheet.groups.length === 0)
      warnings.push(
        ...shortList(
          report.unmatchedImages,
          (one) => `${one ? "image has" : "images have"} no row in ${name}`,
        ),
      );
    return {
      sheet: name,
      text: options.checkSheet === true && text.length <= SHEET_SHOWN_MAX ? text : null,
      problems:
        options.checkSheet === true ? validateSheet(sheet, buildVocabulary(shippedTerms())).problems : [],
      rowOf(item) {
        const row = report.rows.get(item);
        const channels = row === undefined || row.channels.length === 0 ? sheet.channels : row.channels;
        return { values: row?.values ?? valuesWithoutRow(sheet, item.group?.key ?? null), channels };
      },
    };
  } catch (error) {
    if (options.sheet !== undefined || !(error instanceof FoundryError)) throw error;
    warnings.push(`The sheet was left out. ${error.message} ${error.hint ?? ""}`.trim());
    return noSheet;
  }
}

function shortList(names: readonly string[], what: (one: boolean) => string): string[] {
  if (names.length === 0) return [];
  const more = names.length > NAMES_SHOWN ? " …" : "";
  return [`${names.length} ${what(names.length === 1)}: ${names.slice(0, NAMES_SHOWN).join(", ")}${more}`];
}
