/**
 * TrackMate's XML as it stands: spots, edges and the image they belong to, in the file's own units.
 *
 * `<TrackMate><Model><AllSpots><SpotsInFrame><Spot/>…<AllTracks><Track><Edge/>…<FilteredTracks>…<Settings><ImageData/>`.
 * MaMuT and Mastodon write the same elements. Read as a stream; a document type (and with it any entity of its own) is
 * refused. Numbers are checked here, laws between elements in `read-trackmate.ts`.
 */
import { SaxesParser } from "saxes";
import type { LineageFinding } from "#core/lineage/index.ts";
import { fault } from "../../fault.ts";
import { lineageError, lineageFault } from "../lineage-fault.ts";

export interface TrackMateSpot {
  readonly id: number;
  readonly frame: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly radius: number | null;
  readonly area: number | null;
  readonly visible: boolean;
  /** Value in the label image, where the writer says (`LABEL`). */
  readonly label: number | null;
  /** x0, y0, x1, y1 … relative to the spot; `null` for none, and for 3D meshes. */
  readonly outline: readonly number[] | null;
}

interface TrackMateEdge {
  readonly from: number;
  readonly to: number;
  readonly track: number;
  /** Whether the writer calls it a division (`IS_DIVISION`); `null` when it does not say. */
  readonly division: boolean | null;
}

export interface TrackMateImage {
  readonly filename: string;
  readonly pixelWidth: number;
  readonly pixelHeight: number;
  readonly voxelDepth: number;
  readonly timeInterval: number;
}

export interface TrackMateModel {
  readonly spatialUnit: string;
  readonly timeUnit: string;
  readonly spots: readonly TrackMateSpot[];
  readonly edges: readonly TrackMateEdge[];
  /** Tracks that are shown; `null` when the file does not list them. */
  readonly shownTracks: ReadonlySet<number> | null;
  readonly image: TrackMateImage | null;
}

// A million spots with outlines and fifty features each take some 1.5 GB and do not fit a text; without features, 200 MB.
const TRACKMATE_BYTES_MAX = 384 * 1024 * 1024;
const SPOTS_MAX = 5_000_000;
const OUTLINE_POINTS_MAX = 20_000;
const OUTLINE_NUMBERS_MAX = 100_000_000;
const REMEDY = "Save the tracks again with TrackMate (File, Save).";

type Attributes = Readonly<Record<string, string | undefined>>;

/** @throws FoundryError `format.trackmate` naming spot and frame; `limit.bytes`, `limit.objects`. Cost: linear. */
export function parseTrackMate(bytes: Uint8Array, file: string): TrackMateModel {
  if (bytes.length > TRACKMATE_BYTES_MAX)
    throw fault("limit.bytes", {
      file,
      reason: `it has ${bytes.length} bytes, the limit is ${TRACKMATE_BYTES_MAX}`,
      remedy: "Remove features that are not needed, or cut the movie into parts.",
    });
  const reader = createReader(file);
  const parser = new SaxesParser();
  parser.on("doctype", () => {
    throw refuse(file, "it has a document type, which TrackMate never writes");
  });
  parser.on("opentag", ({ name, attributes }) => reader.open(name, attributes as Attributes));
  parser.on("text", (text) => reader.text(text));
  parser.on("closetag", ({ name }) => reader.close(name));
  parser.on("error", (cause) => {
    throw refuse(file, `it is not XML (${cause.message.slice(0, 120)})`);
  });
  parser.write(new TextDecoder().decode(bytes)).close();
  return reader.finish();
}

function refuse(file: string, reason: string) {
  return fault("format.trackmate", { file, reason, remedy: REMEDY });
}

interface OpenSpot {
  readonly spot: Omit<TrackMateSpot, "outline">;
  readonly points: number;
  text: string;
}

/** Collects elements as they pass; holds what is open. */
function createReader(file: string) {
  const spots: TrackMateSpot[] = [];
  const edges: TrackMateEdge[] = [];
  let units: Pick<TrackMateModel, "spatialUnit" | "timeUnit"> | null = null;
  let image: TrackMateImage | null = null;
  let shown: Set<number> | null = null;
  let frame: number | null = null;
  let track = 0;
  let spot: OpenSpot | null = null;
  let outlineNumbers = 0;
  const closeSpot = (open: OpenSpot): void => {
    const outline = outlineOf(open, file);
    outlineNumbers += outline?.length ?? 0;
    if (spots.push({ ...open.spot, outline }) > SPOTS_MAX || outlineNumbers > OUTLINE_NUMBERS_MAX)
      throw fault("limit.objects", {
        file,
        reason: `it has more than ${SPOTS_MAX} spots, or outlines of more than ${OUTLINE_NUMBERS_MAX} numbers`,
        remedy: "Cut the movie into parts.",
      });
  };
  return {
    open(name: string, attributes: Attributes): void {
      if (name === "Model")
        units = {
          spatialUnit: attributes["spatialunits"] ?? "pixel",
          timeUnit: attributes["timeunits"] ?? "frame",
        };
      else if (name === "SpotsInFrame") frame = numberIn(attributes, "frame", file, { frame: null });
      else if (name === "Spot") spot = openSpot(attributes, frame, file);
      else if (name === "Track") track = numberIn(attributes, "TRACK_ID", file, { frame: null });
      else if (name === "Edge" && edges.push(edgeOf(attributes, track, file)) > SPOTS_MAX)
        throw fault("limit.objects", {
          file,
          reason: `it has more than ${SPOTS_MAX} edges`,
          remedy: "Cut the movie into parts.",
        });
      else if (name === "FilteredTracks") shown ??= new Set();
      else if (name === "TrackID") shown?.add(numberIn(attributes, "TRACK_ID", file, { frame: null }));
      else if (name === "ImageData") image = imageOf(attributes, file);
    },
    text(text: string): void {
      if (spot !== null && spot.points > 0) spot.text += text;
    },
    close(name: string): void {
      if (name !== "Spot" || spot === null) return;
      closeSpot(spot);
      spot = null;
    },
    finish(): TrackMateModel {
      if (units === null) throw refuse(file, "it holds no model of TrackMate (<Model>)");
      return { ...units, spots, edges, shownTracks: shown, image };
    },
  };
}

/** The number of an attribute. @throws with rule `numberInvalid`, the spot and the frame. */
function numberIn(
  attributes: Attributes,
  name: string,
  file: string,
  at: { readonly id?: number | null; readonly frame: number | null; readonly whole?: boolean },
): number {
  const text = attributes[name];
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  const whole = at.whole ?? /^(frame|FRAME|ID|TRACK_ID|SPOT_\w+_ID|LABEL|ROI_N_POINTS)$/.test(name);
  if (Number.isFinite(value) && (!whole || Number.isSafeInteger(value))) return value;
  const what = text === undefined ? `has no ${name}` : `has ${name} "${text.slice(0, 20)}"`;
  const label = at.id ?? null;
  const who = label === null ? "an element" : `spot ${label}`;
  const message = `${who} ${what}, which is not a ${whole ? "whole number" : "number"}`;
  const finding: LineageFinding = lineageError("numberInvalid", { label, frame: at.frame }, message);
  throw lineageFault({ code: "format.trackmate", file, remedy: REMEDY }, [finding]);
}

function openSpot(attributes: Attributes, frameAbove: number | null, file: string): OpenSpot {
  const id = numberIn(attributes, "ID", file, { frame: frameAbove });
  const has = (name: string) => attributes[name] !== undefined;
  const frame =
    has("FRAME") || frameAbove === null
      ? numberIn(attributes, "FRAME", file, { id, frame: frameAbove })
      : frameAbove;
  if (frame < 0 || frame >= 2 ** 31)
    throw lineageFault({ code: "format.trackmate", file, remedy: REMEDY }, [
      lineageError("numberInvalid", { label: id, frame }, `spot ${id} is in frame ${frame}`),
    ]);
  const number = (name: string) => numberIn(attributes, name, file, { id, frame });
  const optional = (name: string) => (has(name) ? number(name) : null);
  const points = optional("ROI_N_POINTS") ?? 0;
  if (points > OUTLINE_POINTS_MAX)
    throw refuse(file, `the outline of spot ${id} has ${points} corners, the limit is ${OUTLINE_POINTS_MAX}`);
  return {
    points,
    text: "",
    spot: {
      id,
      frame,
      x: number("POSITION_X"),
      y: number("POSITION_Y"),
      z: optional("POSITION_Z") ?? 0,
      radius: optional("RADIUS"),
      area: optional("AREA"),
      visible: attributes["VISIBILITY"] !== "0",
      label: optional("LABEL"),
    },
  };
}

function outlineOf({ spot, points, text }: OpenSpot, file: string): readonly number[] | null {
  if (points < 3) return null;
  // Each corner takes some 40 characters; a mesh of a 3D spot has three numbers per point and is left aside.
  const numbers = text
    .trim()
    .split(/\s+/, 3 * OUTLINE_POINTS_MAX + 1)
    .map(Number);
  if (numbers.length === 3 * points) return null;
  if (numbers.length === 2 * points && numbers.every(Number.isFinite)) return numbers;
  const message = `the outline of spot ${spot.id} does not hold ${points} corners`;
  throw lineageFault({ code: "format.trackmate", file, remedy: REMEDY }, [
    lineageError("numberInvalid", { label: spot.id, frame: spot.frame }, message),
  ]);
}

function edgeOf(attributes: Attributes, track: number, file: string): TrackMateEdge {
  const from = numberIn(attributes, "SPOT_SOURCE_ID", file, { frame: null });
  const to = numberIn(attributes, "SPOT_TARGET_ID", file, { id: from, frame: null });
  const said = attributes["IS_DIVISION"];
  return { from, to, track, division: said === undefined ? null : Number(said) === 1 };
}

function imageOf(attributes: Attributes, file: string): TrackMateImage {
  const size = (name: string): number => {
    const value =
      attributes[name] === undefined ? 1 : numberIn(attributes, name, file, { frame: null, whole: false });
    return value > 0 ? value : 1;
  };
  return {
    filename: attributes["filename"] ?? "",
    pixelWidth: size("pixelwidth"),
    pixelHeight: size("pixelheight"),
    voxelDepth: size("voxeldepth"),
    timeInterval: size("timeinterval"),
  };
}
