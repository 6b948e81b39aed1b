/**
 * Tracked movies of DeepCell: `.trk` and `.trks` archives, with DynamicNuclearNet's table of sources when it lies
 * beside them (`data-source.npz`, one array per split, one row per movie).
 */
import { type ByteSource, sourceOfFile } from "../../byte-source.ts";
import { openNpz } from "../../containers/npy/open-npz.ts";
import { groupKey } from "../../import/group-rules.ts";
import type { ImportFiles, ItemReader, Layout, LayoutItem, LayoutPlan } from "../../import/layout.ts";
import { fileOf, folderOf, joinPath } from "../../import/paths.ts";
import type { FileEntry, IgnoredFile } from "../../import/plan.ts";
import { cell, cellMpp, type MetaTable, readMetaTable } from "../dynamic-nuclear-net/meta-table.ts";
import { mayBeTar, openTrk, summariseTrk, type TrkArchive, type TrkSummary } from "./open-trk.ts";
import { readTrkMovie } from "./read-movie.ts";

const LICENCE =
  "Modified Apache License 2.0 of the Van Valen Lab: non-commercial academic use only (DynamicNuclearNet)";
const SOURCES = "data-source.npz";
// Enough to see that a file is a tar archive.
const HEAD_BYTES = 512;
// Archives whose beginning is looked at; a folder of more unknown files is something else.
const CANDIDATES_MAX = 1_000;

export const trkLayout: Layout = {
  format: "trk",
  title: "DeepCell tracking (.trk, .trks)",
  async plan(files) {
    const archives: { entry: FileEntry; summary: TrkSummary }[] = [];
    const ignored: IgnoredFile[] = [];
    for (const entry of files.entries) {
      const summary =
        mayHold(entry) && archives.length < CANDIDATES_MAX ? await summarise(files, entry) : null;
      if (summary !== null) archives.push({ entry, summary });
      else if (fileOf(entry.path) !== SOURCES)
        ignored.push({ path: entry.path, reason: "it is not an archive of tracked movies" });
    }
    if (archives.length === 0) return null;
    return planArchives(files, archives, ignored);
  },
  open: openArchives,
};

/** Other known contents are not opened; what has no known name is looked into. */
function mayHold({ path, size }: FileEntry): boolean {
  return size > 0 && (/\.(trks?|tgz|tar|gz)$/i.test(path) || !/\.[a-z0-9]{2,5}$/i.test(path));
}

async function summarise(files: ImportFiles, entry: FileEntry): Promise<TrkSummary | null> {
  const source = sourceOfFile(files, entry.path);
  if (!mayBeTar(await source.read(0, Math.min(source.size, HEAD_BYTES)))) return null;
  // A file called .trk that is damaged is this layout's to report; any other archive may be another's.
  if (/\.trks?$/i.test(entry.path)) return summariseTrk(source);
  return summariseTrk(source).catch(() => null);
}

async function planArchives(
  files: ImportFiles,
  archives: readonly { entry: FileEntry; summary: TrkSummary }[],
  ignored: IgnoredFile[],
): Promise<LayoutPlan> {
  const items: LayoutItem[] = [];
  const notes: string[] = [];
  let published = false;
  for (const { entry, summary } of archives) {
    const stem = fileOf(entry.path).replace(/\.(trks?|tgz|tar|tar\.gz|gz)$/i, "");
    const table = await sourceTable(files, entry.path, stem);
    published ||= table !== null;
    const usable = table !== null && table.rows.length === summary.movieCount ? table : null;
    if (table !== null && usable === null)
      notes.push(
        `${SOURCES} lists ${table.rows.length} movies for ${entry.path}, which holds ${summary.movieCount}; it was not used.`,
      );
    for (let movie = 0; movie < summary.movieCount; movie++)
      items.push(movieItem(entry, stem, movie, summary, usable));
  }
  if (items.some(({ metadata }) => metadata["cellLine"] === undefined))
    notes.push("Tracking archives name no cell line, pixel size or channel by themselves.");
  return { items, ignored, notes, licence: published ? LICENCE : null };
}

function movieItem(
  entry: FileEntry,
  stem: string,
  movie: number,
  { movieCount }: TrkSummary,
  table: MetaTable | null,
): LayoutItem {
  const digits = String(movieCount - 1).length;
  const place = movieCount === 1 ? stem : `${stem} ${String(movie).padStart(digits, "0")}`;
  const fields = table === null ? {} : rowMetadata(table, movie);
  const known = fields["movie"];
  return {
    name: joinPath(folderOf(entry.path), place),
    imagePath: entry.path,
    locator: { path: entry.path, movie },
    layers: ["nuclear"],
    metadata: { ...(/^(train|val|test)$/.test(stem) ? { sourceSplit: stem } : {}), ...fields },
    group: groupKey("trk", { movie: known ?? joinPath(folderOf(entry.path), place) }),
    mpp: table === null ? null : cellMpp(table, movie),
  };
}

function rowMetadata(table: MetaTable, row: number): Record<string, string> {
  const fields: readonly (readonly [field: string, column: string])[] = [
    ["movie", "filename"],
    ["experiment", "experiment"],
    ["cellLine", "specimen"],
    ["frameInterval", "time_step"],
    ["screeningPassed", "screening_passed"],
  ];
  return Object.fromEntries(
    fields.map(([field, column]) => [field, cell(table, row, column)]).filter(([, value]) => value !== ""),
  );
}

async function sourceTable(files: ImportFiles, path: string, split: string): Promise<MetaTable | null> {
  const at = joinPath(folderOf(path), SOURCES);
  if (!files.entries.some((entry) => entry.path === at)) return null;
  const member = (await openNpz(sourceOfFile(files, at))).get(split);
  return member === undefined ? null : readMetaTable(await member.read());
}

function openArchives(files: ImportFiles): ItemReader {
  // One archive at a time: it holds two open readers and the lineages of all its movies.
  let current: { path: string; archive: Promise<TrkArchive> } | null = null;
  return {
    async read(item) {
      const { path, movie } = item.locator as { path: string; movie: number };
      if (current?.path !== path) {
        const source: ByteSource = sourceOfFile(files, path);
        current = { path, archive: openTrk(source) };
      }
      return readTrkMovie(await current.archive, movie, path);
    },
  };
}
