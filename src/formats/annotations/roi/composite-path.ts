/**
 * Paths of composite regions of ImageJ (several parts, holes): floats of the kind "segment, its numbers, segment …",
 * filled even-odd.
 */
import { roiFault } from "./roi-fault.ts";
import { roiHeader, segmentNumbers } from "./roi-header.ts";

/** Straight pieces per curve: at most 1/200 of its size off. */
const CURVE_STEPS = 16;
const FLOATS_MAX = 2 ** 23;

/** @returns rings as x, y lists. @throws FoundryError `format.roi`. */
export function readPath(view: DataView, floats: number, file: string): number[][] {
  if (floats > FLOATS_MAX || roiHeader.coordinates + 4 * floats > view.byteLength)
    throw roiFault(file, `it is cut short: its path has ${floats} numbers`);
  const rings: number[][] = [];
  let ring: number[] = [];
  const numberAt = (i: number) => {
    const value = view.getFloat32(roiHeader.coordinates + 4 * i);
    if (!Number.isFinite(value)) throw roiFault(file, "its path holds a number that is not finite");
    return value;
  };
  for (let i = 0; i < floats; ) {
    const kind = numberAt(i++);
    const count = segmentNumbers[kind];
    if (count === undefined || i + count > floats)
      throw roiFault(file, `its path has an unknown step ${kind}`);
    const values = Array.from({ length: count }, (_, k) => numberAt(i + k));
    i += count;
    if (kind === 0 || kind === 4) {
      if (ring.length > 0) rings.push(ring);
      ring = kind === 0 ? values : [];
    } else if (kind === 1) ring.push(...values);
    else ring.push(...flatten(ring.slice(-2), values));
  }
  if (ring.length > 0) rings.push(ring);
  return rings;
}

/** A quadratic (2 control numbers, 2 of the end) or cubic curve as straight pieces, without its beginning. */
function flatten(start: readonly number[], values: readonly number[]): number[] {
  const [x0 = 0, y0 = 0] = start;
  const points = [x0, y0, ...values];
  const degree = points.length / 2 - 1;
  const weights = degree === 2 ? [1, 2, 1] : [1, 3, 3, 1];
  const out: number[] = [];
  for (let step = 1; step <= CURVE_STEPS; step++) {
    const t = step / CURVE_STEPS;
    let [x, y] = [0, 0];
    for (let k = 0; k <= degree; k++) {
      const weight = (weights[k] as number) * (1 - t) ** (degree - k) * t ** k;
      x += weight * (points[2 * k] as number);
      y += weight * (points[2 * k + 1] as number);
    }
    out.push(x, y);
  }
  return out;
}
