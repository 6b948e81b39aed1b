/**
 * Pixels of other frames and slices: whether they are in memory, read when asked for, and read ahead.
 *
 * What counts is what the picture draws: the whole plane, or of a large image the tiles in view at the resolution in
 * view, of all channels. Chunks stay in the caches of their arrays, which have a bound of their own; reading ahead takes
 * a share of it, so that it never drives out the plane on the screen.
 */

import { clampPlane, type PlaneAt, type PlaneAxis, type PlaneCounts, samePlane } from "../model/planes.ts";
import type { PlanePixels } from "../session/plane-control.ts";
import type { ViewController } from "../view/view-controller.ts";
import type { OpenedImage } from "./open-image.ts";
import { isDrawnWhole } from "./pixel-source.ts";
import type { PlaneRegion } from "./zarr-array.ts";

/** A quarter of what an array keeps: sixteen planes of 1,024² with two channels of 16 bit. */
const aheadBytesMax = 64 * 2 ** 20;
/** A second of playing, or as far as a hand steps before it looks. */
const aheadPlanesMax = 12;

/** What of a level is in view. */
interface SeenPart {
  readonly level: number;
  readonly region: PlaneRegion;
}

export function createPlanePixels(
  image: Pick<OpenedImage, "pyramid" | "selectionsAt">,
  view: Pick<ViewController, "view" | "seenBox">,
  counts: PlaneCounts,
): PlanePixels {
  const { pyramid, selectionsAt } = image;
  let running = 0;

  const isReady = (plane: PlaneAt): boolean => {
    const { level, region } = seenPart(pyramid, view);
    return selectionsAt(plane).every((selection) => pyramid.holds(level, selection, region));
  };
  const load = async (plane: PlaneAt): Promise<void> => {
    const { level, region } = seenPart(pyramid, view);
    await Promise.all(selectionsAt(plane).map((selection) => pyramid.hold(level, selection, region)));
  };
  const ahead = async (planes: readonly PlaneAt[], mine: number): Promise<void> => {
    for (const plane of planes) {
      if (mine !== running) return;
      if (!isReady(plane)) await load(plane);
    }
  };
  return {
    isReady,
    load,
    prefetch(from, axis, direction) {
      const mine = ++running;
      const { region } = seenPart(pyramid, view);
      const pixels = (region.y1 - region.y0) * (region.x1 - region.x0) * selectionsAt(from).length;
      const room = Math.floor(aheadBytesMax / Math.max(1, pixels * bytesOf(pyramid.dtype)));
      const planes = planesAhead(from, axis, direction, counts).slice(0, Math.min(room, aheadPlanesMax));
      // A plane that cannot be read ahead is asked for again, and its failure told, when someone goes there.
      ahead(planes, mine).catch(() => undefined);
    },
  };
}

/**
 * Planes in the order in which one is likely to come to them: two thirds ahead, a third behind, then the neighbours along
 * the other axis. From the last frame on it is the first ones, as in playing.
 */
export function planesAhead(
  from: PlaneAt,
  axis: PlaneAxis,
  direction: 1 | -1,
  counts: PlaneCounts,
): PlaneAt[] {
  const other: PlaneAxis = axis === "t" ? "z" : "t";
  const along = (by: number): PlaneAt => {
    const at = from[axis] + by * direction;
    return { ...from, [axis]: ((at % counts[axis]) + counts[axis]) % counts[axis] };
  };
  const planes: PlaneAt[] = [];
  for (let k = 1; k <= aheadPlanesMax; k++) {
    planes.push(along(k));
    if (k % 2 === 0) planes.push(along(-k / 2));
    if (k === 2) {
      for (const by of [1, -1]) planes.push(clampPlane({ ...from, [other]: from[other] + by }, counts));
    }
  }
  return planes.filter(
    (plane, k) => !samePlane(plane, from) && planes.findIndex((one) => samePlane(one, plane)) === k,
  );
}

function seenPart(pyramid: OpenedImage["pyramid"], view: Pick<ViewController, "view" | "seenBox">): SeenPart {
  const [height, width] = [pyramid.shape.at(-2) ?? 0, pyramid.shape.at(-1) ?? 0];
  if (isDrawnWhole(pyramid)) return { level: 0, region: { y0: 0, x0: 0, y1: height, x1: width } };
  const level = Math.min(pyramid.levels.length - 1, Math.max(0, Math.round(-view.view.zoom)));
  const shape = pyramid.levels[level]?.shape ?? [];
  const [y0, x0, y1, x1] = view.seenBox().map((at) => at / 2 ** level) as [number, number, number, number];
  const region = {
    y0: Math.max(0, Math.floor(y0)),
    x0: Math.max(0, Math.floor(x0)),
    y1: Math.min(shape.at(-2) ?? 0, Math.ceil(y1)),
    x1: Math.min(shape.at(-1) ?? 0, Math.ceil(x1)),
  };
  return { level, region };
}

const bytesOf = (dtype: string): number => Number(/\d+$/.exec(dtype)?.[0] ?? 32) / 8;
