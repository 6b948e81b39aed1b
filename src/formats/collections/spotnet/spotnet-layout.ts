/**
 * SpotNet: single-channel images with lists of points. Points are not objects with a shape, so the set is recognised
 * and refused by name rather than read as something it is not.
 */

import { fault } from "../../fault.ts";
import type { Layout } from "../../import/layout.ts";
import { findSplitArchives } from "../dynamic-nuclear-net/split-archive.ts";

export const spotnetLayout: Layout = {
  format: "spotnet",
  title: "SpotNet",
  async plan(files) {
    const archives = await findSplitArchives(files);
    // Coordinates are (items, points, 2), or one list of points per item.
    const spots = archives.filter(
      ({ imageShape, labelShape }) =>
        imageShape[3] === 1 && ((labelShape.length === 3 && labelShape[2] === 2) || labelShape.length === 1),
    );
    if (spots.length === 0 || spots.length < archives.length) return null;
    throw fault("format.dataset", {
      file: spots[0]!.path,
      reason: "it looks like SpotNet: its labels are points, and only objects with a shape can be imported",
      remedy: "Import the images alone, for example saved as TIFF.",
    });
  },
  open() {
    throw fault("format.dataset", {
      file: "SpotNet",
      reason: "points are not read",
      remedy: "Import the images alone.",
    });
  },
};
