/**
 * What OME-Zarr metadata say: axes, sizes of pixels, channels, labels, plates. Versions 0.1 to 0.5 (and the parts of
 * 0.6 that are unchanged).
 *
 * 0.5 keeps everything under `ome` in the attributes of Zarr v3, older versions at the top of `.zattrs`. Versions
 * before 0.4 have no pixel size; the first two not even axes (always tczyx then). Specification: NGFF.
 */
import type { Mpp } from "../../read-image-types.ts";
import { isRecord, type Json, pathInside, records, type ZarrNode, zarrFault } from "./zarr-metadata.ts";
import type { ZarrStore } from "./zarr-store.ts";

/** Position of each of our axes among the dimensions of the array; missing axes are absent. */
export type AxisDimensions = Readonly<Partial<Record<"t" | "c" | "z" | "y" | "x", number>>>;

export interface OmeZarrLevel {
  /** Of the array, from the root of the hierarchy. */
  readonly path: string;
  /** Size of a pixel per dimension, in the units of the axes. */
  readonly scale: readonly number[] | null;
}

export interface Multiscale {
  readonly name: string;
  readonly axes: readonly { readonly name: string; readonly unit: string | null }[];
  readonly levels: readonly OmeZarrLevel[];
}

const LEVELS_MAX = 64;

/** The part of the attributes that is OME's. */
export function omeAttributes({ attributes }: ZarrNode): Json {
  const { ome } = attributes;
  return isRecord(ome) ? ome : attributes;
}

/** @returns `null` when the group is no image. @throws FoundryError `format.zarr` when what it says makes no sense. */
export function readMultiscale(store: ZarrStore, path: string, node: ZarrNode): Multiscale | null {
  const ome = omeAttributes(node);
  const first = records(ome["multiscales"])[0];
  if (first === undefined) return null;
  const datasets = records(first["datasets"]).slice(0, LEVELS_MAX);
  if (datasets.length === 0) throw zarrFault(store, path, "its multiscales name no array");
  const whole = scaleOf(first["coordinateTransformations"]);
  const name = first["name"];
  return {
    name: typeof name === "string" ? name : "",
    axes: axesOf(store, path, first["axes"]),
    levels: datasets.map((dataset) => ({
      path: pathInside(store, path, dataset["path"]),
      scale: combined(scaleOf(dataset["coordinateTransformations"]), whole),
    })),
  };
}

function axesOf(store: ZarrStore, path: string, axes: unknown): Multiscale["axes"] {
  if (axes === undefined) return [..."tczyx"].map((name) => ({ name, unit: null }));
  if (!Array.isArray(axes)) throw zarrFault(store, path, "its axes are not a list");
  return axes.map((axis: unknown) => {
    if (typeof axis === "string") return { name: axis.toLowerCase(), unit: null };
    const { name, unit } = isRecord(axis) ? axis : {};
    if (typeof name !== "string") throw zarrFault(store, path, "one of its axes has no name");
    return { name: name.toLowerCase(), unit: typeof unit === "string" ? unit : null };
  });
}

/** Sizes of the one transformation of type scale. */
function scaleOf(transformations: unknown): readonly number[] | null {
  const { scale } = records(transformations).find(({ type }) => type === "scale") ?? {};
  const numbers =
    Array.isArray(scale) && scale.every((size) => typeof size === "number" && Number.isFinite(size));
  return numbers ? (scale as number[]) : null;
}

function combined(own: readonly number[] | null, whole: readonly number[] | null): readonly number[] | null {
  if (own === null || whole === null || own.length !== whole.length) return own ?? whole;
  return own.map((size, i) => size * whole[i]!);
}

/**
 * Our axes among the array's dimensions; dimensions of size 1 that have no place with us are left out.
 *
 * @throws FoundryError `format.zarr` for an axis without a place, twice the same axis, or no y and x.
 */
export function dimensionsOf(
  store: ZarrStore,
  path: string,
  { axes }: Multiscale,
  shape: readonly number[],
): AxisDimensions {
  if (axes.length !== shape.length)
    throw zarrFault(store, path, `it has ${shape.length} dimensions, its metadata tell of ${axes.length}`);
  const places: Record<string, number> = {};
  for (const [dimension, { name }] of axes.entries()) {
    if (/^[tczyx]$/.test(name) && places[name] === undefined) places[name] = dimension;
    else if (shape[dimension] !== 1)
      throw zarrFault(
        store,
        path,
        `its axis "${name.slice(0, 40)}" has no place here`,
        "Save it with axes among t, c, z, y and x.",
      );
  }
  if (places["y"] === undefined || places["x"] === undefined)
    throw zarrFault(store, path, "it has no axes y and x");
  return places;
}

// UDUNITS-2 names of lengths that microscopes use, in micrometres, and of times, in seconds.
const lengthUnits: Readonly<Record<string, number>> = {
  angstrom: 1e-4,
  picometer: 1e-6,
  nanometer: 1e-3,
  micrometer: 1,
  millimeter: 1e3,
  centimeter: 1e4,
  meter: 1e6,
  inch: 25_400,
  µm: 1,
  μm: 1,
  um: 1,
  nm: 1e-3,
  mm: 1e3,
  micron: 1,
};
const timeUnits: Readonly<Record<string, number>> = {
  nanosecond: 1e-9,
  microsecond: 1e-6,
  millisecond: 1e-3,
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  s: 1,
  ms: 1e-3,
};

/** Micrometres of one unit of length; `undefined` for a unit that is not known. */
export function micrometresPer(unit: string | null): number | undefined {
  return unit !== null && Object.hasOwn(lengthUnits, unit) ? lengthUnits[unit] : undefined;
}

/** Seconds of one unit of time; `undefined` for a unit that is not known. */
export function secondsPer(unit: string | null): number | undefined {
  return unit !== null && Object.hasOwn(timeUnits, unit) ? timeUnits[unit] : undefined;
}

/** Size of a pixel along an axis, with its unit known; `null` when the metadata do not say. */
function sizeAlong(
  multiscale: Multiscale,
  level: OmeZarrLevel,
  axis: string,
  unitSize: (unit: string | null) => number | undefined,
) {
  const dimension = multiscale.axes.findIndex(({ name }) => name === axis);
  const size = level.scale?.[dimension];
  const factor = unitSize(multiscale.axes[dimension]?.unit ?? null);
  return size === undefined || factor === undefined || !(size > 0) ? null : size * factor;
}

/** Micrometres per pixel of a level; a scale without a unit is no pixel size. */
export function mppOf(multiscale: Multiscale, level: OmeZarrLevel): Mpp | null {
  const [y, x] = [
    sizeAlong(multiscale, level, "y", micrometresPer),
    sizeAlong(multiscale, level, "x", micrometresPer),
  ];
  return y === null || x === null ? null : { y, x };
}

/** Step between planes and frames as raw metadata fields. */
export function stepMetadata(multiscale: Multiscale, level: OmeZarrLevel): Record<string, string> {
  const z = sizeAlong(multiscale, level, "z", micrometresPer);
  const t = sizeAlong(multiscale, level, "t", secondsPer);
  return {
    ...(z === null ? {} : { zStepUm: String(Number(z.toPrecision(12))) }),
    ...(t === null ? {} : { frameIntervalS: String(Number(t.toPrecision(12))) }),
  };
}

/** Names of the channels, "" where there is none. */
export function channelLabels(ome: Json): string[] {
  const { omero } = ome;
  return records(isRecord(omero) ? omero["channels"] : undefined).map(({ label }) =>
    typeof label === "string" || typeof label === "number" ? String(label) : "",
  );
}

/** Strings of a list, e.g. paths of label images. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((text): text is string => typeof text === "string") : [];
}
