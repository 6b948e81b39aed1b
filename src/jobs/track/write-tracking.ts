/**
 * A tracked movie as files of one format.
 *
 * The challenge's format is written frame by frame, so movies of any length leave in bounded memory; it holds masks and
 * the table, not the images. The other formats go through the exporters of `formats`, which hold a movie whole and put
 * its images beside the tracks, so that what was written can be imported as it is.
 */
import { imageArray, typedArray } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { combineLicences } from "#core/licence/index.ts";
import { type TracksFromLinks, tracksFromLinks } from "#core/lineage/index.ts";
import { linksOf, type TrackGraph } from "#core/tracking/index.ts";
import { type ExportFacts, type ExportItem, type ExportLayer, exporterNamed } from "#formats/export/index.ts";
import { shownName, writeLabelTiff, writeTrackTable } from "#formats/index.ts";
import { codeVersion } from "#platform/index.ts";
import type { ExportSink } from "../export/sink.ts";
import type { Movie } from "./movie.ts";
import type { TrackedMovie } from "./track-movie.ts";

export const trackFormats = ["ctc", "trk", "geff", "trackmate", "track-csv"] as const;

export type TrackFormat = (typeof trackFormats)[number];

/** Image (4 bytes a pixel at most) and labels of a movie that a whole-movie format holds at once. */
const WHOLE_BYTES_MAX = 2 ** 31;

/** The challenge's tools read 16-bit masks only. */
const CTC_LABEL_MAX = 65_535;

/** Asked before the work, not after it. @throws FoundryError `limit.memory`. */
export function assertWritable(movie: Movie, format: TrackFormat): void {
  if (format === "ctc") return;
  const values = movie.frameCount * movie.height * movie.width;
  const bytes = values * (bytesOf(movie) * movie.channels.length + 4);
  if (bytes <= WHOLE_BYTES_MAX) return;
  throw new FoundryError("limit.memory", {
    message: `${shownName(movie.name)} would take ${Math.round(bytes / 2 ** 20)} MiB as ${format}; that format is written from memory, up to ${WHOLE_BYTES_MAX / 2 ** 20} MiB.`,
    hint: "Write --format ctc, which is written frame by frame, or track the movie in parts.",
  });
}

const bytesOf = ({ dtype }: Movie): number => typedArray(dtype, 0).BYTES_PER_ELEMENT;

/** @throws FoundryError `format.ctc` for more than 65,535 tracks, `disk.full`. Returns notes on what the format cannot hold. */
export async function writeTracking(
  tracked: TrackedMovie,
  format: TrackFormat,
  sink: ExportSink,
  options: {
    readonly compartment: ExportLayer["compartment"];
    readonly truth: string;
    readonly signal: AbortSignal;
  },
): Promise<string[]> {
  if (format === "ctc") return writeFrames(tracked, sink, options.signal);
  const item = itemOf(tracked, options);
  const source = {
    async *items() {
      yield item;
    },
  };
  for await (const { path, bytes } of exporterNamed(format).write(source, factsOf(tracked))) {
    options.signal.throwIfAborted();
    await sink.write(path, bytes);
  }
  return [];
}

/** `01_RES/mask000.tif` … and `01_RES/res_track.txt`; frames are numbered as the files of the movie are. */
async function writeFrames(tracked: TrackedMovie, sink: ExportSink, signal: AbortSignal): Promise<string[]> {
  const { movie, graph } = tracked;
  const folder = `${movie.sequence ?? "01"}_RES`;
  const { tracks, labels } = tracksWithoutGaps(graph);
  const most = tracks.reduce((highest, { label }) => Math.max(highest, label), 0);
  if (most > CTC_LABEL_MAX)
    throw new FoundryError("format.ctc", {
      message: `${shownName(movie.name)} would need label ${most}; the format ends at ${CTC_LABEL_MAX}.`,
      hint: "Write another format, or track the movie in parts.",
    });
  const { numbers, note } = fileNumbers(movie);
  const digits = Math.max(3, String(numbers.at(-1)).length);
  for (let t = 0; t < movie.frameCount; t++) {
    signal.throwIfAborted();
    const painted = tracked.tracksOfFrame(t);
    const renamed = labelsOfTracks(graph, t, labels);
    const { data } = painted;
    for (let i = 0; i < data.length; i++) if (data[i] !== 0) data[i] = renamed.get(data[i]!)!;
    const name = String(numbers[t]).padStart(digits, "0");
    await sink.write(`${folder}/mask${name}.tif`, writeLabelTiff(painted, { mpp: movie.mpp }));
  }
  const table = tracks.map((track) => ({
    ...track,
    first: numbers[track.first]!,
    last: numbers[track.last]!,
  }));
  await sink.write(`${folder}/res_track.txt`, new TextEncoder().encode(writeTrackTable(table)));
  return note;
}

/** The format knows no frame without a mask, so numbers with holes cannot be kept. */
function fileNumbers({ numbers, frameCount }: Movie): { numbers: readonly number[]; note: string[] } {
  const whole = numbers.every((number, t) => number === numbers[0]! + t);
  if (whole && numbers[0]! < 10_000) return { numbers, note: [] };
  return {
    numbers: Array.from({ length: frameCount }, (_, t) => t),
    note: ["Masks are numbered from 0, because numbers of the frames have holes."],
  };
}

/** As the format has it: after a gap a cell goes on as an only child. Labels by position. */
function tracksWithoutGaps(graph: TrackGraph): TracksFromLinks {
  const places: number[] = [];
  const compact = new Int32Array(graph.tracks.length).fill(-1);
  const detections: { t: number }[] = [];
  for (const { at, t } of chosen(graph)) {
    compact[at] = places.push(at) - 1;
    detections.push({ t });
  }
  const links = linksOf(graph).map(({ from, to, kind }) => ({
    from: compact[from]!,
    to: compact[to]!,
    kind,
  }));
  const wanted = places.map((at) => graph.tracks[at]!);
  const { tracks, labels, dropped } = tracksFromLinks(detections, links, { labels: wanted, gaps: false });
  const byPosition = new Int32Array(graph.tracks.length);
  for (const [i, at] of places.entries()) byPosition[at] = labels[i]!;
  return { tracks, labels: byPosition, dropped };
}

/** Detections that are cells, with their frames. */
function* chosen(graph: TrackGraph): Generator<{ at: number; t: number }> {
  for (let f = 0; f + 1 < graph.offsets.length; f++)
    for (let at = graph.offsets[f]!; at < graph.offsets[f + 1]!; at++)
      if (graph.tracks[at] !== 0) yield { at, t: graph.firstFrame + f };
}

/** Track of the graph -> label in the files, of one frame. */
function labelsOfTracks(graph: TrackGraph, t: number, labels: Int32Array): Map<number, number> {
  const renamed = new Map<number, number>();
  for (let at = graph.offsets[t]!; at < graph.offsets[t + 1]!; at++)
    if (graph.tracks[at] !== 0) renamed.set(graph.tracks[at]!, labels[at]!);
  return renamed;
}

function itemOf(
  tracked: TrackedMovie,
  { compartment, truth }: { readonly compartment: ExportLayer["compartment"]; readonly truth: string },
): ExportItem {
  const { movie, graph } = tracked;
  const { height, width, frameCount, channels, dtype } = movie;
  const channelCount = channels.length;
  const axes = channelCount > 1 ? "tcyx" : "tyx";
  const shape = [frameCount, ...(channelCount > 1 ? [channelCount] : []), height, width];
  return {
    name: movie.name,
    axes,
    shape,
    dtype,
    async readImage() {
      const frameValues = channelCount * height * width;
      const data = typedArray(dtype, frameCount * frameValues);
      for (let t = 0; t < frameCount; t++) data.set((await movie.readFrame(t)).data, t * frameValues);
      return imageArray(dtype, axes, shape, data);
    },
    channels: channels.map(({ name, role }) => ({ name, role: role ?? "other" })),
    mpp: movie.mpp,
    layers: [
      { compartment, name: "", truth, coverage: "exhaustive", root: "", spots: [], ...objectsOf(tracked) },
    ],
    metadata: movie.frameIntervalS === null ? {} : { frameIntervalS: String(movie.frameIntervalS) },
    terms: {},
    buckets: {},
    role: null,
    group: movie.name,
    source: { title: movie.name, licence: "unknown", url: "" },
    arrayDigest: "",
  };

  function objectsOf({ tracksOfFrame }: TrackedMovie): Pick<ExportLayer, "objects" | "links"> {
    const objects: ExportLayer["objects"][number][] = [];
    for (let t = 0; t < frameCount; t++)
      for (const [label, cell] of objectShapesFromLabels(tracksOfFrame(t), { t, z: 0 }))
        objects.push({ uid: `${t}/${label}`, label, shape: cell, cellType: null, agentKind: "model" });
    const frames = new Int32Array(graph.tracks.length);
    for (const { at, t } of chosen(graph)) frames[at] = t;
    const uid = (at: number): string => `${frames[at]}/${graph.tracks[at]}`;
    const links = linksOf(graph).map(({ from, to, kind }) => ({ fromUid: uid(from), toUid: uid(to), kind }));
    return { objects, links };
  }
}

/** None of the formats of tracks writes these; the interface of exporters asks for them. */
function factsOf({ movie, graph }: TrackedMovie): ExportFacts {
  const licence = combineLicences([
    { title: movie.name, licence: "unknown", url: "", citation: "", images: 1 },
  ]);
  return {
    name: movie.name,
    version: null,
    digest: null,
    splitDigest: null,
    query: "",
    description: "",
    licence,
    creators: [],
    datePublished: "",
    url: "",
    counts: { images: 1, cells: graph.tracks.length, channels: movie.channels.length },
    models: [],
    tool: { name: "Cell Foundry", version: codeVersion() },
  };
}
