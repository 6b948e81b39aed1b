/**
 * Images without labels, each file one image: what is left when no other layout fits.
 */
import { stemOf } from "../sheet/join-sheet.ts";
import { imagePaths, notImages } from "./image-files.ts";
import type { Layout } from "./layout.ts";
import { plainItem } from "./plain-item.ts";
import { readPair } from "./read-pair.ts";
import { streamPair } from "./stream-pair.ts";

export const imagesLayout: Layout = {
  format: "images",
  title: "Images",
  async plan(files) {
    const paths = await imagePaths(files);
    if (paths.length === 0) return null;
    const items = paths.map((path) => plainItem(stemOf(path), path, null));
    return { items, ignored: notImages(files, paths), notes: [], licence: null };
  },
  open: (files, choices) => ({
    read: (item) => readPair(files, item.imagePath, null, choices),
    stream: (item, tooLarge) => streamPair(files, item.imagePath, null, { choices, tooLarge }),
  }),
};
