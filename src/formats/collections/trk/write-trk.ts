/**
 * Tracked movies as `.trk` (one movie) or `.trks` (several, padded to the longest), as deepcell_tracking writes them.
 *
 * Labels become those of the tracks; a gap stays a gap, because `frames` lists what is seen. The format holds neither
 * focal planes nor two cells on one pixel.
 */
import { axisLength, type ImageArray, typedArray } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import { drawObjectShapeInPlace } from "#core/labels/index.ts";
import { type Track, tracksFromLinks } from "#core/lineage/index.ts";
import { writeNpy } from "../../containers/npy/write-npy.ts";
import { writeTarGz } from "../../containers/tar/write-tar.ts";
import { fault } from "../../fault.ts";
import type { ReadLink, ReadObject } from "../../import/layout.ts";
import { lineageRecord, type MovieLineage } from "./lineage-json.ts";

export interface TrkMovie {
  /** Axes tyx or tcyx. */
  readonly image: ImageArray;
  readonly objects: readonly Pick<ReadObject, "label" | "shape">[];
  readonly links: readonly ReadLink[];
}

/** One movie as `.trk`. @throws FoundryError `format.dataset` for axes the format does not hold. */
export function writeTrk(movie: TrkMovie): Uint8Array {
  return archive([movie], false);
}

/**
 * Several movies as `.trks`.
 *
 * @throws FoundryError `format.dataset` when movies differ in height, width, channels or kind of number.
 */
export function writeTrks(movies: readonly TrkMovie[]): Uint8Array {
  assert(movies.length > 0, "an archive holds movies");
  return archive(movies, true);
}

function archive(movies: readonly TrkMovie[], batched: boolean): Uint8Array {
  const [first] = movies;
  const side = (image: ImageArray, axis: string) => axisLength(image, axis);
  const [height, width, channels] = ["y", "x", "c"].map((axis) => side(first!.image, axis)) as [
    number,
    number,
    number,
  ];
  for (const { image } of movies) {
    const fits = ["y", "x", "c"].every((axis) => side(image, axis) === side(first!.image, axis));
    if (!fits || image.dtype !== first!.image.dtype || side(image, "z") > 1) {
      throw fault("format.dataset", {
        file: "DeepCell tracking export",
        reason:
          side(image, "z") > 1
            ? "the format holds no focal planes"
            : "its movies differ in size or kind of number",
        remedy: "Export movies of one size together, others apart.",
      });
    }
  }
  const frames = Math.max(...movies.map(({ image }) => side(image, "t")));
  const pixels = height * width;
  const dtype = first!.image.dtype;
  const raw = typedArray(dtype, movies.length * frames * pixels * channels);
  const tracked = new Int32Array(movies.length * frames * pixels);
  const lineages: MovieLineage[] = [];
  for (const [b, movie] of movies.entries()) {
    writePixels(movie.image, raw, b * frames * pixels * channels, pixels, channels);
    lineages.push(writeLabels(movie, tracked, b * frames * pixels, height, width));
  }
  const shape = [...(batched ? [movies.length] : []), frames, height, width];
  const json = batched ? lineages.map(lineageRecord) : lineageRecord(lineages[0]!);
  return writeTarGz([
    {
      path: batched ? "lineages.json" : "lineage.json",
      bytes: new TextEncoder().encode(JSON.stringify(json)),
    },
    { path: "raw.npy", bytes: writeNpy(dtype, [...shape, channels], raw) },
    { path: "tracked.npy", bytes: writeNpy("int32", [...shape, 1], tracked) },
  ]);
}

/** (t, c, y, x) to (t, y, x, c). */
function writePixels(
  image: ImageArray,
  out: ImageArray["data"],
  offset: number,
  pixels: number,
  channels: number,
): void {
  if (channels === 1) {
    out.set(image.data, offset);
    return;
  }
  for (let t = 0; t < axisLength(image, "t"); t++)
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < pixels; i++)
        out[offset + (t * pixels + i) * channels + c] = image.data[(t * channels + c) * pixels + i]!;
}

function writeLabels(
  { objects, links }: TrkMovie,
  tracked: Int32Array,
  offset: number,
  height: number,
  width: number,
): MovieLineage {
  const detections = objects.map(({ shape }) => ({ t: shape.t }));
  const wanted = objects.map(({ label }) => label);
  const { tracks, labels } = tracksFromLinks(detections, links, { labels: wanted });
  const frames = new Map<number, Set<number>>();
  for (const [i, { shape }] of objects.entries()) {
    const label = labels[i]!;
    const at = offset + shape.t * height * width;
    const plane = { dtype: "int32", height, width, data: tracked.subarray(at, at + height * width) } as const;
    drawObjectShapeInPlace(shape, plane, label);
    frames.set(label, (frames.get(label) ?? new Set()).add(shape.t));
  }
  const byLabel = new Map(tracks.map((track) => [track.label, track]));
  return tracks
    .map((track) => cellRecord(track, [...(frames.get(track.label) ?? [])], byLabel))
    .toSorted((a, b) => a.label - b.label);
}

function cellRecord(
  track: Track,
  frames: number[],
  byLabel: ReadonlyMap<number, Track>,
): MovieLineage[number] {
  const starts = track.daughters.map((label) => byLabel.get(label)!.first);
  return {
    label: track.label,
    frames: frames.sort((a, b) => a - b),
    daughters: track.daughters,
    capped: track.daughters.length > 0,
    frameDiv: starts.length === 0 ? null : Math.min(...starts),
    parent: track.parent,
  };
}
