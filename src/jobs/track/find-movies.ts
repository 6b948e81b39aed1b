/**
 * Which movies a path holds: a file is one, so is a folder of frames or an OME-Zarr; a folder of the Cell Tracking Challenge
 * holds one per sequence.
 */
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { findSequences } from "#formats/index.ts";
import { openFolderSource } from "../ingest/folder-source.ts";
import type { ImportSource } from "../ingest/source.ts";
import { openFolderMovie } from "./folder-movie.ts";
import { orderFrames } from "./frame-files.ts";
import type { FoundMovie } from "./movie.ts";
import { openTiffMovie } from "./tiff-movie.ts";
import { isZarr, openZarrMovie } from "./zarr-movie.ts";

const stemOf = (path: string): string =>
  basename(path).replace(/(\.ome)?\.(tiff?|zarr|png|jpe?g|webp|bmp)$/i, "");

/** @throws FoundryError `import.empty` when there is nothing at the path, `limit.files`. */
export async function findMovies(path: string): Promise<FoundMovie[]> {
  const full = resolve(path);
  const isFolder = await stat(full).then(
    (found) => found.isDirectory(),
    () => null,
  );
  if (isFolder === false) return [{ name: stemOf(full), open: () => openTiffMovie(full, basename(full)) }];
  const source = await openFolderSource(full);
  if (isZarr(source)) return [{ name: stemOf(full), open: () => openZarrMovie(source, basename(full)) }];
  const sequences = sequencesOf(source);
  if (sequences.length > 0) return sequences;
  const name = basename(full);
  const frames = orderFrames(source.entries.map((entry) => entry.path));
  const sequence = /^\d{2,4}$/.test(name) ? name : null;
  return [{ name, open: () => openFolderMovie(source, frames, { name, sequence }) }];
}

function sequencesOf(source: ImportSource): FoundMovie[] {
  const { sequences } = findSequences(source.entries);
  return sequences
    .filter(({ images }) => images.length > 0)
    .map((sequence) => {
      const folder = sequence.folder === "" ? source.title : sequence.folder;
      const name = `${folder.replaceAll("/", "-")}-${sequence.name}`;
      const files = sequence.images.map(({ frame, path }) => ({ path, number: frame }));
      return {
        name,
        open: () => openFolderMovie(source, { files, numbered: true }, { name, sequence: sequence.name }),
      };
    });
}
