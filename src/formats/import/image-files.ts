/**
 * Which files may be images.
 *
 * The name decides where it says something; a file with another or no extension is looked into, because exported
 * images lose their extensions. Whether the content is what the name says is found when it is read.
 */
import { detectFormat } from "../detect.ts";
import type { ImportFiles } from "./layout.ts";
import { fileOf, isImageFile } from "./paths.ts";
import type { IgnoredFile } from "./plan.ts";

/** First bytes that tell PNG, TIFF and the like. */
const PEEK_BYTES = 64;

/** More nameless files than this are not looked into: a folder of a million logs is no plate of images. */
const PEEKED_MAX = 2_000;

/** Extensions of files that are certainly something else; looking inside would be in vain. */
const OTHER =
  /\.(csv|tsv|txt|md|json|jsonl|geojson|ya?ml|xml|html?|pdf|docx?|xlsx?|pptx?|npy|npz|zip|gz|tar|h5|hdf5|pkl|mat|py|ipynb|sh|log|mp4|avi|roi|trks?|zarr|zattrs|zgroup|zarray)$/i;

/** Paths of files that are images by name or, where the name says nothing, by their first bytes; in sorted order. */
export async function imagePaths(files: ImportFiles): Promise<string[]> {
  const paths: string[] = [];
  let peeked = 0;
  for (const { path, size } of files.entries) {
    if (isImageFile(path)) paths.push(path);
    else if (size > 0 && !OTHER.test(fileOf(path)) && files.readRange !== undefined && peeked < PEEKED_MAX) {
      peeked++;
      if (isImage(await files.readRange(path, 0, Math.min(PEEK_BYTES, size)))) paths.push(path);
    }
  }
  return paths;
}

/** Everything else, as left aside. */
export function notImages(files: ImportFiles, images: readonly string[]): IgnoredFile[] {
  const known = new Set(images);
  return files.entries
    .filter(({ path }) => !known.has(path))
    .map(({ path }) => ({ path, reason: "it is not an image" }));
}

function isImage(head: Uint8Array): boolean {
  try {
    return !["zip", "npy"].includes(detectFormat(head, ""));
  } catch {
    return false;
  }
}
