/**
 * Objects as GeoJSON that QuPath opens by drag and drop, in pieces of text.
 *
 * Holes and detached parts are polygons along pixel edges, valid for geometry programs; reading gives the same objects.
 */
import { type ObjectShape, type Ring, shapeToPolygons } from "#core/labels/index.ts";

export interface GeoObject {
  readonly shape: ObjectShape;
  /** Class in QuPath, with its colour as 0xRRGGBB. */
  readonly cellType?: string;
  readonly colour?: number;
  readonly name?: string;
  /** Its types as terms; a property of the feature that QuPath keeps as it is. */
  readonly types?: readonly { readonly term: string; readonly by: string }[];
  /** Nucleus of a cell; makes the object a QuPath cell. */
  readonly nucleus?: ObjectShape;
}

export interface WriteGeoJsonOptions {
  /** What QuPath makes of objects without a nucleus; default "detection": annotations are slow beyond some thousand. */
  readonly objectType?: "annotation" | "detection";
}

/** @returns pieces of one FeatureCollection, in the given order; the same objects give the same text. */
export function* writeGeoJson(
  objects: Iterable<GeoObject>,
  options: WriteGeoJsonOptions = {},
): Generator<string> {
  yield '{"type":"FeatureCollection","features":[';
  let first = true;
  for (const object of objects) {
    yield `${first ? "\n" : ",\n"}${JSON.stringify(featureOf(object, options.objectType ?? "detection"))}`;
    first = false;
  }
  yield "\n]}\n";
}

function featureOf(object: GeoObject, objectType: string) {
  const { shape, nucleus, cellType, colour, name, types } = object;
  const classification =
    cellType === undefined
      ? {}
      : { classification: { name: cellType, ...(colour === undefined ? {} : { color: rgb(colour) }) } };
  return {
    type: "Feature",
    geometry: geometryOf(shape),
    ...(nucleus === undefined ? {} : { nucleusGeometry: geometryOf(nucleus) }),
    properties: {
      objectType: nucleus === undefined ? objectType : "cell",
      ...(name === undefined ? {} : { name }),
      ...classification,
      ...(types === undefined ? {} : { cell_types: types }),
    },
  };
}

function rgb(colour: number): [number, number, number] {
  return [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255];
}

function geometryOf(shape: ObjectShape) {
  const polygons = shapeToPolygons(shape).map(({ outer, holes }) => [outer, ...holes].map(closed));
  // QuPath keeps the plane within the geometry.
  const plane = shape.t > 0 || shape.z > 0 ? { plane: { c: -1, z: shape.z, t: shape.t } } : {};
  return polygons.length === 1
    ? { type: "Polygon", coordinates: polygons[0], ...plane }
    : { type: "MultiPolygon", coordinates: polygons, ...plane };
}

/** Pairs, the first repeated at the end. */
function closed(ring: Ring): [number, number][] {
  const corners: [number, number][] = [];
  for (let i = 0; i <= ring.length; i += 2)
    corners.push([ring[i % ring.length] as number, ring[(i % ring.length) + 1] as number]);
  return corners;
}
