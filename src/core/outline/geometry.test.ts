/** Polygons, distances, signed distances, simple points, smoothing, shapes between shapes: against brute force and closed forms. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forSeeds, maskOf, pictureOf, randomLabels } from "#testing/index.ts";
import { type Mask, mask } from "../array/index.ts";
import {
  connectedComponents,
  type ObjectShape,
  objectShapeFromMask,
  shapeArea,
  shapesEqual,
  shapeToMask,
} from "../labels/index.ts";
import {
  fillPolygonInPlace,
  interpolateShapes,
  isSimple,
  nearestSource,
  polygonArea,
  shapeCentroid,
  signedDistance,
  smoothMask,
} from "./index.ts";

type Corner = { readonly y: number; readonly x: number };

const field = (height: number, width: number, y0 = 0, x0 = 0) => ({
  y0,
  x0,
  height,
  width,
  data: new Uint8Array(height * width),
});

describe("fillPolygonInPlace", () => {
  /** Winding number by the angles seen from a point that lies on no edge. */
  function winding(corners: readonly Corner[], at: Corner): number {
    let sum = 0;
    for (let k = 0; k < corners.length; k++) {
      const [a, b] = [corners[k]!, corners[(k + 1) % corners.length]!];
      const cross = (a.x - at.x) * (b.y - at.y) - (b.x - at.x) * (a.y - at.y);
      const dot = (a.x - at.x) * (b.x - at.x) + (a.y - at.y) * (b.y - at.y);
      sum += Math.atan2(cross, dot);
    }
    return Math.round(sum / (2 * Math.PI));
  }

  // Odd sixteenths: no pixel centre lies on an edge of such corners often enough to matter; those that do are skipped.
  const corner = fc.record({
    y: fc.integer({ min: -48, max: 250 }).map((v) => v / 16 + 1 / 64),
    x: fc.integer({ min: -48, max: 250 }).map((v) => v / 16 + 1 / 128),
  });

  test("law: exactly the pixels the line winds around, cut to the window", () => {
    fc.assert(
      fc.property(fc.array(corner, { minLength: 3, maxLength: 9 }), (corners) => {
        const into = field(13, 11, 1, 2);
        fillPolygonInPlace(into, corners);
        for (let i = 0; i < into.data.length; i++) {
          const at = { y: 1 + Math.floor(i / 11), x: 2 + (i % 11) };
          const nearEdge = corners.some((a, k) => {
            const b = corners[(k + 1) % corners.length]!;
            const length = Math.hypot(b.y - a.y, b.x - a.x);
            const cross = (b.x - a.x) * (at.y - a.y) - (b.y - a.y) * (at.x - a.x);
            return Math.abs(cross) <= 1e-9 * Math.max(1, length);
          });
          if (!nearEdge) expect(into.data[i]).toBe(winding(corners, at) === 0 ? 0 : 1);
        }
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  test("area by the shoelace formula, to within half a pixel per pixel of outline", () => {
    forSeeds(60, (random) => {
      // A star seen from its middle has no self-crossing.
      const count = 5 + random.int(20);
      const corners = Array.from({ length: count }, (_, k) => {
        const [angle, radius] = [(2 * Math.PI * k) / count, 12 + random.next() * 25];
        return { y: 45.3 + radius * Math.sin(angle), x: 44.7 + radius * Math.cos(angle) };
      });
      const into = field(90, 90);
      fillPolygonInPlace(into, corners);
      const pixels = into.data.reduce((sum, value) => sum + value, 0);
      const outline = corners.reduce((sum, a, k) => {
        const b = corners[(k + 1) % count]!;
        return sum + Math.hypot(b.y - a.y, b.x - a.x);
      }, 0);
      expect(Math.abs(pixels - polygonArea(corners))).toBeLessThan(outline / 2);
    });
  });

  test("neighbours with a common edge share every pixel out once, also when centres lie on it", () => {
    const [a, b, c, d] = [
      { y: 0, x: 0 },
      { y: 0, x: 6 },
      { y: 6, x: 6 },
      { y: 6, x: 0 },
    ] as const;
    const [upper, lower, whole] = [field(8, 8), field(8, 8), field(8, 8)];
    fillPolygonInPlace(upper, [a, b, c]);
    fillPolygonInPlace(lower, [c, d, a]);
    fillPolygonInPlace(whole, [a, b, c, d]);
    whole.data.forEach((value, i) => {
      expect((upper.data[i] as number) + (lower.data[i] as number)).toBe(value);
    });
    expect(whole.data.reduce((sum, value) => sum + value, 0)).toBe(36);
  });

  test("a lasso that runs over itself leaves no hole", () => {
    const into = field(9, 9);
    const square = [
      { y: 0.5, x: 0.5 },
      { y: 0.5, x: 7.5 },
      { y: 7.5, x: 7.5 },
      { y: 7.5, x: 0.5 },
    ];
    fillPolygonInPlace(into, [...square, ...square]);
    expect(into.data.reduce((sum, value) => sum + value, 0)).toBe(49);
  });
});

describe("nearestSource", () => {
  test("law: the least distance over all sources, and a source at that distance", () =>
    forSeeds(150, (random) => {
      const labels = randomLabels(random, 13, 4);
      const size = { y: random.pick([1, 0.3, 2.5]), x: random.pick([1, 0.45, 2]) };
      const { squared, source } = nearestSource(labels, size);
      const { height, width, data } = labels;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const best = new Map<number, number>();
          data.forEach((label, i) => {
            if (label === 0) return;
            const d = ((Math.floor(i / width) - y) * size.y) ** 2 + (((i % width) - x) * size.x) ** 2;
            best.set(label, Math.min(best.get(label) ?? Infinity, d));
          });
          const least = Math.min(Infinity, ...best.values());
          const i = y * width + x;
          if (least === Infinity) expect([squared.data[i], source.data[i]]).toEqual([Infinity, 0]);
          else {
            expect(squared.data[i]).toBeCloseTo(least, 9);
            expect(best.get(source.data[i] as number)).toBeCloseTo(least, 9);
          }
        }
      }
    }));
});

test("signedDistance: half a pixel on either side of a straight boundary", () => {
  const { data } = signedDistance(maskOf("..1111", "..1111"));
  expect([...data.subarray(0, 6)]).toEqual([1.5, 0.5, -0.5, -1.5, -2.5, -3.5]);
});

/** Pieces (8) and holes (4-connected background not counted with the outside). */
function topology({ height, width, data }: Mask): readonly [number, number] {
  const framed = mask(height + 2, width + 2);
  const inverse = mask(height + 2, width + 2);
  inverse.data.fill(1);
  for (let i = 0; i < data.length; i++) {
    const at = (Math.floor(i / width) + 1) * (width + 2) + (i % width) + 1;
    framed.data[at] = data[i] as number;
    inverse.data[at] = 1 - (data[i] as number);
  }
  const count = (image: Mask, connectivity: 4 | 8): number =>
    connectedComponents(image, connectivity).data.reduce((most, piece) => Math.max(most, piece), 0);
  return [count(framed, 8), count(inverse, 4) - 1];
}

describe("isSimple", () => {
  test("all 256 neighbourhoods: a pixel is simple exactly when flipping it keeps pieces and holes", () => {
    // Neighbours in the order of `around`, in a wide background or with the outside joined up behind them.
    const offsets = [
      [-1, -1],
      [-1, 0],
      [-1, 1],
      [0, 1],
      [1, 1],
      [1, 0],
      [1, -1],
      [0, -1],
    ] as const;
    for (let bits = 0; bits < 256; bits++) {
      const image = mask(3, 3);
      offsets.forEach(([dy, dx], k) => {
        image.data[(1 + dy) * 3 + 1 + dx] = (bits >> k) & 1;
      });
      const without = topology(image);
      image.data[4] = 1;
      const withIt = topology(image);
      const local = without[0] === withIt[0] && without[1] === withIt[1];
      // In the 3 x 3 window alone, pieces of object outside the window are not joined: the local count decides.
      expect([bits, isSimple(bits)]).toEqual([bits, local]);
    }
  });
});

describe("smoothMask", () => {
  const free = (m: Mask): Uint8Array => new Uint8Array(m.data.length).fill(1);

  test("law: pieces and holes stay, forbidden pixels are not taken", () =>
    forSeeds(120, (random) => {
      const labels = randomLabels(random, 24, 2);
      const image: Mask = {
        ...labels,
        dtype: "uint8",
        data: Uint8Array.from(labels.data, (v) => (v === 1 ? 1 : 0)),
      };
      const mayTake = Uint8Array.from(labels.data, (v) => (v === 0 ? 1 : 0));
      const smooth = smoothMask(image, 0.6 + random.next() * 3, mayTake);
      expect(topology(smooth)).toEqual(topology(image));
      smooth.data.forEach((value, i) => {
        if (value === 1) expect(image.data[i] === 1 || mayTake[i] === 1).toBe(true);
      });
    }));

  test("a bridge of one pixel and a ring survive any width", () => {
    const bridge = maskOf(".........", ".11...11.", ".1111111.", ".11...11.", ".........");
    expect(topology(smoothMask(bridge, 3, free(bridge)))).toEqual([1, 0]);
    const ring = maskOf(".......", ".11111.", ".1...1.", ".1...1.", ".11111.", ".......");
    expect(topology(smoothMask(ring, 3, free(ring)))).toEqual([1, 1]);
  });

  test("a large disc stays within a pixel of itself", () => {
    const disc = mask(64, 64);
    disc.data.forEach((_, i) => {
      disc.data[i] = Math.hypot(Math.floor(i / 64) - 31.5, (i % 64) - 31.5) <= 24 ? 1 : 0;
    });
    const { data } = smoothMask(disc, 2, free(disc));
    const distance = signedDistance(disc).data;
    data.forEach((value, i) => {
      if (value !== disc.data[i]) expect(Math.abs(distance[i] as number)).toBeLessThanOrEqual(1);
    });
  });

  test("single spikes and notches go", () => {
    const ragged = maskOf(
      ".........",
      ".........",
      "...1.....",
      ".1111111.",
      ".1111111.",
      ".1111.11.",
      ".........",
    );
    expect(pictureOf(smoothMask(ragged, 1, free(ragged)))[2]).toBe(".........");
  });
});

describe("interpolateShapes", () => {
  const image = { height: 80, width: 80 };
  const disc = (cy: number, cx: number, radius: number): ObjectShape => {
    const made = mask(80, 80);
    made.data.forEach((_, i) => {
      made.data[i] = Math.hypot(Math.floor(i / 80) - cy, (i % 80) - cx) <= radius ? 1 : 0;
    });
    return objectShapeFromMask(made) as ObjectShape;
  };

  test("law: at the ends the shapes themselves", () =>
    forSeeds(80, (random) => {
      const labels = randomLabels(random, 14, 1);
      const at = (y: number, x: number) =>
        objectShapeFromMask({ ...labels, dtype: "uint8", data: Uint8Array.from(labels.data) }, { y, x });
      const [a, b] = [at(10, 10), at(40 + random.int(9), 20)];
      if (a === null || b === null) return;
      const other = disc(50, 50, 7);
      expect(shapesEqual(interpolateShapes(a, other, 0, image)!, a)).toBe(true);
      expect(shapesEqual(interpolateShapes(other, a, 1, image)!, a)).toBe(true);
      // Between a shape and itself, moved by whole pixels to whole pixels, it is that shape again.
      const moved = interpolateShapes(
        a,
        { ...a, bbox: [a.bbox[0] + 8, a.bbox[1] - 4, a.bbox[2] + 8, a.bbox[3] - 4] },
        0.5,
        image,
      )!;
      expect(moved.bbox).toEqual([a.bbox[0] + 4, a.bbox[1] - 2, a.bbox[2] + 4, a.bbox[3] - 2]);
      expect(moved.bits).toEqual(a.bits);
    }));

  test("half-way between discs of 8 and 16 lies the disc of 12", () => {
    const between = interpolateShapes(disc(30, 30, 8), disc(50, 44, 16), 0.5, image)!;
    expect(shapeCentroid(between)).toEqual({ y: expect.closeTo(40, 6), x: expect.closeTo(37, 6) });
    const twelve = shapeToMask(disc(40, 37, 12));
    expect(Math.abs(shapeArea(between) - twelve.data.reduce((sum, v) => sum + v, 0))).toBeLessThan(
      2 * Math.PI * 12 * 0.5,
    );
  });

  test("what reaches outside the image is cut, all of it gives null; bad shares are refused", () => {
    const [a, b] = [disc(5, 5, 4), disc(75, 75, 4)];
    const small = { height: 30, width: 30 };
    expect(interpolateShapes(a, b, 0.9, small)).toBeNull();
    expect(interpolateShapes(a, b, 0.34, small)!.bbox[2]).toBe(30);
    expect(() => interpolateShapes(a, b, 1.1, small)).toThrow(
      expect.objectContaining({ code: "edit.invalid" }),
    );
    const far = { ...b, bbox: [90_000, 90_000, 90_009, 90_009] as const };
    expect(interpolateShapes(a, far, 0.5, small)).toBeNull();
    const vast: ObjectShape = {
      t: 0,
      z: 0,
      bbox: [0, 0, 1, 40_000_000],
      bits: new Uint8Array(5_000_000).fill(255),
    };
    expect(() => interpolateShapes(vast, a, 0.5, small)).toThrow(
      expect.objectContaining({ code: "limit.pixels" }),
    );
  });
});
