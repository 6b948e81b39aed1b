/**
 * Ingest: files become images with their labels, metadata and groups.
 *
 * One image at a time, all or nothing: pixels, labels, metadata and group are stored together, or the file is reported
 * with the reason and the remedy and the rest goes on. After a crash the job looks at every file again; images that it
 * stored before are recognised by their pixels.
 */

import { promises as fs } from "node:fs";
import { basename } from "node:path";
import { errorToWire, FoundryError, isFoundryError } from "#core/errors.ts";
import { getImage, insertImage, type JobItem } from "#store/index.ts";
import type { IngestParams, JobContext, JobOutcome } from "../job.ts";
import { createRateMeter } from "../progress.ts";
import { expandArchives } from "./archive-source.ts";
import { openFolderSource } from "./folder-source.ts";
import { type PlannedImage, type PlannedImport, type PlanOptions, planImport } from "./plan-import.ts";
import { channelsOf, readPlannedImage } from "./read-planned-image.ts";
import type { ImportSource } from "./source.ts";
import { openStagedSource } from "./staged-source.ts";

/** Ignored files listed in the result; a folder of documents need not be stored twice. */
const IGNORED_SHOWN = 100;

/** Sheets are read whole; one of this size describes far more images than one import takes. */
const SHEET_BYTES_MAX = 64 * 2 ** 20;

/** Trouble of the data folder or the job, not of one file: going on would only repeat it for every file. */
const endsImport: ReadonlySet<string> = new Set(["job.leaseLost", "disk.full", "disk.io"]);

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
  const { params } = context;
  context.report({ fraction: null, text: "Looking at the files", msLeft: null });
  const source = await openSource(params);
  const plan = withoutLabels(await planImport(source, await planOptions(params)), params.withoutLabels ?? []);
  const states: JobItem["state"][] = [];
  for (const { path, error } of plan.failures) {
    states.push("failed");
    await context.item({ name: path, state: "failed", error, id: null });
  }
  const meter = createRateMeter(() => performance.now());
  for (const [index, image] of plan.images.entries()) {
    context.signal.throwIfAborted();
    states.push(await importOne(context, source, plan, image));
    context.report({
      fraction: (index + 1) / plan.images.length,
      text: `Importing image ${index + 1} of ${plan.images.length}`,
      msLeft: meter.msLeft(index + 1, plan.images.length),
    });
  }
  return summarise(plan, states);
}

function withoutLabels(plan: PlannedImport, names: readonly string[]): PlannedImport {
  if (names.length === 0) return plan;
  const chosen = new Set(names);
  return {
    ...plan,
    images: plan.images.map((image) => (chosen.has(image.name) ? { ...image, labels: null } : image)),
  };
}

/** Opens what the parameters name. @throws FoundryError `import.empty`, `request.invalid`. */
export async function openSource(params: IngestParams): Promise<ImportSource> {
  const { stagingDir, rootPath } = params;
  if (stagingDir !== undefined) {
    return expandArchives(await openStagedSource(stagingDir, params.sourceTitle ?? "upload"));
  }
  if (rootPath === undefined) {
    throw new FoundryError("request.invalid", {
      message: "The import names neither an upload nor a folder.",
    });
  }
  const source = await expandArchives(await openFolderSource(rootPath));
  return params.sourceTitle === undefined ? source : { ...source, title: params.sourceTitle };
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
      message: `There is no metadata sheet at "${sheet}".`,
      hint: "Give a CSV or TSV file with one row per image.",
    });
  }
  return fs.readFile(sheet, "utf8");
}

async function importOne(
  context: JobContext<"ingest">,
  source: ImportSource,
  plan: PlannedImport,
  image: PlannedImage,
): Promise<JobItem["state"]> {
  const { store, actor, job } = context;
  const { projectId } = job;
  try {
    if (projectId === null) {
      throw new FoundryError("request.invalid", { message: "The import names no project." });
    }
    const read = await readPlannedImage(source, image);
    const mpp = image.mpp ?? read.image.mpp;
    const inserted = await insertImage(store, actor, {
      projectId,
      name: image.name,
      image: read.image.image,
      channels: channelsOf(read.image, image.metadata),
      mpp,
      mppReason: mpp === null ? "neither the file nor a sheet tells the pixel size" : null,
      group: image.group,
      metadata: image.metadata,
      source: { title: plan.title, licence: image.licence },
      ...(read.labels === null ? {} : { labels: read.labels }),
    });
    if (inserted.state === "inserted") {
      await context.item({ name: image.name, state: "done", error: null, id: inserted.imageId });
      return "done";
    }
    const twin = await getImage(store, inserted.imageId);
    if (twin.name === image.name && twin.createdAt >= job.createdAt) {
      // Stored by an attempt of this job that did not live to say so.
      await context.item({ name: image.name, state: "done", error: null, id: twin.id });
      return "done";
    }
    await context.item({
      name: image.name,
      state: "skipped",
      error: errorToWire(duplicate(image.name, twin.name)),
      id: inserted.imageId,
    });
    return "skipped";
  } catch (error) {
    if (isFoundryError(error) && endsImport.has(error.code)) throw error;
    await context.item({ name: image.name, state: "failed", error: errorToWire(error), id: null });
    return "failed";
  }
}

function duplicate(name: string, twin: string): FoundryError {
  return new FoundryError("request.invalid", {
    message: `The pixels of "${name}" are already in the project, as "${twin}"; it was not imported again.`,
    hint: "Nothing to do, unless the two were meant to be different images.",
  });
}

function summarise(plan: PlannedImport, states: readonly JobItem["state"][]): JobOutcome["result"] {
  const count = (state: string): number => states.filter((one) => one === state).length;
  const [imported, failed, skipped] = [count("done"), count("failed"), count("skipped")];
  if (imported === 0 && skipped === 0) {
    throw new FoundryError("import.empty", {
      message: `None of the ${failed} files could be imported.`,
      hint: "The list below says why for each, and what to do.",
    });
  }
  return {
    title: plan.title,
    format: plan.format,
    imported,
    failed,
    skipped,
    withLabels: plan.images.filter((image) => image.labels !== null).length,
    groups: new Set(plan.images.map((image) => image.group)).size,
    sheet: plan.sheet,
    ignored: plan.ignored.slice(0, IGNORED_SHOWN),
    ignoredCount: plan.ignored.length,
    warnings: plan.warnings,
  };
}
