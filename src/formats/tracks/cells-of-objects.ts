/**
 * Objects of focal planes as cells of frames: what tracks run through.
 *
 * Objects of one frame with one label on several focal planes are one cell. Every writer of tracks needs this once, and
 * every reader needs the way back.
 */
import { measureCentre, type ObjectShape } from "#core/labels/index.ts";
import type { PlacedDetection, PlacedLineage, TrackLink } from "#core/lineage/index.ts";

export interface LabelledShape {
  readonly label: number;
  readonly shape: ObjectShape;
}

/** A link with places in a list of objects. */
interface ObjectLink {
  readonly from: number;
  readonly to: number;
  readonly kind: "link" | "division";
}

export interface CellsOfObjects extends PlacedLineage {
  /** Position of each object's cell in `detections`. */
  readonly cellOf: readonly number[];
}

/** @param links  positions in `objects`. Links that join the same two cells count once. Cost: linear in pixels. */
export function cellsOfObjects(
  objects: readonly LabelledShape[],
  links: readonly ObjectLink[],
): CellsOfObjects {
  const sums: { t: number; label: number; area: number; z: number; y: number; x: number }[] = [];
  const places = new Map<string, number>();
  const cellOf = objects.map(({ label, shape }) => {
    const key = `${shape.t}/${label}`;
    let cell = places.get(key);
    if (cell === undefined) {
      cell = sums.push({ t: shape.t, label, area: 0, z: 0, y: 0, x: 0 }) - 1;
      places.set(key, cell);
    }
    const { areaPx, centroid } = measureCentre(shape);
    const sum = sums[cell]!;
    sum.area += areaPx;
    sum.z += areaPx * shape.z;
    sum.y += areaPx * centroid.y;
    sum.x += areaPx * centroid.x;
    return cell;
  });
  const detections = sums.map(
    ({ t, label, area, z, y, x }): PlacedDetection => ({
      t,
      label,
      z: z / area,
      y: y / area,
      x: x / area,
      areaPx: area,
    }),
  );
  return { detections, links: cellLinks(links, cellOf), cellOf };
}

function cellLinks(links: readonly ObjectLink[], cellOf: readonly number[]): TrackLink[] {
  const seen = new Set<string>();
  return links.flatMap(({ from, to, kind }) => {
    const link = { from: cellOf[from]!, to: cellOf[to]!, kind };
    const key = `${link.from}/${link.to}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [link];
  });
}
