/**
 * A polygon with holes as one ring, for formats that know no holes: a cut leads to each hole and back.
 *
 * The cut is walked twice, so it encloses nothing: readers that fill even-odd or by winding leave the hole out exactly.
 */
import type { Ring, RingPolygon } from "#core/labels/index.ts";

/** Cost: O(corners of the ring times corners of its holes). */
export function joinHoles({ outer, holes }: RingPolygon): Ring {
  let ring = outer;
  for (const hole of holes) {
    const [at, from] = nearest(ring, hole);
    const turned = [...hole.slice(from), ...hole.slice(0, from + 2)];
    ring = [...ring.slice(0, at + 2), ...turned, ...ring.slice(at)];
  }
  return ring;
}

/** Where the two rings are closest, as positions in their lists. */
function nearest(ring: Ring, hole: Ring): [at: number, from: number] {
  let best: [number, number] = [0, 0];
  let bestDistance = Infinity;
  for (let i = 0; i < ring.length; i += 2) {
    for (let k = 0; k < hole.length; k += 2) {
      const distance =
        ((ring[i] as number) - (hole[k] as number)) ** 2 +
        ((ring[i + 1] as number) - (hole[k + 1] as number)) ** 2;
      if (distance < bestDistance) {
        bestDistance = distance;
        best = [i, k];
      }
    }
  }
  return best;
}
