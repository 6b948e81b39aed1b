/**
 * Simulated movies as folders of the Cell Tracking Challenge, frame by frame, and one list with every parameter.
 *
 * The folder's name follows the challenge's rule (nuclei in fluorescence or whole cells in phase, "SIM" for synthetic), so
 * any reader of the challenge knows what is outlined and that the truth is made. The list is written last and tells our
 * importer the licence.
 */
import type { LabelImage } from "#core/array/index.ts";
import { imageArray } from "#core/array/index.ts";
import type { Track } from "#core/lineage/index.ts";
import type { MovieFrame, MovieParams } from "#core/movie/index.ts";
import { fault } from "../../fault.ts";
import { writeImageTiff } from "../../pixels/tiff/write-image-tiff.ts";
import { writeLabelTiff } from "../../pixels/tiff/write-label-tiff.ts";
import { writeTrackTable } from "../../tracks/ctc-tables/track-table.ts";

/** Name of the list; by it the importer knows whose movies these are. */
export const movieListName = "simulated-movies.json";

/** What the list says of one movie. */
export interface MovieEntry {
  /** Folder of the images from that of the list: "Fluo-N2DL-SIM/01". */
  readonly folder: string;
  readonly seed: number | string;
  readonly tracks: number;
  readonly divisions: number;
  readonly detections: number;
  readonly parameters: MovieParams;
}

interface MovieFile {
  /** From the folder of the list. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The challenge's tools read 16-bit masks only. */
const labelMax = 65_535;

/** Folder of a movie's images. @param sequence  from 1. */
export function movieFolder({ look }: MovieParams, sequence: number): string {
  const dataset = look === "nuclear" ? "Fluo-N2DL-SIM" : "PhC-C2DL-SIM";
  return `${dataset}/${String(sequence).padStart(2, "0")}`;
}

/**
 * Image and mask of one frame.
 *
 * @param faulty  a segmentation with faults, numbered per frame; goes beside the exact masks as `01_ERR_SEG`.
 * @throws FoundryError `format.ctc` for a label above 65,535. Cost: linear.
 */
export function writeMovieFrame(
  folder: string,
  params: MovieParams,
  frame: MovieFrame,
  faulty: LabelImage | null,
): MovieFile[] {
  const { image, labels, cells } = frame;
  const highest = cells.at(-1)?.label ?? 0;
  if (highest > labelMax) {
    throw fault("format.ctc", {
      file: folder,
      place: `frame ${frame.t}`,
      reason: `it would need label ${highest}; the format ends at ${labelMax}`,
      remedy: "Simulate fewer frames or fewer cells.",
    });
  }
  const mpp = { y: params.mppUm, x: params.mppUm };
  const number = String(frame.t).padStart(Math.max(3, String(params.frameCount - 1).length), "0");
  const array = imageArray(image.dtype, "yx", [image.height, image.width]);
  array.data.set(image.data);
  const files = [
    { path: `${folder}/t${number}.tif`, bytes: writeImageTiff(array, { name: `t${number}`, mpp }) },
    { path: `${folder}_GT/TRA/man_track${number}.tif`, bytes: writeLabelTiff(labels, { mpp }) },
  ];
  if (faulty !== null)
    files.push({ path: `${folder}_ERR_SEG/mask${number}.tif`, bytes: writeLabelTiff(faulty, { mpp }) });
  return files;
}

/** The table of tracks, once the last frame is made. */
export function writeMovieTracks(folder: string, tracks: readonly Track[]): MovieFile {
  const bytes = new TextEncoder().encode(writeTrackTable(tracks));
  return { path: `${folder}_GT/TRA/man_track.txt`, bytes };
}

/** The list as JSON; write it last, so that a folder with a list is complete. */
export function writeMovieList(entries: readonly MovieEntry[]): string {
  const list = { format: "simulated-movies", version: 1, licence: "CC0-1.0", movies: entries };
  return `${JSON.stringify(list, null, 1)}\n`;
}
