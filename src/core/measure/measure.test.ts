/**
 * Measurements against scikit-image, SciPy and NumPy (`fixtures/regionprops.py`), closed forms and brute force.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { labelsOf, maskOf } from "#testing/index.ts";
import { type LabelImage, labelImage, plane } from "../array/index.ts";
import { isFoundryError } from "../errors.ts";
import { type ObjectShape, objectShapeFromMask, objectShapesFromLabels } from "../labels/index.ts";
import { rng } from "../rng.ts";
import {
  columnNamed,
  createMeasurer,
  lightStatistics,
  type MeasuredCell,
  type MeasureTable,
  measureCells,
  tableRows,
} from "./index.ts";

const [height, width] = [60, 80];
const mpp = { y: 0.5, x: 0.25 };

type Conics = Readonly<Record<number, readonly [number, number, number, number, number, number]>>;

// The same formulas as in the script.
const cellConics: Conics = {
  3: [12, 14, 4, 9, 3, 500],
  7: [12, 31, 9, 5, -4, 480],
  4: [36, 20, 1, 1, 0, 110],
  9: [36, 41, 1, 1, 0, 101],
  12: [0, 60, 1, 1, 0, 60],
  20: [45, 65, 6, 2, 3, 400],
};
const nucleusConics: Conics = {
  1: [12, 13, 1, 1, 0, 12],
  2: [12, 31, 2, 1, 0, 20],
  5: [36, 16, 1, 1, 0, 9],
  6: [38, 24, 1, 2, 0, 11],
  8: [36, 33, 1, 1, 0, 16],
  10: [55, 40, 1, 1, 0, 9],
  11: [47, 72, 1, 1, 0, 20],
};

function draw(conics: Conics, order: readonly number[]): LabelImage {
  const labels = labelImage(height, width);
  for (const label of order) {
    const [cy, cx, p, q, r, s] = conics[label] as (typeof conics)[number];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = p * (x - cx) ** 2 + q * (y - cy) ** 2 + r * (x - cx) * (y - cy);
        const i = y * width + x;
        if (value <= s && labels.data[i] === 0) labels.data[i] = label;
      }
    }
  }
  return labels;
}

const cells = draw(cellConics, [3, 7, 4, 9, 12, 20]);
for (let y = 34; y < 38; y++) for (let x = 39; x < 42; x++) cells.data[y * width + x] = 0;
const nuclei = draw(nucleusConics, [1, 2, 5, 6, 8, 10, 11]);

const pixels = (of: (y: number, x: number) => number): number[] =>
  Array.from({ length: height * width }, (_, i) => of(Math.floor(i / width), i % width));
const planes = [
  plane(
    "uint16",
    height,
    width,
    Uint16Array.from(pixels((y, x) => (x * 7919 + y * 104729 + x * y * 31) % 4096)),
  ),
  plane(
    "float64",
    height,
    width,
    Float64Array.from(
      pixels((y, x) => ((x + y) % 11 === 0 ? Number.NaN : ((x * x + 3 * y * y) % 997) / 8 - 20)),
    ),
  ),
];

type Statistics = readonly number[] | null;

interface Expected {
  readonly area: number;
  readonly centroid: readonly [number, number];
  readonly bbox: readonly number[];
  readonly equivalent_diameter: number;
  readonly axes: readonly [number, number];
  readonly eccentricity: number;
  readonly orientation: number;
  readonly extent: number;
  readonly perimeter: number;
  readonly perimeter_um: number;
  readonly solidity: number;
  readonly ellipse_um: readonly [number, number, number, number];
  readonly touching: number;
  readonly near: number;
  readonly nearest: number;
  readonly nuclei: number;
  readonly nuclear_area: number;
  readonly light: readonly Statistics[];
  readonly nuclear: readonly Statistics[];
  readonly cytoplasm: readonly Statistics[];
}

const expected = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures/regionprops.json"), "utf8"),
) as Readonly<Record<string, Expected>>;

const cellsOf = (labels: LabelImage): MeasuredCell[] =>
  [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ id: String(label), shape }));

const settings = {
  height,
  width,
  mpp,
  channels: ["DAPI", "Actin"],
  neighbourDistance: 8,
  nuclei: [...objectShapesFromLabels(nuclei).values()],
};

function valueIn(table: MeasureTable, id: string): (key: string) => number {
  const row = table.ids.indexOf(id);
  return (key) => {
    const column = columnNamed(table, key);
    if (column === undefined) throw new Error(`no column ${key}`);
    return column.values[row] as number;
  };
}

describe("against scikit-image, SciPy and NumPy", () => {
  const table = measureCells(cellsOf(cells), planes, settings);

  test("the scene is that of the script", () => {
    expect(table.ids).toEqual(Object.keys(expected));
    expect(table.columns.every(({ values }) => values.length === table.ids.length)).toBe(true);
    expect(new Set(table.columns.map(({ key }) => key)).size).toBe(table.columns.length);
  });

  test.each(Object.entries(expected))("place and shape of cell %s", (id, cell) => {
    const of = valueIn(table, id);
    expect([of("area_px"), of("area_um2")]).toEqual([cell.area, cell.area * mpp.y * mpp.x]);
    expect(of("centroid_y_px")).toBeCloseTo(cell.centroid[0], 10);
    expect(of("centroid_x_um")).toBeCloseTo(cell.centroid[1] * mpp.x, 10);
    expect(["y0", "x0", "y1", "x1"].map((side) => of(`bbox_${side}_px`))).toEqual(cell.bbox);
    expect(of("equivalent_diameter_px")).toBeCloseTo(cell.equivalent_diameter, 9);
    expect(of("equivalent_diameter_um")).toBeCloseTo(Math.sqrt((cell.area * mpp.y * mpp.x * 4) / Math.PI), 9);
    expect(of("major_axis_px")).toBeCloseTo(cell.axes[0], 8);
    expect(of("minor_axis_px")).toBeCloseTo(cell.axes[1], 8);
    expect(of("major_axis_um")).toBeCloseTo(cell.ellipse_um[0], 8);
    expect(of("minor_axis_um")).toBeCloseTo(cell.ellipse_um[1], 8);
    expect(of("eccentricity")).toBeCloseTo(cell.ellipse_um[2], 8);
    // -90 and 90 are one direction; ours is 90.
    const angle = cell.ellipse_um[3];
    expect(of("orientation_deg")).toBeCloseTo(angle < -89.999 ? angle + 180 : angle, 7);
    expect(of("perimeter_px")).toBeCloseTo(cell.perimeter, 9);
    expect(of("perimeter_um")).toBeCloseTo(cell.perimeter_um, 9);
    expect(of("solidity")).toBeCloseTo(cell.solidity, 9);
    expect(of("extent")).toBeCloseTo(cell.extent, 12);
    const round = (4 * Math.PI * cell.area * mpp.y * mpp.x) / cell.perimeter_um ** 2;
    expect(of("circularity")).toBeCloseTo(round, 9);
    const [top, left, bottom, right] = cell.bbox;
    const cut = top === 0 || left === 0 || bottom === height || right === width;
    expect(of("at_edge")).toBe(cut ? 1 : 0);
  });

  test("without a pixel size all is in pixels", () => {
    const plain = measureCells(cellsOf(cells), [], { ...settings, channels: [], mpp: null, nuclei: null });
    expect(plain.columns.filter(({ key }) => key.includes("um"))).toEqual([]);
    for (const [id, cell] of Object.entries(expected)) {
      const of = valueIn(plain, id);
      expect(of("eccentricity")).toBeCloseTo(cell.eccentricity, 8);
      // Cell 4 is a circle in pixels but for the pixels its neighbours took: its angle hangs on the last digit.
      if (cell.axes[0] / cell.axes[1] > 1.01) expect(of("orientation_deg")).toBeCloseTo(cell.orientation, 7);
    }
  });

  test.each(Object.entries(expected))("neighbours of cell %s", (id, cell) => {
    const of = valueIn(table, id);
    expect([of("touching_count"), of("neighbour_count")]).toEqual([cell.touching, cell.near]);
    expect(of("nearest_um")).toBeCloseTo(cell.nearest, 9);
    expect(columnNamed(table, "neighbour_count")?.title).toBe("Cells within 8 µm");
  });

  test.each(Object.entries(expected))("light of cell %s, whole and by compartment", (id, cell) => {
    const of = valueIn(table, id);
    expect([of("nucleus_count"), of("nuclear_area_px")]).toEqual([cell.nuclei, cell.nuclear_area]);
    expect(of("nuclear_share")).toBeCloseTo(cell.nuclear_area / cell.area, 12);
    const check = (region: string, channel: number, want: Statistics): void => {
      for (const [i, statistic] of lightStatistics.entries()) {
        const value = of(`c${channel}${region}_${statistic}`);
        if (want === null) expect(value).toBeNaN();
        else expect(value).toBeCloseTo(want[i] as number, 8);
      }
    };
    for (const channel of [0, 1]) {
      check("", channel, cell.light[channel] as Statistics);
      check("_nuclear", channel, cell.nuclear[channel] as Statistics);
      check("_cytoplasm", channel, cell.cytoplasm[channel] as Statistics);
    }
    const [nuclear, cytoplasm] = [cell.nuclear[0], cell.cytoplasm[0]];
    const ratio = of("c0_nuclear_to_cytoplasm");
    if (nuclear && cytoplasm)
      expect(ratio).toBeCloseTo((nuclear[0] as number) / (cytoplasm[0] as number), 10);
    else expect(ratio).toBeNaN();
  });
});

describe("closed forms", () => {
  const measureMask = (...rows: string[]) => {
    const shape = objectShapeFromMask(maskOf(...rows)) as ObjectShape;
    const frame = { height: 40, width: 40, mpp: null, channels: [], neighbourDistance: 5 };
    return valueIn(measureCells([{ id: "a", shape }], [], frame), "a");
  };

  test("a bar of 2 x 6", () => {
    const of = measureMask("111111", "111111");
    // Second moments of n points in a row: (n² - 1) / 12.
    expect(of("major_axis_px")).toBeCloseTo(4 * Math.sqrt(35 / 12), 12);
    expect(of("minor_axis_px")).toBeCloseTo(4 * Math.sqrt(3 / 12), 12);
    expect(of("orientation_deg")).toBe(0);
    // Sides 5 and 1 twice, four cut corners.
    expect(of("perimeter_px")).toBeCloseTo(12 + 4 * Math.SQRT1_2, 12);
    expect([of("solidity"), of("extent")]).toEqual([1, 1]);
  });

  test("angles are counter-clockwise on the screen", () => {
    expect(measureMask("1..", ".1.", "..1")("orientation_deg")).toBeCloseTo(-45, 10);
    expect(measureMask("..1", ".1.", "1..")("orientation_deg")).toBeCloseTo(45, 10);
    expect(measureMask("1", "1", "1")("orientation_deg")).toBe(90);
    expect(measureMask("1")("orientation_deg")).toBe(0);
  });

  test("one cell has no neighbour, and cells of different frames are none of each other", () => {
    const shape = objectShapeFromMask(maskOf("11", "11")) as ObjectShape;
    const next = { ...shape, t: 1 };
    const frame = { height: 9, width: 9, mpp: null, channels: ["A"], neighbourDistance: 100 };
    const table = measureCells(
      [
        { id: "a", shape },
        { id: "b", shape: next },
      ],
      [],
      frame,
    );
    const of = valueIn(table, "b");
    expect([of("t"), of("touching_count"), of("neighbour_count")]).toEqual([1, 0, 0]);
    expect(of("nearest_px")).toBeNaN();
    expect(of("c0_mean")).toBeNaN();
    expect(columnNamed(table, "z")).toBeUndefined();
  });

  test("corners that meet do not touch, sides do, overlaps do", () => {
    const diagonal = labelsOf("1.", ".2");
    const beside = labelsOf("12", "..");
    const frame = { height: 2, width: 2, mpp: null, channels: [], neighbourDistance: 1 };
    const touching = (list: MeasuredCell[]) => [
      ...(columnNamed(measureCells(list, [], frame), "touching_count")?.values ?? []),
    ];
    expect(touching(cellsOf(diagonal))).toEqual([0, 0]);
    expect(touching(cellsOf(beside))).toEqual([1, 1]);
    const over = cellsOf(labelsOf("11", "11"));
    expect(touching([...over, ...over])).toEqual([1, 1]);
  });
});

test("cells that lie on each other are measured by their own pixels, a covered one as if it were alone", () => {
  const [h, w] = [12, 16];
  const random = rng(3, "stacked");
  const light = plane(
    "uint16",
    h,
    w,
    Uint16Array.from({ length: h * w }, () => random.int(60000)),
  );
  const frame = { height: h, width: w, mpp, channels: ["light"], neighbourDistance: 5 };
  const cellOf = (id: string, y0: number, x0: number, y1: number, x1: number): MeasuredCell => {
    const labels = labelImage(h, w);
    for (let y = y0; y < y1; y++) labels.data.fill(1, y * w + x0, y * w + x1);
    return { id, shape: cellsOf(labels)[0]!.shape };
  };
  const stacked = [cellOf("small", 3, 4, 6, 9), cellOf("large", 1, 2, 10, 12), cellOf("half", 8, 8, 12, 16)];
  const together = measureCells(stacked, [light], frame);
  for (const [row, cell] of stacked.entries()) {
    const alone = measureCells([cell], [light], frame);
    for (const { key, group, values } of alone.columns) {
      if (group === "neighbours") continue;
      expect(columnNamed(together, key)?.values[row], `${cell.id} ${key}`).toBe(values[0]);
    }
  }
  expect([...(columnNamed(together, "area_px")?.values ?? [])]).toEqual([15, 90, 32]);
  expect([...(columnNamed(together, "touching_count")?.values ?? [])]).toEqual([1, 2, 1]);
});

describe("pixels in pieces", () => {
  // 260 cells over 2,300 x 1,500 pixels: six tiles.
  const [h, w] = [1500, 2300];
  const random = rng(7, "pieces");
  const labels = labelImage(h, w);
  for (let label = 1; label <= 260; label++) {
    const [y0, x0, side] = [random.int(h - 60), random.int(w - 60), 3 + random.int(50)];
    for (let y = y0; y < y0 + side; y++) labels.data.fill(label, y * w + x0, y * w + x0 + side);
  }
  const image = plane(
    "uint16",
    h,
    w,
    Uint16Array.from({ length: h * w }, () => random.int(65_536)),
  );
  const frame = { height: h, width: w, mpp: null, channels: ["A"], neighbourDistance: 100 };

  test("give the table of the whole, and every cell is in one group", () => {
    const list = cellsOf(labels);
    const whole = measureCells(list, [image], frame);
    const measurer = createMeasurer(list, frame);
    expect(measurer.groups.length).toBe(6);
    const rows = measurer.groups.flatMap((group) => group.rows);
    expect(rows.toSorted((a, b) => a - b)).toEqual(list.map((_, i) => i));
    for (const group of measurer.groups.toReversed()) {
      const [y0, x0, y1, x1] = group.box;
      const crop = plane("uint16", y1 - y0, x1 - x0);
      for (let y = y0; y < y1; y++)
        crop.data.set(image.data.subarray(y * w + x0, y * w + x1), (y - y0) * (x1 - x0));
      measurer.addLight(group, 0, { y0, x0, plane: crop });
    }
    expect(measurer.finish()).toEqual(whole);
  });

  test("neighbours as brute force finds them", () => {
    const list = cellsOf(labels);
    const table = measureCells(list, [image], frame);
    const y = columnNamed(table, "centroid_y_px")?.values as Float64Array;
    const x = columnNamed(table, "centroid_x_px")?.values as Float64Array;
    list.forEach((_, i) => {
      const distances = list
        .map((__, j) =>
          j === i ? Infinity : Math.hypot((y[i] ?? 0) - (y[j] ?? 0), (x[i] ?? 0) - (x[j] ?? 0)),
        )
        .sort((a, b) => a - b);
      expect(columnNamed(table, "nearest_px")?.values[i]).toBeCloseTo(distances[0] as number, 9);
      expect(columnNamed(table, "neighbour_count")?.values[i]).toBe(
        distances.filter((distance) => distance <= 100).length,
      );
    });
  });

  test("rows can be taken out in any order", () => {
    const table = measureCells(cellsOf(labels), [image], frame);
    const two = tableRows(table, [5, 2]);
    expect(two.ids).toEqual([table.ids[5], table.ids[2]]);
    expect([...(columnNamed(two, "c0_sum")?.values ?? [])]).toEqual([
      columnNamed(table, "c0_sum")?.values[5],
      columnNamed(table, "c0_sum")?.values[2],
    ]);
  });
});

describe("what cannot be measured", () => {
  const frame = { height: 2, width: 2, mpp: null, channels: ["A"], neighbourDistance: 1 };
  const code = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return isFoundryError(error) ? error.code : String(error);
    }
    return "none";
  };

  test("says so", () => {
    const inside = cellsOf(labelsOf("11", "11"));
    expect(code(() => measureCells(cellsOf(labelsOf("111")), [], frame))).toBe("label.invalid");
    expect(code(() => measureCells(inside, [], { ...frame, neighbourDistance: 0 }))).toBe("request.invalid");
    expect(code(() => measureCells(inside, [], { ...frame, neighbourDistance: Number.NaN }))).toBe(
      "request.invalid",
    );
    expect(code(() => measureCells(inside, [plane("uint8", 2, 3)], frame))).toBe("array.shapeMismatch");
  });

  test("no cells give a table without rows", () => {
    const table = measureCells([], [], frame);
    expect(table.ids).toEqual([]);
    expect(columnNamed(table, "area_px")?.values).toHaveLength(0);
  });
});
