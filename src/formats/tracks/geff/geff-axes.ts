/**
 * Time and place of the nodes of a GEFF group in frames and pixels.
 *
 * Axes say which property is which and in what unit. Values with a scale of their own, in pixels or without a unit are
 * pixels; lengths and times need the sizes of the image.
 */
import { micrometresPer, secondsPer } from "../../pixels/zarr/ome-zarr-metadata.ts";
import type { ZarrStore } from "../../pixels/zarr/zarr-store.ts";
import { lineageError, lineageFault } from "../lineage-fault.ts";
import type { Column } from "./geff-columns.ts";
import { type GeffAxis, type GeffMetadata, geffFault } from "./geff-metadata.ts";

export interface ImageSizes {
  readonly mpp?: { readonly y: number; readonly x: number } | null;
  readonly zStepUm?: number | null;
  readonly frameIntervalS?: number | null;
}

export interface KnownAxes {
  readonly t: GeffAxis | null;
  readonly z: GeffAxis | null;
  readonly y: GeffAxis | null;
  readonly x: GeffAxis | null;
}

/** By name where axes bear ours, else by type and order: the last two of space are y and x, as in OME-Zarr. */
export function axesOf({ axes }: GeffMetadata): KnownAxes {
  const named = (name: string) => axes.find((axis) => axis.name.toLowerCase() === name) ?? null;
  const space = axes.filter(({ type }) => type === "space");
  const time = axes.find(({ type }) => type === "time") ?? null;
  const byOrder = named("y") === null && named("x") === null;
  return {
    t: named("t") ?? time,
    z: named("z") ?? (byOrder ? (space.at(-3) ?? null) : null),
    y: named("y") ?? (byOrder ? (space.at(-2) ?? null) : null),
    x: named("x") ?? (byOrder ? (space.at(-1) ?? null) : null),
  };
}

/** Frames as whole numbers; times in seconds are divided by the frame interval where it is known. */
export async function readFrames(
  store: ZarrStore,
  path: string,
  axis: GeffAxis | null,
  column: (name: string) => Promise<Column>,
  { ids, frameIntervalS }: { readonly ids: Column; readonly frameIntervalS: number | null },
): Promise<Column> {
  if (axis === null) throw geffFault(store, path, "none of its axes is time");
  const values = await column(axis.name);
  const seconds = axis.scale === null ? secondsPer(axis.unit) : undefined;
  const whole = (of: ArrayLike<number>) => {
    for (let i = 0; i < of.length; i++) if (!(Number.isInteger(of[i]!) && of[i]! >= 0)) return i;
    return -1;
  };
  if (seconds !== undefined && frameIntervalS !== null) {
    const counted = Float64Array.from(values, (value) => {
      const frame = (value * seconds) / frameIntervalS;
      return Math.abs(frame - Math.round(frame)) < 0.01 ? Math.round(frame) : frame;
    });
    if (whole(counted) < 0) return counted;
  }
  const bad = whole(values);
  if (bad < 0) return values;
  throw lineageFault(
    {
      code: "format.geff",
      file: store.name,
      remedy: "Save time as frames, whole numbers from 0, or with the frame interval of the image.",
    },
    [
      lineageError(
        "numberInvalid",
        { label: ids[bad]!, frame: null },
        `node ${ids[bad]} is at time ${values[bad]}, which is not a frame`,
      ),
    ],
  );
}

/** Units of the axes per pixel. Values with a scale of their own, or in pixels, or without a unit, are pixels. */
export function scalesOf(axis: KnownAxes, { mpp = null, zStepUm = null }: ImageSizes) {
  const perPixel = (of: GeffAxis | null, size: number | null | undefined): number | null => {
    if (of === null || of.scale !== null || of.unit === null) return 1;
    const micrometres = micrometresPer(of.unit);
    if (micrometres === undefined) return 1;
    return size === null || size === undefined ? null : size / micrometres;
  };
  const [z, y, x] = [perPixel(axis.z, zStepUm), perPixel(axis.y, mpp?.y), perPixel(axis.x, mpp?.x)];
  return { z: z ?? 1, y: y ?? 1, x: x ?? 1, known: z !== null && y !== null && x !== null };
}

/** Pixel size that the axes state; `null` for none. */
export function mppOf({ y, x }: KnownAxes): { readonly y: number; readonly x: number } | null {
  const [sizeY, sizeX] = [sizeOf(y, micrometresPer), sizeOf(x, micrometresPer)];
  return sizeY === null || sizeX === null ? null : { y: sizeY, x: sizeX };
}

/** Spacing of planes and frames that the axes state, as raw metadata fields. */
export function stepsOf({ t, z }: KnownAxes): Record<string, string> {
  const [seconds, step] = [sizeOf(t, secondsPer), sizeOf(z, micrometresPer)];
  return {
    ...(step === null ? {} : { zStepUm: String(step) }),
    ...(seconds === null ? {} : { frameIntervalS: String(seconds) }),
  };
}

function sizeOf(axis: GeffAxis | null, per: (unit: string | null) => number | undefined): number | null {
  if (axis?.scale === null || axis === null || !(axis.scale > 0)) return null;
  const unit = per(axis.scaledUnit);
  return unit === undefined ? null : axis.scale * unit;
}
