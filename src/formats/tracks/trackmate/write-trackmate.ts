/**
 * A lineage as an XML file that TrackMate 7 opens (Plugins, Tracking, Load a TrackMate file), with its image beside it.
 *
 * Spots carry a radius of the same area as the cell and, where the caller has one, the cell's outline; tracks are
 * connected parts, as TrackMate counts them. Two features of our own, `LABEL` and `IS_DIVISION`, are declared like any
 * other: TrackMate shows them and other readers pass over them.
 */
import { groupsOfLineage, type PlacedLineage } from "#core/lineage/index.ts";
import { escapeXml } from "../../pixels/tiff/label-ome-xml.ts";

export interface TrackMateMovie extends PlacedLineage {
  /** Name of the image file beside the XML. */
  readonly imageName: string;
  readonly width: number;
  readonly height: number;
  readonly frameCount: number;
  readonly depth: number;
  readonly mpp: { readonly y: number; readonly x: number } | null;
  readonly zStepUm: number | null;
  readonly frameIntervalS: number | null;
  /** Corners around a detection, x before y, pixel (x, y) covering [x, x + 1); `null` for none. */
  readonly outlineOf?: (detection: number) => readonly number[] | null;
}

type Declaration = readonly [feature: string, name: string, dimension: string, isInt: boolean];

const spotFeatures: readonly Declaration[] = [
  ["QUALITY", "Quality", "QUALITY", false],
  ["POSITION_X", "X", "POSITION", false],
  ["POSITION_Y", "Y", "POSITION", false],
  ["POSITION_Z", "Z", "POSITION", false],
  ["POSITION_T", "T", "TIME", false],
  ["FRAME", "Frame", "NONE", true],
  ["RADIUS", "Radius", "LENGTH", false],
  ["VISIBILITY", "Visibility", "NONE", true],
  ["AREA", "Area", "AREA", false],
  ["LABEL", "Label", "NONE", true],
];
const edgeFeatures: readonly Declaration[] = [
  ["SPOT_SOURCE_ID", "Source spot ID", "NONE", true],
  ["SPOT_TARGET_ID", "Target spot ID", "NONE", true],
  ["LINK_COST", "Edge cost", "COST", false],
  ["IS_DIVISION", "Division", "NONE", true],
];
const trackFeatures: readonly Declaration[] = [
  ["TRACK_INDEX", "Track index", "NONE", true],
  ["TRACK_ID", "Track ID", "NONE", true],
  ["NUMBER_SPOTS", "Number of spots in track", "NONE", true],
  ["NUMBER_SPLITS", "Number of split events", "NONE", true],
];

/** Pieces of the text, in order; the same movie gives the same text. Cost: linear. */
export function* writeTrackMate(movie: TrackMateMovie): Generator<string> {
  const known = movie.mpp !== null;
  const timed = movie.frameIntervalS !== null;
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<TrackMate version="7.11.1">\n';
  yield `  <Model spatialunits="${known ? "micron" : "pixel"}" timeunits="${timed ? "sec" : "frame"}">\n`;
  yield "    <FeatureDeclarations>\n";
  yield* declarations("SpotFeatures", spotFeatures);
  yield* declarations("EdgeFeatures", edgeFeatures);
  yield* declarations("TrackFeatures", trackFeatures);
  yield "    </FeatureDeclarations>\n";
  yield* spotsOf(movie);
  yield* tracksOf(movie);
  yield "  </Model>\n";
  yield settingsOf(movie);
  yield '  <GUIState state="ConfigureViews" />\n</TrackMate>\n';
}

function* declarations(group: string, features: readonly Declaration[]): Generator<string> {
  yield `      <${group}>\n`;
  for (const [feature, name, dimension, isInt] of features)
    yield `        <Feature feature="${feature}" name="${name}" shortname="${name}" dimension="${dimension}" isint="${isInt}" />\n`;
  yield `      </${group}>\n`;
}

function scaleOf({ mpp, zStepUm, frameIntervalS }: TrackMateMovie) {
  return { x: mpp?.x ?? 1, y: mpp?.y ?? 1, z: zStepUm ?? 1, t: frameIntervalS ?? 1 };
}

function* spotsOf(movie: TrackMateMovie): Generator<string> {
  const { detections, frameCount, outlineOf } = movie;
  const frames: number[][] = Array.from({ length: frameCount }, () => []);
  for (const [i, { t }] of detections.entries()) frames[t]!.push(i);
  const scale = scaleOf(movie);
  yield `    <AllSpots nspots="${detections.length}">\n`;
  for (const [frame, members] of frames.entries()) {
    if (members.length === 0) {
      yield `      <SpotsInFrame frame="${frame}" />\n`;
      continue;
    }
    yield `      <SpotsInFrame frame="${frame}">\n`;
    for (const i of members) yield spotOf(movie, i, scale, outlineOf?.(i) ?? null);
    yield "      </SpotsInFrame>\n";
  }
  yield "    </AllSpots>\n";
}

function spotOf(
  { detections }: TrackMateMovie,
  i: number,
  scale: { readonly x: number; readonly y: number; readonly z: number; readonly t: number },
  outline: readonly number[] | null,
): string {
  const { t, z, y, x, label, areaPx } = detections[i]!;
  const area = (areaPx ?? 0) * scale.x * scale.y;
  const features =
    `ID="${i}" name="ID${i}" QUALITY="1.0" POSITION_T="${t * scale.t}" POSITION_X="${x * scale.x}" ` +
    `POSITION_Y="${y * scale.y}" POSITION_Z="${z * scale.z}" FRAME="${t}" ` +
    `RADIUS="${Math.sqrt(area / Math.PI) || 1}" VISIBILITY="1" AREA="${area}" LABEL="${label}"`;
  if (outline === null) return `        <Spot ${features} />\n`;
  const corners = outline.map((value, k) =>
    k % 2 === 0 ? (value - 0.5 - x) * scale.x : (value - 0.5 - y) * scale.y,
  );
  return `        <Spot ${features} ROI_N_POINTS="${outline.length / 2}">${corners.join(" ")}</Spot>\n`;
}

function* tracksOf(movie: TrackMateMovie): Generator<string> {
  const { lineages } = groupsOfLineage(movie);
  const edges = new Map<number, number[]>();
  for (const [k, { from }] of movie.links.entries()) {
    const list = edges.get(lineages[from]!);
    if (list === undefined) edges.set(lineages[from]!, [k]);
    else list.push(k);
  }
  const groups = [...edges.values()];
  yield "    <AllTracks>\n";
  for (const [id, members] of groups.entries()) {
    const successors = new Map<number, number>();
    for (const k of members) {
      const { from } = movie.links[k]!;
      successors.set(from, (successors.get(from) ?? 0) + 1);
    }
    const splits = [...successors.values()].filter((count) => count > 1).length;
    // A tree has one node more than edges.
    yield `      <Track name="Track_${id}" TRACK_ID="${id}" TRACK_INDEX="${id}" NUMBER_SPOTS="${members.length + 1}" NUMBER_SPLITS="${splits}">\n`;
    for (const k of members) {
      const { from, to, kind } = movie.links[k]!;
      yield `        <Edge SPOT_SOURCE_ID="${from}" SPOT_TARGET_ID="${to}" LINK_COST="-1.0" IS_DIVISION="${kind === "division" ? 1 : 0}" />\n`;
    }
    yield "      </Track>\n";
  }
  yield "    </AllTracks>\n    <FilteredTracks>\n";
  for (const id of groups.keys()) yield `      <TrackID TRACK_ID="${id}" />\n`;
  yield "    </FilteredTracks>\n";
}

function settingsOf(movie: TrackMateMovie): string {
  const { imageName, width, height, depth, frameCount } = movie;
  const scale = scaleOf(movie);
  return `  <Settings>
    <ImageData filename="${escapeXml(imageName)}" folder="" width="${width}" height="${height}" nslices="${depth}" nframes="${frameCount}" pixelwidth="${scale.x}" pixelheight="${scale.y}" voxeldepth="${scale.z}" timeinterval="${scale.t}" />
    <BasicSettings xstart="0" xend="${width - 1}" ystart="0" yend="${height - 1}" zstart="0" zend="${depth - 1}" tstart="0" tend="${frameCount - 1}" />
    <DetectorSettings DETECTOR_NAME="MANUAL_DETECTOR" RADIUS="5.0" TARGET_CHANNEL="1" />
    <InitialSpotFilter feature="QUALITY" value="0.0" isabove="true" />
    <SpotFilterCollection />
    <TrackerSettings TRACKER_NAME="MANUAL_TRACKER" />
    <TrackFilterCollection />
    <AnalyzerCollection>
      <SpotAnalyzers />
      <EdgeAnalyzers />
      <TrackAnalyzers />
    </AnalyzerCollection>
  </Settings>
`;
}
