/**
 * What an import would do, and why: files sorted into images and labels, joined with the sheet, grouped.
 *
 * Also the whole of a dry run, because a dry run that decides differently from the import is worse than none.
 */

import { createHash } from "node:crypto";
import { errorToWire, FoundryError, type WireError } from "#core/errors.ts";
import {
  applySheet,
  fault,
  type ImportFormat,
  type ImportItem,
  type ImportPlan,
  parseSheet,
  readImage,
  scanFiles,
} from "#formats/index.ts";
import { type ImageFacts, imageFacts } from "./image-facts.ts";
import type { ImportSource } from "./source.ts";
import "../wasm-decoders.ts";

export const importFormats: readonly (ImportFormat | "auto")[] = ["auto", "dsb2018", "pairs", "images"];

export interface PlanOptions {
  /** Default "auto". */
  readonly format?: string;
  /** Sheet to join instead of one found among the files. */
  readonly sheet?: { readonly name: string; readonly text: string };
  readonly defaults?: { readonly group?: string; readonly metadata?: Readonly<Record<string, string>> };
  readonly licence?: string;
}

export interface PlannedImage extends ImageFacts {
  readonly name: string;
  readonly imagePath: string;
  readonly labels: ImportItem["labels"];
}

export interface PlannedImport {
  readonly title: string;
  readonly format: ImportFormat;
  readonly images: readonly PlannedImage[];
  /** Files that are refused before any decoding. */
  readonly failures: readonly { readonly path: string; readonly error: WireError }[];
  readonly ignored: ImportPlan["ignored"];
  readonly sheet: string | null;
  /** Images whose sheet names neither group nor anything else that says which belong together. */
  readonly ungrouped: number;
  readonly warnings: readonly string[];
}

/** Names of rows or images listed in one warning. */
const NAMES_SHOWN = 3;

/**
 * Decides what each file of a source is.
 *
 * @throws FoundryError `import.empty`, `limit.files`, `format.pair` for a named layout that does not fit,
 *         `format.sheet` when the given sheet cannot be read, `request.invalid` for an unknown format.
 */
export async function planImport(source: ImportSource, options: PlanOptions = {}): Promise<PlannedImport> {
  const failures = source.faults.map(({ path, error }) => ({ path, error: errorToWire(error) }));
  const empty = source.entries.filter((entry) => entry.size === 0 && /\.(png|tiff?)$/i.test(entry.path));
  for (const { path } of empty) failures.push({ path, error: errorToWire(emptyFile(path)) });
  const scanned = scan(source, options, failures);
  const warnings = [...scanned.notes];
  const joined = await joinSheet(source, scanned, options, warnings);
  const facts = joined.plan.items.map((item) => ({
    ...imageFacts(item.metadata, {
      title: source.title,
      ...(options.licence === undefined ? {} : { licence: options.licence }),
      ...(options.defaults === undefined ? {} : { defaults: options.defaults }),
    }),
    name: item.name,
    imagePath: item.imagePath,
    labels: item.labels,
  }));
  const ungrouped = facts.filter((image) => !image.groupKnown).length;
  if (ungrouped > 0) warnings.push(ungroupedWarning(ungrouped, source.title));
  warnings.push(...new Set(facts.flatMap((image) => image.notes)));
  const emptyPaths = new Set(empty.map((entry) => entry.path));
  return {
    title: source.title,
    format: scanned.format,
    images: facts,
    failures,
    ignored: scanned.ignored.filter(({ path }) => !emptyPaths.has(path)),
    sheet: joined.sheet,
    ungrouped,
    warnings,
  };
}

function scan(
  source: ImportSource,
  options: PlanOptions,
  failures: readonly { readonly path: string; readonly error: WireError }[],
): ImportPlan {
  try {
    return scanFiles(source.entries, { format: formatOf(options.format) });
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

function formatOf(text: string | undefined): ImportFormat | "auto" {
  const format = importFormats.find((one) => one === (text ?? "auto"));
  if (format !== undefined) return format;
  throw new FoundryError("request.invalid", {
    message: `"${text}" is not an import format.`,
    hint: `Choose one of ${importFormats.join(", ")}.`,
  });
}

function emptyFile(path: string): FoundryError {
  return fault("format.detect", {
    file: path,
    reason: "the file is empty (0 bytes)",
    remedy: "Copy or download it again.",
  });
}

function ungroupedWarning(count: number, title: string): string {
  return (
    `${count} images do not say which specimen, slide or movie they come from; they form one group "${title}" and ` +
    "will stay on one side of every split. Give a sheet with a column `group` to tell them apart."
  );
}

/** A sheet that somebody gave must be right; one that was merely found is left out when it is not. */
async function joinSheet(
  source: ImportSource,
  plan: ImportPlan,
  options: PlanOptions,
  warnings: string[],
): Promise<{ readonly plan: ImportPlan; readonly sheet: string | null }> {
  const { sheetPath } = plan;
  if (options.sheet === undefined && sheetPath === null) return { plan, sheet: null };
  const name = options.sheet?.name ?? sheetPath ?? "";
  try {
    const text = options.sheet?.text ?? new TextDecoder().decode(await source.read(name));
    const sheet = parseSheet(text, { name });
    const report = applySheet(plan, sheet);
    warnings.push(...sheet.notes);
    warnings.push(
      ...shortList(
        report.unmatchedRows.map((row) => row.name),
        `rows of ${name} name no image`,
      ),
    );
    warnings.push(...shortList(report.unmatchedImages, `images have no row in ${name}`));
    return { plan: report.plan, sheet: name };
  } catch (error) {
    if (options.sheet !== undefined || !(error instanceof FoundryError)) throw error;
    warnings.push(`The sheet was left out. ${error.message} ${error.hint ?? ""}`.trim());
    return { plan, sheet: null };
  }
}

function shortList(names: readonly string[], what: string): string[] {
  if (names.length === 0) return [];
  const more = names.length > NAMES_SHOWN ? " …" : "";
  return [`${names.length} ${what}: ${names.slice(0, NAMES_SHOWN).join(", ")}${more}`];
}

/** Images decoded in a dry run, spread over the import: enough to show what is inside, quick for any size. */
const SAMPLES = 5;

export interface DryRun {
  readonly title: string;
  readonly format: ImportFormat;
  readonly images: number;
  readonly withLabels: number;
  readonly groups: number;
  readonly ignored: ImportPlan["ignored"];
  readonly failures: PlannedImport["failures"];
  readonly samples: readonly {
    readonly name: string;
    readonly axes: string;
    readonly shape: readonly number[];
    readonly dtype: string;
    readonly notes: readonly string[];
  }[];
  /** Fields that some images lack, with the number of those images. */
  readonly missing: readonly { readonly field: string; readonly images: number }[];
  /** Images whose files are byte for byte the same. */
  readonly duplicates: readonly (readonly string[])[];
  readonly warnings: readonly string[];
}

/** Reports what an import would do; reads every image file once, decodes a few, stores nothing. */
export async function dryRunImport(source: ImportSource, options: PlanOptions = {}): Promise<DryRun> {
  const plan = await planImport(source, options);
  const failures = [...plan.failures];
  const samples: DryRun["samples"][number][] = [];
  const step = Math.max(1, Math.floor(plan.images.length / SAMPLES));
  const byDigest = new Map<string, string[]>();
  for (const [index, image] of plan.images.entries()) {
    try {
      const bytes = await source.read(image.imagePath);
      const digest = createHash("sha256").update(bytes).digest("hex");
      byDigest.set(digest, [...(byDigest.get(digest) ?? []), image.name]);
      if (index % step !== 0 || samples.length >= SAMPLES) continue;
      const read = await readImage(bytes, { name: image.imagePath });
      const { axes, shape, dtype } = read.image;
      samples.push({ name: image.name, axes, shape, dtype, notes: read.notes });
    } catch (error) {
      failures.push({ path: image.imagePath, error: errorToWire(error) });
    }
  }
  return {
    title: plan.title,
    format: plan.format,
    images: plan.images.length,
    withLabels: plan.images.filter((image) => image.labels !== null).length,
    groups: new Set(plan.images.map((image) => image.group)).size,
    ignored: plan.ignored,
    failures,
    samples,
    missing: missingFields(plan.images),
    duplicates: [...byDigest.values()].filter((names) => names.length > 1),
    warnings: plan.warnings,
  };
}

/** What every image should say; anything else in a sheet is a bonus. */
function missingFields(images: readonly PlannedImage[]): DryRun["missing"] {
  const lacks: readonly (readonly [string, (image: PlannedImage) => boolean])[] = [
    ["group", (image) => !image.groupKnown],
    ["kind", (image) => image.metadata["kind"] === undefined],
    ["licence", (image) => image.licence === "unknown"],
    ["labels", (image) => image.labels === null],
  ];
  return lacks
    .map(([field, lacking]) => ({ field, images: images.filter(lacking).length }))
    .filter((entry) => entry.images > 0);
}
