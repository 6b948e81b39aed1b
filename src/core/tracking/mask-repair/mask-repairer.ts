/**
 * Segments and tracks together, as a movie streams by: masks are repaired by what is before and after them, and leave in
 * order, with every repair marked.
 *
 * It stands before the tracker: label images go in, label images come out some frames later, and what links them
 * finally sees masks that hang together in time. Windows overlap like the tracker's: frames that have left are looked at
 * but not changed, those ahead are looked at and repaired when more is known. Memory: a window of frames.
 */
import type { LabelImage, Plane } from "../../array/index.ts";
import { assert } from "../../errors.ts";
import type { FrameDetections } from "../detections.ts";
import { measureFrame } from "../measure-frame.ts";
import { offerUnions } from "../offer-unions.ts";
import type { RepairFrame } from "./linked-window.ts";
import { isSameRepair, type MaskRepair } from "./mask-repair.ts";
import { type Linking, repairWindow, shapesOfFrame } from "./repair-window.ts";

export interface MaskRepairerOptions {
  /** Default: `measureFrame`, unions offered, for solvers that can choose among them. */
  readonly measure?: (labels: LabelImage, plane: Plane | null, t: number) => FrameDetections;
  /** Repairs that a person took back: they are not made again. */
  readonly rejected?: readonly MaskRepair[];
  /** Masks that a person has decided on are never changed. */
  readonly isProtected?: (t: number, label: number) => boolean;
  /** Frames that leave with one window, and frames beyond them that it looks at. Defaults 8 and 4. */
  readonly commitFrames?: number;
  readonly aheadFrames?: number;
  /** Linkings of a window at most. Default 5. */
  readonly roundsMax?: number;
}

export interface FrameToRepair {
  readonly t: number;
  /** Not changed. */
  readonly labels: LabelImage;
  /** Channel that shows the cells; `null` when there is none: what hangs on one neighbour in time is then not proposed. */
  readonly plane: Plane | null;
}

export interface RepairedFrame {
  readonly t: number;
  /** A new image. */
  readonly labels: LabelImage;
  readonly plane: Plane | null;
  readonly detections: FrameDetections;
  /** In the order in which they were made: taken back from the last to the first, they give the labels that came in. */
  readonly repairs: readonly MaskRepair[];
}

export interface MaskRepairer {
  /** Frames come one after the other; each is run to its end before the next. Results in those that are final now. */
  push(frame: FrameToRepair): Linking<RepairedFrame[]>;
  /** The rest. No frame may follow. */
  finish(): Linking<RepairedFrame[]>;
}

/** Frames kept behind the first that may change: the longest absence, and one. */
const behindFrames = 4;

/** Cost: some three linkings of each window, which is one and a half of a frame's length. */
export function createMaskRepairer(options: MaskRepairerOptions = {}): MaskRepairer {
  const { commitFrames = 8, aheadFrames = 4, roundsMax = 5, rejected = [] } = options;
  assert(commitFrames >= 1 && aheadFrames >= 1, "a repair looks at what comes after it");
  const unions = (labels: LabelImage, plane: Plane | null, t: number): FrameDetections =>
    offerUnions(measureFrame(labels, plane, t));
  const measure = options.measure ?? unions;
  const isProtected = options.isProtected ?? (() => false);
  const buffer: RepairFrame[] = [];
  let frontier = 0;
  let firstFrame = 0;
  let isDone = false;

  const isWelcome = (repair: MaskRepair): boolean =>
    !rejected.some((one) => isSameRepair(one, repair)) &&
    ![...repair.before, ...repair.after].some(({ label }) => isProtected(repair.t, label));

  function* leave(count: number): Linking<RepairedFrame[]> {
    const window = buffer.map((frame, k) => ({ ...frame, isOpen: k >= frontier && k < frontier + count }));
    const standing = yield* repairWindow(window, {
      measure: ({ labels, plane, t }) => measure(labels, plane, t),
      isWelcome,
      roundsMax,
      isStart: window[0]!.t === firstFrame,
      isEnd: isDone,
    });
    const left = window.slice(frontier, frontier + count);
    const results = left.map(({ t, labels, plane, detections }, k) => ({
      ...{ t, labels, plane, detections },
      repairs: standing.filter(({ f }) => f === frontier + k).map(({ repair }) => repair),
    }));
    buffer.splice(0, buffer.length, ...window.slice(Math.max(0, frontier + count - behindFrames)));
    frontier = Math.min(behindFrames, frontier + count);
    return results;
  }

  return {
    *push({ t, labels, plane }) {
      assert(!isDone, "no frame follows the last");
      assert(buffer.length === 0 || buffer.at(-1)!.t === t - 1, "frames come one after the other");
      if (buffer.length === 0) firstFrame = t;
      const own: LabelImage = { ...labels, data: labels.data.slice() };
      const shapes = shapesOfFrame({ labels: own, t });
      const detections = measure(own, plane, t);
      buffer.push({ t, labels: own, plane, shapes, detections, isOpen: true });
      return buffer.length - frontier >= commitFrames + aheadFrames ? yield* leave(commitFrames) : [];
    },
    *finish() {
      isDone = true;
      return buffer.length > frontier ? yield* leave(buffer.length - frontier) : [];
    },
  };
}
