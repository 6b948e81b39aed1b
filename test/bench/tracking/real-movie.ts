/** A movie in the layout of the Cell Tracking Challenge with reference masks, as detections and reference tracks. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plane } from "#core/array/index.ts";
import type { Track } from "#core/lineage/index.ts";
import { type FrameDetections, measureFrame } from "#core/tracking/index.ts";
import { readImage, readLabels } from "../../../src/formats/index.ts";
import { readTrackTable } from "../../../src/formats/tracks/ctc-tables/track-table.ts";
import type { Pixels } from "./appearance-crops.ts";

export interface ReferenceMovie {
  readonly frames: readonly FrameDetections[];
  readonly reference: readonly Track[];
  /** Labels and image of each frame; none where raw images were not asked for. */
  readonly pixels: readonly Pixels[];
}

/** @param folder  holds `01` and `01_GT/TRA`. Without raw images (`raw` false) shapes alone are measured. */
export async function readReferenceMovie(folder: string, raw = true): Promise<ReferenceMovie> {
  const tra = join(folder, "01_GT", "TRA");
  const bytes = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
  const frames: FrameDetections[] = [];
  const pixels: Pixels[] = [];
  const names = readdirSync(tra)
    .filter((name) => /^man_track\d+\.tif$/.test(name))
    .sort();
  for (const [t, name] of names.entries()) {
    const labels = await readLabels(bytes(join(tra, name)), { name });
    let plane: Plane | null = null;
    if (raw) {
      const file = `t${String(t).padStart(3, "0")}.tif`;
      const { image } = await readImage(bytes(join(folder, "01", file)), { name: file });
      plane = { dtype: image.dtype, height: labels.height, width: labels.width, data: image.data };
      pixels.push({ height: labels.height, width: labels.width, labels: labels.data, image: image.data });
    }
    frames.push(measureFrame(labels, plane, t));
  }
  return {
    frames,
    pixels,
    reference: readTrackTable(readFileSync(join(tra, "man_track.txt"), "utf8"), "man_track.txt"),
  };
}
