import { expect, test } from "vitest";
import { forSeeds } from "#testing/index.ts";
import { type ObjectShape, shapesOverlap } from "../labels/index.ts";
import { findOverlap } from "./find-overlap.ts";
import type { ObjectChange } from "./operation.ts";

/** Full rectangles from tiny to larger than 256 grid cells. */
function rectangle(y0: number, x0: number, height: number, width: number): ObjectShape {
  const count = height * width;
  const bits = new Uint8Array(Math.ceil(count / 8)).fill(255);
  bits[bits.length - 1] = (0xff << (bits.length * 8 - count)) & 0xff;
  return { t: 0, z: 0, bbox: [y0, x0, y0 + height, x0 + width], bits };
}

test("law: finds an overlap exactly when a comparison of all pairs does", () =>
  forSeeds(300, (random) => {
    const make = (): ObjectShape =>
      rectangle(
        random.int(400),
        random.int(400),
        1 + random.int(random.chance(0.02) ? 1500 : 40),
        1 + random.int(random.chance(0.02) ? 1500 : 40),
      );
    const objects = new Map(Array.from({ length: random.int(12) }, (_, k) => [`o${k}`, make()] as const));
    const changes: ObjectChange[] = Array.from({ length: 1 + random.int(4) }, (_, k) => ({
      uid: random.chance(0.3) ? `o${k}` : `n${k}`,
      before: null,
      after: random.chance(0.2) ? null : make(),
    }));
    const changed = new Set(changes.map(({ uid }) => uid));
    const rest = [...objects].filter(([uid]) => !changed.has(uid)).map(([, shape]) => shape);
    const fresh = changes.flatMap(({ after }) => (after === null ? [] : [after]));
    const expected = fresh.some(
      (a, k) => fresh.slice(k + 1).some((b) => shapesOverlap(a, b)) || rest.some((b) => shapesOverlap(a, b)),
    );
    expect(findOverlap(objects, changes) !== null).toBe(expected);
  }));
