/**
 * Ingest: files become images with their labels, metadata and groups.
 *
 * Decoding processes read (`decoder/`), this one stores (`store-batches.ts`); no byte of a file is parsed here. Each
 * image is stored whole or reported with the reason and the remedy, and the rest goes on. After a crash the job goes on
 * with its import: images that it stored before are not read again.
 */

import { promises as fs } from "node:fs";
import { basename, join } from "node:path";
import { FoundryError, isFoundryError } from "#core/errors.ts";
import { beginImport, imagesOfImport, type JobItem, makePrintsOfImport } from "#store/index.ts";
import type { IngestParams, JobContext, JobOutcome } from "../job.ts";
import { createRateMeter } from "../progress.ts";
import { answersForReading, type KnownAnswers, pagesQuestion, readAnswers } from "./answers.ts";
import { type DecoderPool, openDecoderPool, type ReadOutcome } from "./decoder/decoder-pool.ts";
import type { SourcePlace } from "./decoder/protocol.ts";
import type { PlannedImage, PlannedImport, PlanOptions } from "./plan-import.ts";
import { openStagedSource } from "./staged-source.ts";
import { type BatchWriter, writeInBatches } from "./store-batches.ts";

/** Ignored files listed in the result; a folder of documents need not be stored twice. */
const IGNORED_SHOWN = 100;

/** Sheets are read whole; one of this size describes far more images than one import takes. */
const SHEET_BYTES_MAX = 64 * 2 ** 20;

/** @throws FoundryError `import.empty` when not one image could be imported; the planning errors of `planImport`. */
export async function ingest(context: JobContext<"ingest">): Promise<JobOutcome> {
  const { params, signal } = context;
  const cleanUp = async (): Promise<void> => {
    if (params.stagingDir !== undefined) await fs.rm(params.stagingDir, { recursive: true, force: true });
  };
  try {
    const result = await importAll(context);
    return { result, after: cleanUp };
  } catch (error) {
    // A stopped or superseded attempt leaves the upload for the next one.
    if (!signal.aborted || isFoundryError(signal.reason, "job.canceled")) await cleanUp();
    throw error;
  }
}

async function importAll(context: JobContext<"ingest">): Promise<JobOutcome["result"]> {
  const { params, store, job, actor, signal } = context;
  context.report({ fraction: null, text: "Looking at the files", msLeft: null });
  const answers = readAnswers(params.answers);
  const pool = await openDecoderPool({
    place: placeOf(params),
    tempFolder: join(store.home, "staging"),
    wholeValuesMax: store.wholeValuesMax,
  });
  try {
    const options = await planOptions(params);
    const plan = withoutLabels(await pool.plan(options), params.withoutLabels ?? []);
    signal.throwIfAborted();
    await refuseOpenQuestions(pool, plan, answers);
    const { projectId } = job;
    if (projectId === null)
      throw new FoundryError("request.invalid", { message: "The import names no project." });
    const licence = params.licence ?? plan.licence ?? "unknown";
    const importId = await beginImport(store, actor, {
      projectId,
      jobId: job.id,
      title: plan.title,
      format: plan.format,
      licence,
      options: { answers: params.answers ?? {}, defaults: params.defaults ?? {}, sheet: plan.sheet },
    });
    const tally = createTally(context, plan.images.length);
    const to = { context, projectId, importId, plan, answers, spool: pool.spool, onStored: tally.add };
    const writer = writeInBatches(to);
    for (const { path, error } of plan.failures) {
      await context.item({ name: path, state: "failed", error, id: null });
      tally.count("failed");
    }
    await readAndStore(context, pool, plan, writer, {
      importId,
      answers,
      onKnown: () => tally.count("done"),
    });
    await makePrintsOfImport(store, importId, (made) => {
      signal.throwIfAborted();
      context.report({
        fraction: null,
        text: `Comparing with other images: ${made} looked at`,
        msLeft: null,
      });
    });
    return summarise(plan, tally.counts(), importId);
  } finally {
    await pool.close();
  }
}

/** What one layout guesses it guesses for all its files, so a look at the first and the last tells before any is stored. */
async function refuseOpenQuestions(
  pool: DecoderPool,
  plan: PlannedImport,
  answers: KnownAnswers,
): Promise<void> {
  if (answers.pagesAre !== undefined) return;
  const ends = [plan.images.at(0), plan.images.length > 1 ? plan.images.at(-1) : undefined];
  const items = ends.flatMap((image) => (image === undefined ? [] : [image.item]));
  await pool.readAll(items, { format: plan.format, answers: {}, inspect: true }, async (outcome) => {
    if (!("decoded" in outcome) || outcome.decoded.pagesGuess === null) return;
    throw pagesQuestion(items[outcome.index]?.imagePath ?? "", outcome.decoded.pagesGuess.pages);
  });
}

async function readAndStore(
  { store, signal }: JobContext<"ingest">,
  pool: DecoderPool,
  plan: PlannedImport,
  writer: BatchWriter,
  to: { readonly importId: string; readonly answers: KnownAnswers; readonly onKnown: () => void },
): Promise<void> {
  const known = await imagesOfImport(store, to.importId);
  const images = plan.images.filter(({ name }) => !known.has(name));
  for (const _ of known) to.onKnown();
  const ids = images.map(() => store.ids.next());
  const request = {
    format: plan.format,
    answers: answersForReading(to.answers),
    inspect: false,
  };
  const take = async (outcome: ReadOutcome): Promise<void> => {
    signal.throwIfAborted();
    const { index } = outcome;
    const image = images[index] as PlannedImage;
    if ("error" in outcome) return writer.fail(image.name, { index }, outcome.error);
    const { pagesGuess } = outcome.decoded;
    if (pagesGuess !== null)
      return writer.fail(image.name, { index }, pagesQuestion(image.item.imagePath, pagesGuess.pages));
    return writer.add(image, { index, id: ids[index] as string }, outcome.decoded);
  };
  const items = images.map(({ item }) => item);
  await pool.readAll(items, request, take, signal);
  signal.throwIfAborted();
  await writer.finish();
}

interface Tally {
  add(items: readonly JobItem[]): void;
  count(state: JobItem["state"]): void;
  counts(): Readonly<Record<JobItem["state"], number>>;
}

function createTally(context: JobContext<"ingest">, total: number): Tally {
  const counts = { done: 0, failed: 0, skipped: 0 };
  const meter = createRateMeter(() => performance.now());
  return {
    count(state) {
      counts[state]++;
    },
    add(items) {
      for (const { state } of items) counts[state]++;
      const seen = Math.min(total, counts.done + counts.failed + counts.skipped);
      context.report({
        fraction: total === 0 ? null : seen / total,
        text: `Imported ${seen.toLocaleString("en")} of ${total.toLocaleString("en")} images`,
        msLeft: meter.msLeft(seen, total),
      });
    },
    counts: () => counts,
  };
}

function withoutLabels(plan: PlannedImport, names: readonly string[]): PlannedImport {
  if (names.length === 0) return plan;
  const chosen = new Set(names);
  const strike = (image: PlannedImage): PlannedImage => ({ ...image, item: { ...image.item, layers: [] } });
  return { ...plan, images: plan.images.map((image) => (chosen.has(image.name) ? strike(image) : image)) };
}

/** Where the files of an import lie. @throws FoundryError `request.invalid`. */
export function placeOf({ stagingDir, rootPath, sourceTitle }: IngestParams): SourcePlace {
  if (stagingDir !== undefined) return { kind: "staged", path: stagingDir, title: sourceTitle ?? "upload" };
  if (rootPath === undefined) {
    throw new FoundryError("request.invalid", {
      message: "The import names neither an upload nor a folder.",
    });
  }
  return { kind: "folder", path: rootPath, ...(sourceTitle === undefined ? {} : { title: sourceTitle }) };
}

/** What planning needs of the parameters; reads the sheet that was named. @throws FoundryError `format.sheet`. */
export async function planOptions(params: IngestParams): Promise<PlanOptions> {
  const { format, licence, defaults, sheet } = params;
  return {
    ...(format === undefined ? {} : { format }),
    ...(licence === undefined ? {} : { licence }),
    ...(defaults === undefined ? {} : { defaults }),
    ...(sheet === undefined
      ? {}
      : { sheet: { name: basename(sheet), text: await readSheet(params, sheet) } }),
  };
}

async function readSheet(params: IngestParams, sheet: string): Promise<string> {
  // An upload names a sheet among its files; only the command line may name a file of this machine.
  if (params.stagingDir !== undefined) {
    const source = await openStagedSource(params.stagingDir, "upload");
    return new TextDecoder().decode(await source.read(sheet));
  }
  const stat = await fs.stat(sheet).catch(() => undefined);
  if (stat === undefined || !stat.isFile() || stat.size > SHEET_BYTES_MAX) {
    throw new FoundryError("format.sheet", {
      message:
        stat === undefined ? `There is no sheet at "${sheet}".` : `"${basename(sheet)}" is not a sheet.`,
      hint: "Give a CSV or TSV file with one row per image.",
    });
  }
  return fs.readFile(sheet, "utf8");
}

function summarise(
  plan: PlannedImport,
  counts: Readonly<Record<JobItem["state"], number>>,
  importId: string,
): JobOutcome["result"] {
  const { done, failed, skipped } = counts;
  if (done === 0 && skipped === 0) {
    throw new FoundryError("import.empty", {
      message: `None of the ${failed} files could be imported.`,
      hint: "The list below says why for each, and what to do.",
    });
  }
  return {
    title: plan.title,
    format: plan.format,
    importId,
    imported: done,
    failed,
    skipped,
    withLabels: plan.images.filter((image) => image.item.layers.length > 0).length,
    groups: new Set(plan.images.map((image) => image.group)).size,
    sheet: plan.sheet,
    ignored: plan.ignored.slice(0, IGNORED_SHOWN),
    ignoredCount: plan.ignored.length,
    warnings: plan.warnings,
  };
}
