/**
 * The tracks of a layer as they stand, as the graph that corrections change, with detections measured where they are asked for.
 *
 * Only the frames around a correction are read and measured; of all others the graph holds labels and links.
 */
import { channelPlane, type ImageArray } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import {
  buildTrackGraph,
  type FrameDetections,
  type FrameMotion,
  type LabelledShape,
  type LinkedFrame,
  type MotionScale,
  measureMotion,
  measureShapes,
  poolMotion,
  type TrackGraph,
} from "#core/tracking/index.ts";
import type { LayerCell } from "#store/index.ts";

export interface StandingFrames {
  readonly frameCount: number;
  readFrame(t: number): Promise<ImageArray>;
  readonly height: number;
  readonly width: number;
  cellsOf(t: number): Promise<readonly LabelledShape[]>;
}

export interface StandingGraph {
  readonly graph: TrackGraph;
  /** Object at each position of the graph. */
  readonly cells: readonly LayerCell[];
  /** Detections of a frame from `from` to `to`. */
  readonly frameAt: (t: number) => FrameDetections;
}

/** Where nothing was measured: no candidate is looked for there. */
const noScale: MotionScale = { sigmaPx: 0, gatePx: 0, radiusPx: 0, areaSpread: 0, lightSpread: 0 };

/** @param from, to  frames that are measured, both included. Cost: O(objects) and the pixels of those frames. */
export async function standingGraph(
  movie: StandingFrames,
  cells: readonly LayerCell[],
  from: number,
  to: number,
): Promise<StandingGraph> {
  const measured = new Map<number, FrameDetections>();
  const motions = new Map<number, FrameMotion>();
  for (let t = from; t <= to; t++) {
    const frame = await movie.readFrame(t);
    measured.set(t, measureShapes(await movie.cellsOf(t), movie, channelPlane(frame, {}), t));
    if (t > from) motions.set(t, measureMotion(measured.get(t - 1)!, measured.get(t)!));
  }
  const scale = poolMotion([...motions.values()], [...measured.values()]);
  const ordered = [...cells].sort((a, b) => a.t - b.t || a.label - b.label);
  const positionOf = new Map(ordered.map(({ uid }, position) => [uid, position]));
  const tracks = new Int32Array(ordered.length);
  let next = 1;
  const frames: LinkedFrame[] = [];
  for (let t = 0, first = 0; t < movie.frameCount; t++) {
    let end = first;
    while (ordered[end]?.t === t) end++;
    const own = ordered.slice(first, end);
    const origins = own.map(({ origin }) => (origin === null ? -1 : (positionOf.get(origin.uid) ?? -1)));
    const divided = own.map(({ origin }, i) => (origins[i] !== -1 && origin?.kind === "division" ? 1 : 0));
    for (const [i, origin] of origins.entries())
      tracks[first + i] = origin === -1 || divided[i] === 1 ? next++ : tracks[origin]!;
    frames.push({
      t,
      firstPosition: first,
      labels: Int32Array.from(own, ({ label }) => label),
      tracks: tracks.slice(first, end),
      origins: Int32Array.from(origins),
      divided: Uint8Array.from(divided),
      motion: motions.get(t) ?? null,
      scale: measured.has(t) ? scale : noScale,
    });
    first = end;
  }
  return {
    graph: buildTrackGraph(frames),
    cells: ordered,
    frameAt: (t) => {
      const found = measured.get(t);
      assert(found !== undefined, "only frames around a correction are asked for");
      return found;
    },
  };
}
