/**
 * A `.trk` or `.trks` archive: gzip around tar around `raw.npy`, `tracked.npy` and `lineage.json` / `lineages.json`.
 *
 * DynamicNuclearNet's training archive unpacks to more than memory holds, and gzip can only be read forward. So two
 * readers walk the file side by side, one inside `raw.npy`, one inside `tracked.npy`, each giving one movie after the
 * other; what is held is one movie. Going back to an earlier movie starts from the beginning.
 */
import type { ByteSource } from "../../byte-source.ts";
import { npyHeaderBytesMax, readNpyHeader } from "../../containers/npy/npy-header.ts";
import { type NpyItems, openNpyRange, type RangeReader } from "../../containers/npy/read-npy.ts";
import { openMaybeGzip } from "../../containers/tar/gunzip-reader.ts";
import { type TarMember, tarMembers } from "../../containers/tar/read-tar.ts";
import type { ForwardReader } from "../../containers/zip/open-zip.ts";
import { fault } from "../../fault.ts";
import { type MovieLineage, parseLineages } from "./lineage-json.ts";

// Two hundred movies of a thousand cells take some 50 MB.
const LINEAGE_BYTES_MAX = 512 * 1024 * 1024;
const SKIP_BYTES = 4 * 1024 * 1024;

export interface TrkSummary {
  readonly movieCount: number;
  /** Axes (movie,) frame, y, x, channel. */
  readonly shape: readonly number[];
  readonly lineageCount: number | null;
}

export interface TrkArchive {
  /** Movies are items of the first axis; without it (`.trk`) frames are. */
  readonly batched: boolean;
  readonly raw: NpyItems;
  readonly tracked: NpyItems;
  readonly lineages: readonly MovieLineage[];
}

/** Whether the first bytes may be those of a tar archive, plain or compressed. */
export function mayBeTar(head: Uint8Array): boolean {
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  return gzip || new TextDecoder("latin1").decode(head.subarray(257, 262)) === "ustar";
}

/**
 * Number of movies and their shape, from as little of the archive as tells it.
 *
 * @returns `null` for an archive without the members of tracked movies.
 * @throws FoundryError `format.tar`, `format.npy`.
 */
export async function summariseTrk(source: ByteSource): Promise<TrkSummary | null> {
  const reader = await openMaybeGzip(source);
  let shape: readonly number[] | null = null;
  let lineageCount: number | null = null;
  for await (const member of tarMembers(reader, source.name)) {
    if (isArray(member)) shape ??= (await describe(reader, member, source.name)).shape;
    else if (isLineage(member)) lineageCount = (await readLineages(reader, member, source.name)).length;
    else return null;
    if (shape !== null && lineageCount !== null) break;
  }
  if (shape === null) return null;
  return { movieCount: isBatched(shape) ? shape[0]! : 1, shape, lineageCount };
}

/** @throws FoundryError `format.dataset` for missing members or shapes that do not fit; `format.tar`, `format.npy`. */
export async function openTrk(source: ByteSource): Promise<TrkArchive> {
  const reader = await openMaybeGzip(source);
  const arrays = new Map<string, TarMember>();
  let lineages: MovieLineage[] | null = null;
  for await (const member of tarMembers(reader, source.name)) {
    if (isArray(member)) arrays.set(member.path, member);
    else if (isLineage(member)) lineages = await readLineages(reader, member, source.name);
  }
  const [raw, tracked] = [arrays.get("raw.npy"), arrays.get("tracked.npy")];
  if (raw === undefined || tracked === undefined || lineages === null) {
    const missing = raw === undefined ? "raw.npy" : tracked === undefined ? "tracked.npy" : "lineage.json";
    throw refuse(source.name, `it holds no ${missing}`);
  }
  const items = async (member: TarMember) =>
    openNpyRange(memberRange(source, member), member.size, { name: `${source.name}, ${member.path}` });
  const archive = { raw: await items(raw), tracked: await items(tracked), lineages };
  return { ...archive, batched: checkShapes(archive, source.name) };
}

function checkShapes({ raw, tracked, lineages }: Omit<TrkArchive, "batched">, name: string): boolean {
  const [a, b] = [raw.shape, tracked.shape];
  const what = `raw.npy is (${a.join(", ")}), tracked.npy is (${b.join(", ")})`;
  const sameMovie = a.length === b.length && a.slice(0, -1).join() === b.slice(0, -1).join();
  if (!sameMovie || (a.length !== 4 && a.length !== 5))
    throw refuse(name, `${what}; both should be (movies,) frames, y, x, channels`);
  if (b.at(-1) !== 1) throw refuse(name, `${what}; labels of several channels are not read`);
  const movies = isBatched(a) ? a[0]! : 1;
  if (lineages.length !== movies)
    throw refuse(name, `it holds ${movies} movies, but lineages of ${lineages.length}`);
  return isBatched(a);
}

function refuse(name: string, reason: string) {
  return fault("format.dataset", {
    file: name,
    reason,
    remedy: "Write the archive again with deepcell_tracking's save_trk or save_trks.",
  });
}

function isBatched(shape: readonly number[]): boolean {
  return shape.length === 5;
}

function isArray({ path }: TarMember): boolean {
  return path === "raw.npy" || path === "tracked.npy";
}

function isLineage({ path }: TarMember): boolean {
  return path === "lineage.json" || path === "lineages.json";
}

async function describe(reader: ForwardReader, member: TarMember, name: string) {
  const head = await reader.next(Math.min(member.size, npyHeaderBytesMax));
  return readNpyHeader(head, `${name}, ${member.path}`);
}

async function readLineages(reader: ForwardReader, member: TarMember, name: string): Promise<MovieLineage[]> {
  if (member.size > LINEAGE_BYTES_MAX)
    throw refuse(name, `its ${member.path} has ${member.size} bytes, the limit is ${LINEAGE_BYTES_MAX}`);
  const bytes = await reader.next(member.size);
  if (bytes.length < member.size) throw refuse(name, `its ${member.path} is cut short`);
  return parseLineages(new TextDecoder().decode(bytes), `${name}, ${member.path}`);
}

/** Ranges of one member: forward by reading on, backward by starting again; the head is kept for the first items. */
function memberRange(source: ByteSource, member: TarMember): RangeReader {
  let reader: ForwardReader | null = null;
  let head: Uint8Array | null = null;
  const place = () => (reader === null ? -1 : reader.at - member.at);
  const start = async () => {
    reader = await openMaybeGzip(source);
    while (reader.at < member.at) {
      const skipped = await reader.next(Math.min(SKIP_BYTES, member.at - reader.at));
      if (skipped.length === 0) throw refuse(source.name, `its ${member.path} is cut short`);
    }
    head = await reader.next(Math.min(member.size, npyHeaderBytesMax));
  };
  return async (from, to) => {
    if (
      reader === null ||
      head === null ||
      (place() > from && !(from < head.length && place() === head.length))
    )
      await start();
    const out = new Uint8Array(to - from);
    const kept = head!.subarray(Math.min(from, head!.length), Math.min(to, head!.length));
    out.set(kept);
    if (kept.length === out.length) return out;
    const rest = from + kept.length;
    while (place() < rest) await reader!.next(Math.min(SKIP_BYTES, rest - place()));
    const more = await reader!.next(to - rest);
    if (more.length < to - rest) throw refuse(source.name, `its ${member.path} is cut short`);
    out.set(more, kept.length);
    return out;
  };
}
