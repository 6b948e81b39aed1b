/**
 * Export: a dataset version, or the images of a query, become files in one of many formats.
 *
 * For the page the files are one zip in the data folder, kept for some days; the command line names its own place.
 * Running again after a crash begins anew and ends in the same bytes.
 */

import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { FoundryError } from "#core/errors.ts";
import { combineLicences } from "#core/licence/index.ts";
import { parseQuery } from "#core/select/index.ts";
import { type ExportFacts, exporterNamed } from "#formats/export/index.ts";
import { packageVersion } from "#platform/index.ts";
import {
  channelsOfVersion,
  type DatasetVersionDetail,
  deleteExport,
  type ExportRecord,
  ensureLab,
  exportExtent,
  getDatasetVersion,
  imageIdsForQuery,
  insertExport,
  listAllExports,
  type NewExport,
  type Store,
} from "#store/index.ts";
import type { JobContext, JobOutcome } from "../job.ts";
import { createRateMeter } from "../progress.ts";
import { datasetSource, selectionSource, type WatchedSource } from "./export-source.ts";
import { type ExportSink, openFolderSink, openZipSink } from "./sink.ts";
import { writeExport } from "./write-export.ts";

/** An export can be made again at any time, so it need not stay longer than people take to fetch it. */
const keptDays = 7;

/** Exports kept at once; older ones go first. */
const keptMax = 20;

/** Where the zip of an export lies. */
export function exportFile(store: Pick<Store, "home">, exportId: string): string {
  return join(store.home, "exports", `${exportId}.zip`);
}

interface Content {
  readonly source: WatchedSource;
  readonly facts: ExportFacts;
  /** "nuclei@1.0.0". */
  readonly name: string;
}

/** @throws FoundryError `dataset.notFound`, `dataset.empty`, `query.syntax`, `request.invalid`, `disk.full`. */
export async function exportData(context: JobContext<"export">): Promise<JobOutcome> {
  const { job, params, signal, actor } = context;
  const exporter = exporterNamed(params.format);
  context.report({ fraction: null, text: "Looking at the images", msLeft: null });
  const { source, facts, name } = await contentOf(context);
  const total = facts.counts.images * (exporter.passes ?? 1);
  const meter = createRateMeter(() => performance.now());
  const sink = await sinkOf(context);
  const written = await writeExport(source, sink, {
    exporter,
    facts,
    signal,
    models: () => source.models(),
    onItem: (done, item) =>
      context.report({
        fraction: Math.min(1, done / Math.max(1, total)),
        text: `Writing ${item}`,
        msLeft: meter.msLeft(done, total),
      }),
  }).catch(async (error: unknown) => {
    await sink.discard();
    throw error;
  });
  const title = `${name} as ${exporter.title}`;
  const result = { format: exporter.format, title, ...written };
  if (params.outPath !== undefined) return { result: { ...result, outPath: params.outPath } };
  const record: NewExport = {
    id: job.id,
    projectId: job.projectId as string,
    jobId: job.id,
    datasetVersionId: params.datasetVersionId ?? null,
    title,
    format: exporter.format,
    bytes: written.bytes,
    fileCount: written.fileCount,
    imageCount: written.imageCount,
    cellCount: written.cellCount,
    digest: written.digest,
  };
  return {
    result: { ...result, exportId: record.id },
    commit: (tx) => insertExport(tx, actor, record),
    after: () => dropOld(context),
  };
}

async function sinkOf({ store, job, params }: JobContext<"export">): Promise<ExportSink> {
  const { outPath } = params;
  if (outPath === undefined) {
    if (job.projectId === null)
      throw new FoundryError("request.invalid", { message: "The export names no project." });
    await mkdir(join(store.home, "exports"), { recursive: true });
    return openZipSink(exportFile(store, job.id), "draft");
  }
  return outPath.toLowerCase().endsWith(".zip")
    ? openZipSink(outPath, job.id)
    : openFolderSink(outPath, job.id);
}

async function contentOf({ store, job, params }: JobContext<"export">): Promise<Content> {
  if (params.datasetVersionId !== undefined) {
    const version = await getDatasetVersion(store, params.datasetVersionId);
    return {
      source: await datasetSource(store, version),
      facts: await versionFacts(store, version),
      name: `${version.name}@${version.version}`,
    };
  }
  const { query = "", search } = params.selection ?? {};
  const ids = await imageIdsForQuery(store, job.projectId ?? "", parseQuery(query), search);
  if (ids.length === 0)
    throw new FoundryError("dataset.empty", {
      message: "No image answers this query, so there is nothing to export.",
      hint: "Widen the query.",
    });
  const facts = await selectionFacts(
    store,
    ids,
    [query, search ?? ""].filter((part) => part !== "").join(" "),
  );
  return { source: await selectionSource(store, ids), facts, name: "Images" };
}

const tool = { name: "Cell Foundry", version: packageVersion() };

async function versionFacts(store: Store, version: DatasetVersionDetail): Promise<ExportFacts> {
  const { name, split, licenceReport, query, message, digest, splitDigest, createdAt } = version;
  const lab = await ensureLab(store);
  return {
    name,
    version: version.version,
    digest,
    splitDigest,
    query,
    description:
      message === "" ? `Microscopy images with cell outlines: ${name} ${version.version}.` : message,
    licence: licenceReport,
    creators: [lab.name],
    datePublished: createdAt.slice(0, 10),
    url: `urn:sha256:${digest}`,
    counts: {
      images: version.itemCount,
      cells: split.train.cells + split.validation.cells + split.test.cells,
      channels: await channelsOfVersion(store, version.id),
    },
    models: [],
    tool,
  };
}

async function selectionFacts(store: Store, ids: readonly string[], query: string): Promise<ExportFacts> {
  const { sources, channels, newestAt } = await exportExtent(store, ids);
  const lab = await ensureLab(store);
  return {
    name: "images",
    version: null,
    digest: null,
    splitDigest: null,
    query,
    description: "Microscopy images with their accepted cell outlines; a selection that was not frozen.",
    licence: combineLicences(sources.map((source) => ({ ...source, citation: "" }))),
    creators: [lab.name],
    // The day of the newest image: the same selection of the same images gives the same bytes on any day.
    datePublished: (newestAt ?? "1970-01-01").slice(0, 10),
    url: "urn:cellfoundry:selection",
    counts: { images: ids.length, cells: 0, channels },
    models: [],
    tool,
  };
}

/** Removes a finished export: first what names it, then its file. */
export async function removeExport(
  store: Store,
  actor: JobContext<"export">["actor"],
  record: ExportRecord,
): Promise<void> {
  await deleteExport(store, actor, record);
  await rm(exportFile(store, record.id), { force: true });
}

async function dropOld({ store, actor }: JobContext<"export">): Promise<void> {
  const oldest = new Date(store.clock.now() - keptDays * 86_400_000).toISOString();
  const kept = await listAllExports(store);
  for (const [i, record] of kept.entries())
    if (i >= keptMax || record.createdAt < oldest) await removeExport(store, actor, record);
  await dropStrays(store, oldest);
}

/** Drafts of processes that were killed and never came back. */
async function dropStrays(store: Store, oldest: string): Promise<void> {
  const folder = join(store.home, "exports");
  for (const name of await readdir(folder).catch(() => [])) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.isFile() === true && found.mtime.toISOString() < oldest)
      await rm(join(folder, name), { force: true });
  }
}
