/**
 * A TrackMate file as a lineage in pixels and frames.
 *
 * TrackMate's graph has no direction: an edge joins two spots, whichever is named first, so edges are turned forward in
 * time. What TrackMate does not show (filtered spots and tracks) is left out, with a count. A spot with two later
 * neighbours divides; our own files also tell divisions with one daughter (`IS_DIVISION`) and pixel values (`LABEL`).
 */
import type { LineageFinding, PlacedLineage, TrackLink } from "#core/lineage/index.ts";
import { micrometresPer, secondsPer } from "../../pixels/zarr/ome-zarr-metadata.ts";
import { lineageError, lineageFault } from "../lineage-fault.ts";
import type { Spot } from "../spot-shapes.ts";
import { withoutMerges } from "../without-merges.ts";
import {
  parseTrackMate,
  type TrackMateImage,
  type TrackMateModel,
  type TrackMateSpot,
} from "./parse-trackmate.ts";

export interface ReadTrackMate extends PlacedLineage {
  /** Detections with the outlines of the file. */
  readonly detections: readonly Spot[];
  /** Whether `label` of each detection is its pixel value; else it is 0. */
  readonly labelled: boolean;
  readonly image: TrackMateImage | null;
  /** Pixel size in micrometres, when the units are lengths. */
  readonly mpp: { readonly y: number; readonly x: number } | null;
  readonly frameIntervalS: number | null;
  readonly notes: readonly string[];
}

const REMEDY = "Mend the file in TrackMate: every spot once, every edge between spots of different frames.";
const LABEL_MAX = 2 ** 31 - 1;

/** @throws FoundryError `format.trackmate` with rule, spot and frame where a law is broken; `limit.*`. Cost: linear. */
export function readTrackMate(bytes: Uint8Array, file: string): ReadTrackMate {
  const model = parseTrackMate(bytes, file);
  const spots = model.spots.filter(({ visible }) => visible);
  const scale = scaleOf(model);
  const labelled =
    spots.length > 0 && spots.every(({ label }) => label !== null && label > 0 && label <= LABEL_MAX);
  const detections = spots.map((spot): Spot => toDetection(spot, scale, labelled));
  const { links, hidden, notes } = toLinks(model, spots, detections, file);
  const filtered = model.spots.length - spots.length;
  return {
    detections,
    links,
    labelled,
    image: model.image,
    mpp: scale.mpp,
    frameIntervalS: scale.frameIntervalS,
    notes: [
      ...(filtered > 0 ? [`${filtered} spots that TrackMate's filters hide were left out.`] : []),
      ...(hidden > 0 ? [`${hidden} edges of tracks that TrackMate's filters hide were left out.`] : []),
      ...notes,
    ],
  };
}

// What ImageJ and TrackMate call the units that OME names in full.
const spoken: Readonly<Record<string, string>> = {
  micron: "micrometer",
  microns: "micrometer",
  sec: "second",
  seconds: "second",
  min: "minute",
  minutes: "minute",
  hours: "hour",
  h: "hour",
};

function scaleOf({ image, spatialUnit, timeUnit }: TrackMateModel) {
  const named = (unit: string) => (Object.hasOwn(spoken, unit) ? spoken[unit]! : unit);
  const [length, seconds] = [micrometresPer(named(spatialUnit)), secondsPer(named(timeUnit))];
  const { pixelWidth = 1, pixelHeight = 1, voxelDepth = 1, timeInterval = 1 } = image ?? {};
  return {
    x: pixelWidth,
    y: pixelHeight,
    z: voxelDepth,
    mpp: image === null || length === undefined ? null : { y: pixelHeight * length, x: pixelWidth * length },
    frameIntervalS: image === null || seconds === undefined ? null : timeInterval * seconds,
  };
}

function toDetection(
  { frame, x, y, z, radius, area, label, outline }: TrackMateSpot,
  scale: { readonly x: number; readonly y: number; readonly z: number },
  labelled: boolean,
): Spot {
  const perPixel = scale.x * scale.y;
  const size = area ?? (radius === null ? null : Math.PI * radius * radius);
  // Corners in TrackMate lie between pixel centres, which are whole numbers; here pixel (x, y) begins at x.
  const ring =
    outline === null
      ? null
      : outline.map((value, i) => (i % 2 === 0 ? (x + value) / scale.x : (y + value) / scale.y) + 0.5);
  return {
    t: frame,
    label: labelled ? label! : 0,
    z: z / scale.z,
    y: y / scale.y,
    x: x / scale.x,
    areaPx: size === null ? null : size / perPixel,
    ring,
  };
}

function toLinks(
  model: TrackMateModel,
  spots: readonly TrackMateSpot[],
  detections: readonly Spot[],
  file: string,
): { links: readonly TrackLink[]; hidden: number; notes: readonly string[] } {
  const findings: LineageFinding[] = [];
  const place = new Map<number, number>();
  for (const [i, { id, frame }] of spots.entries()) {
    if (place.has(id))
      findings.push(lineageError("labelRepeated", { label: id, frame }, `spot ${id} is listed twice`));
    place.set(id, i);
  }
  const listed = new Set(model.spots.map(({ id }) => id));
  const links: TrackLink[] = [];
  const seen = new Set<string>();
  let hidden = 0;
  for (const { from: source, to: target, track, division } of model.edges) {
    const [a, b] = [place.get(source), place.get(target)];
    const lost = [source, target].find((id) => !listed.has(id));
    if (lost !== undefined)
      findings.push(
        lineageError(
          "parentMissing",
          { label: lost, frame: null },
          `track ${track} joins spot ${lost}, which is not listed`,
        ),
      );
    if (a === undefined || b === undefined || model.shownTracks?.has(track) === false) {
      if (lost === undefined) hidden++;
      continue;
    }
    const [from, to] = detections[a]!.t <= detections[b]!.t ? [a, b] : [b, a];
    const key = `${from}/${to}`;
    const at = { label: spots[to]!.id, frame: detections[to]!.t };
    if (detections[from]!.t === detections[to]!.t)
      findings.push(
        lineageError(
          "parentOverlaps",
          at,
          `an edge joins spots ${source} and ${target} of frame ${at.frame}`,
        ),
      );
    else if (seen.has(key))
      findings.push(
        lineageError("labelRepeated", at, `the edge between spots ${source} and ${target} is listed twice`),
      );
    seen.add(key);
    links.push({ from, to, kind: division === true ? "division" : "link" });
  }
  if (findings.length > 0) throw lineageFault({ code: "format.trackmate", file, remedy: REMEDY }, findings);
  return { hidden, ...withoutMerges(links, detections, (i) => `spot ${spots[i]!.id}`) };
}
