/** Movies tracked with TrackMate: its XML beside the image it names. */

import { fault } from "../../fault.ts";
import { filesByHead, type HeadTest } from "../../import/files-by-head.ts";
import type { Layout, LayoutPlan } from "../../import/layout.ts";
import { fileOf } from "../../import/paths.ts";
import { stemOf } from "../../sheet/join-sheet.ts";
import {
  locateStack,
  outsideStacks,
  readTrackedStack,
  type StackLocator,
  stackItem,
} from "../tracked-stack.ts";
import { parseTrackMate } from "./parse-trackmate.ts";
import { readTrackMate } from "./read-trackmate.ts";

// Room for the declaration and the opening tag.
const trackMateFiles: HeadTest = {
  name: /\.xml$/i,
  headBytes: 2_048,
  isWanted: (head) => /<TrackMate[\s>]/.test(head),
};

export const trackmateLayout: Layout = {
  format: "trackmate",
  title: "TrackMate (XML)",
  async plan(files): Promise<LayoutPlan | null> {
    const locators: StackLocator[] = [];
    const lacking: string[] = [];
    for (const path of await filesByHead(files, trackMateFiles)) {
      // The image the file names, else the one of its own name: files are renamed together or not at all.
      const named = parseTrackMate(await files.read(path), path).image?.filename ?? "";
      const stems = [stemOf(fileOf(named.replaceAll("\\", "/"))), fileOf(path).replace(/\.xml$/i, "")];
      const locator = locateStack(files.entries, path, stems);
      if (locator === null) lacking.push(path);
      else locators.push(locator);
    }
    if (locators.length === 0 && lacking.length > 0)
      throw fault("format.trackmate", {
        file: lacking[0]!,
        reason: "its image is not beside it",
        remedy:
          "Put the image (as TIFF) into the folder of the XML file, under the name that the file gives.",
      });
    if (locators.length === 0) return null;
    return {
      items: locators.map((locator) => stackItem(locator)),
      ignored: outsideStacks(files.entries, locators),
      notes: lacking.length > 0 ? [`${lacking.length} files of TrackMate have no image beside them.`] : [],
      licence: null,
    };
  },
  open: (files) => ({
    async read(item) {
      const locator = item.locator as unknown as StackLocator;
      const read = readTrackMate(await files.read(locator.tracks), locator.tracks);
      return readTrackedStack(files, locator, read, "format.trackmate");
    },
  }),
};
