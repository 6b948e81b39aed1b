/**
 * GeoJSON of QuPath: a FeatureCollection, or the bare list of features of older versions, of any size.
 *
 * QuPath's coordinates are pixels of the full image with (0, 0) at the corner of the first pixel; polygons are filled by
 * pixel centres, even-odd within a polygon.
 */
import type { ByteSource } from "../../byte-source.ts";
import { scanJson } from "../../containers/json/scan-json.ts";
import { fault } from "../../fault.ts";
import { type GeoFeature, geoFault, type Polygons, toFeature } from "./geojson-feature.ts";

// QuPath exports of a whole slide hold some million detections.
const FEATURES_MAX = 5_000_000;
// 512 MiB of coordinates in memory.
const NUMBERS_MAX = 2 ** 26;

/** @throws FoundryError `format.json`, `format.geojson`, `limit.objects`. */
export async function readGeoJson(source: ByteSource): Promise<GeoFeature[]> {
  const features: GeoFeature[] = [];
  let type = "";
  let numbers = 0;
  await scanJson(source, {
    wanted: (key) => key === "" || key === "features" || key === "type",
    element({ key, from, parse }) {
      if (key === "type") {
        type = String(parse());
        return undefined;
      }
      const feature = toFeature(parse(), source.name, from);
      features.push(feature);
      numbers += countNumbers(feature.polygons) + countNumbers(feature.nucleus);
      if (features.length > FEATURES_MAX || numbers > NUMBERS_MAX) {
        throw fault("limit.objects", {
          file: source.name,
          reason: `it holds more than ${FEATURES_MAX} features or ${NUMBERS_MAX} coordinates`,
          remedy: "Export the slide in parts.",
        });
      }
      return undefined;
    },
  });
  if (features.length === 0 && type !== "FeatureCollection")
    throw geoFault(source.name, 0, "it is neither a FeatureCollection nor a list of features");
  return features;
}

function countNumbers(polygons: Polygons | null): number {
  return polygons?.reduce((sum, rings) => rings.reduce((inner, ring) => inner + ring.length, sum), 0) ?? 0;
}
