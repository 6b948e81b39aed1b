/**
 * One GeoJSON feature as QuPath exports it: an annotation, detection, tile or cell with its polygon, class and, for
 * cells, the polygon of its nucleus.
 */
import type { Ring } from "#core/labels/index.ts";
import { fault } from "../../fault.ts";

/** Polygons of one geometry, each with its rings: the outer one and its holes. */
export type Polygons = readonly (readonly Ring[])[];

export interface GeoFeature {
  /** QuPath's kind of object: "annotation", "detection", "cell", "tile" …; "" when the file does not say. */
  readonly objectType: string;
  /** `null` for points and lines, which have no area. */
  readonly polygons: Polygons | null;
  readonly nucleus: Polygons | null;
  /** Class, with the steps of a derived one joined by ": "; "" for none. */
  readonly classification: string;
  readonly name: string;
  /** From 0, as QuPath counts. */
  readonly plane: { readonly c: number; readonly z: number; readonly t: number };
}

const CORNERS_MAX = 2 ** 22;
const POLYGONS_MAX = 100_000;

type Fields = Readonly<Record<string, unknown>>;

const asFields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** @param at  place in the file, for messages. @throws FoundryError `format.geojson`. */
export function toFeature(value: unknown, file: string, at: number): GeoFeature {
  const fields = asFields(value);
  if (fields["type"] !== "Feature") throw geoFault(file, at, "a part of it is not a Feature");
  const properties = asFields(fields["properties"]);
  const geometry = asFields(fields["geometry"]);
  const nucleus = fields["nucleusGeometry"] ?? properties["nucleusGeometry"];
  return {
    objectType: textOf(properties["objectType"] ?? properties["object_type"]).toLowerCase(),
    polygons: polygonsOf(geometry, file, at),
    nucleus: nucleus === undefined || nucleus === null ? null : polygonsOf(asFields(nucleus), file, at),
    classification: classOf(properties["classification"]),
    name: textOf(properties["name"]),
    plane: planeOf(asFields(fields["plane"] ?? geometry["plane"] ?? properties["plane"])),
  };
}

export function geoFault(file: string, at: number, reason: string) {
  return fault("format.geojson", {
    file,
    place: `byte ${at}`,
    reason,
    remedy: "Export the objects again, in QuPath with File, Export objects as GeoJSON.",
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 500) : "";
}

/** QuPath writes {name} or, for derived classes, {names: [...]}; older exports write the bare name. */
function classOf(value: unknown): string {
  if (typeof value === "string") return textOf(value);
  const { name, names } = asFields(value);
  if (Array.isArray(names))
    return names
      .map(textOf)
      .filter((one) => one !== "")
      .join(": ");
  return textOf(name);
}

function planeOf(plane: Fields): GeoFeature["plane"] {
  const index = (value: unknown) =>
    typeof value === "number" && Number.isInteger(value) && value > 0 ? value : 0;
  return { c: index(plane["c"]), z: index(plane["z"]), t: index(plane["t"]) };
}

function polygonsOf(geometry: Fields, file: string, at: number): Polygons | null {
  const { type, coordinates } = geometry;
  if (type === "Polygon") return [ringsOf(coordinates, file, at)];
  if (type === "MultiPolygon") {
    if (!Array.isArray(coordinates) || coordinates.length > POLYGONS_MAX)
      throw geoFault(file, at, "a MultiPolygon has no list of polygons");
    return coordinates.map((one) => ringsOf(one, file, at));
  }
  if (type === "GeometryCollection") {
    const { geometries } = geometry;
    if (!Array.isArray(geometries) || geometries.length > POLYGONS_MAX)
      throw geoFault(file, at, "a GeometryCollection has no list of geometries");
    // One level deep: QuPath writes none within another.
    const all = geometries.flatMap((one) =>
      asFields(one)["type"] === "GeometryCollection" ? [] : (polygonsOf(asFields(one), file, at) ?? []),
    );
    return all.length === 0 ? null : all;
  }
  return null;
}

function ringsOf(value: unknown, file: string, at: number): Ring[] {
  if (!Array.isArray(value) || value.length > POLYGONS_MAX)
    throw geoFault(file, at, "a Polygon has no list of rings");
  return value.map((ring) => {
    if (!Array.isArray(ring) || ring.length > CORNERS_MAX)
      throw geoFault(file, at, "a ring is not a list of corners");
    const flat: number[] = [];
    for (const corner of ring) {
      const [x, y] = Array.isArray(corner) ? (corner as unknown[]) : [];
      if (typeof x !== "number" || typeof y !== "number" || !Number.isFinite(x) || !Number.isFinite(y))
        throw geoFault(file, at, "a corner is not a pair of numbers");
      flat.push(x, y);
    }
    // The first corner is repeated at the end by rule; our rings close themselves.
    const n = flat.length;
    return n > 2 && flat[0] === flat[n - 2] && flat[1] === flat[n - 1] ? flat.slice(0, -2) : flat;
  });
}
