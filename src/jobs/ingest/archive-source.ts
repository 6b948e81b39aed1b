/**
 * Looks into zip archives of an import, so that a zipped folder imports like the folder.
 *
 * The names inside are checked by the reader before anything is unpacked, and they stay names. A damaged or hostile
 * archive is one fault; the other files go on. Only one archive is held in memory at a time.
 */

import { isClosedArchive, readZip, type ZipEntry } from "#formats/index.ts";
import { byPath, type ImportSource, type SourceEntry, type SourceFault } from "./source.ts";

interface Location {
  readonly archive: string;
  readonly inner: string;
}

const isArchive = (path: string): boolean => path.toLowerCase().endsWith(".zip");

/** The same source with its zip archives replaced by what they hold. Archives inside archives stay closed. */
export async function expandArchives(source: ImportSource): Promise<ImportSource> {
  const archives = source.entries.filter((entry) => isArchive(entry.path));
  if (archives.length === 0) return source;
  const entries: SourceEntry[] = source.entries.filter((entry) => !isArchive(entry.path));
  const faults: SourceFault[] = [...source.faults];
  const locations = new Map<string, Location>();
  const alone = source.entries.length === 1;
  const open = openOneAtATime(source);
  for (const archive of archives) {
    // A zip of a folder beside other files becomes that folder; alone, it is the import.
    const prefix = alone ? "" : `${archive.path.slice(0, -".zip".length)}/`;
    try {
      const members = await open(archive.path);
      if (isClosedArchive([...members.keys()])) {
        entries.push(archive);
        continue;
      }
      for (const entry of members.values()) {
        const path = prefix + entry.path;
        locations.set(path, { archive: archive.path, inner: entry.path });
        entries.push({ path, size: entry.size });
      }
    } catch (error) {
      faults.push({ path: archive.path, error });
    }
  }
  const read = async (path: string): Promise<Uint8Array> => {
    const location = locations.get(path);
    if (location === undefined) return source.read(path);
    const entry = (await open(location.archive)).get(location.inner);
    return entry === undefined ? source.read(path) : entry.read();
  };
  return {
    title: alone ? source.title.replace(/\.zip$/i, "") : source.title,
    entries: entries.sort(byPath),
    faults,
    read,
    async readRange(path, from, to) {
      const location = locations.get(path);
      if (location === undefined && source.readRange !== undefined) return source.readRange(path, from, to);
      return (await read(path)).subarray(from, to);
    },
  };
}

function openOneAtATime(source: ImportSource): (path: string) => Promise<ReadonlyMap<string, ZipEntry>> {
  let held: { readonly path: string; readonly entries: ReadonlyMap<string, ZipEntry> } | undefined;
  return async (path) => {
    if (held?.path !== path) {
      held = undefined;
      const entries = readZip(await source.read(path), path);
      held = { path, entries: new Map(entries.map((entry) => [entry.path, entry])) };
    }
    return held.entries;
  };
}
