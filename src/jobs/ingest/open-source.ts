/** Opens the files of an import by the place in which they lie. */

import { expandArchives } from "./archive-source.ts";
import type { SourcePlace } from "./decoder/protocol.ts";
import { openFolderSource } from "./folder-source.ts";
import type { ImportSource } from "./source.ts";
import { openStagedSource } from "./staged-source.ts";

/**
 * @param onRead  told before an archive is read to be looked into.
 * @throws FoundryError `import.empty`, `limit.files`, `request.invalid`.
 */
export async function openSourcePlace(
  place: SourcePlace,
  onRead: (path: string, bytes: number) => void = () => undefined,
): Promise<ImportSource> {
  const closed =
    place.kind === "folder"
      ? await openFolderSource(place.path)
      : await openStagedSource(place.path, place.title);
  const sizes = new Map(closed.entries.map(({ path, size }) => [path, size]));
  const source = await expandArchives({
    ...closed,
    read(path) {
      onRead(path, sizes.get(path) ?? 0);
      return closed.read(path);
    },
  });
  return place.title === undefined ? source : { ...source, title: place.title };
}
