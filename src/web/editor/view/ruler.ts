/** A line laid over the image: how long it is and at what angle. Positions are pixel centres at whole numbers. Pure. */

import type { Point } from "#core/array/index.ts";

export interface RulerLine {
  readonly from: Point;
  readonly to: Point;
}

export interface RulerLength {
  readonly px: number;
  /** Null when the pixel size is unknown. */
  readonly um: number | null;
  /** Counter-clockwise from x on the screen, degrees from -180 (left out) to 180, in µm where they are known. */
  readonly angleDeg: number;
}

/** @param mpp  µm per pixel; pixels need not be square. */
export function rulerLength(
  { from, to }: RulerLine,
  mpp: { readonly y: number; readonly x: number } | null,
): RulerLength {
  const [dy, dx] = [to.y - from.y, to.x - from.x];
  const unit = mpp ?? { y: 1, x: 1 };
  // Upwards on the screen; a plain minus would make -0 of 0, and -180 of 180 degrees.
  const up = from.y - to.y;
  const angle = (Math.atan2(up * unit.y, dx * unit.x) * 180) / Math.PI;
  return {
    px: Math.hypot(dy, dx),
    um: mpp === null ? null : Math.hypot(dy * unit.y, dx * unit.x),
    angleDeg: angle,
  };
}

/** "12.3 µm, 48 px": the first is what one asked for. */
export function rulerText({ px, um }: RulerLength): string {
  const pixels = `${short(px)} px`;
  if (um === null) return pixels;
  const micrometres = um >= 1000 ? `${short(um / 1000)} mm` : `${short(um)} µm`;
  return `${micrometres}, ${pixels}`;
}

const short = (value: number): string => String(Number(value.toPrecision(value >= 100 ? 4 : 3)));

/** Which end lies within reach of a point on the screen; the nearer one. */
export function endAt(
  ends: readonly [ScreenPlace, ScreenPlace],
  at: ScreenPlace,
  reachPx: number,
): 0 | 1 | null {
  const [a, b] = ends.map((end) => Math.hypot(end.x - at.x, end.y - at.y)) as [number, number];
  if (Math.min(a, b) > reachPx) return null;
  return a < b ? 0 : 1;
}

interface ScreenPlace {
  readonly x: number;
  readonly y: number;
}
