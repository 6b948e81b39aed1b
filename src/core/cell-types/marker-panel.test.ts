import { describe, expect, test } from "vitest";
import {
  assertPanel,
  type CellTypes,
  emptyPanel,
  type MarkerPanel,
  markerKey,
  markerThresholds,
  proposeTypes,
  readMarkers,
} from "./index.ts";

const T = "CL:0000084";
const CD8 = "CL:0000625";
const B = "CL:0000236";

const panel: MarkerPanel = {
  types: [
    {
      term: T,
      markers: [
        { marker: "CD3", expect: "positive" },
        { marker: "CD20", expect: "negative" },
      ],
    },
    {
      term: CD8,
      markers: [
        { marker: "CD3", expect: "positive" },
        { marker: "CD8", expect: "positive" },
      ],
    },
    {
      term: B,
      markers: [
        { marker: "CD20", expect: "positive" },
        { marker: "CD3", expect: "variable" },
      ],
    },
  ],
  thresholds: [
    { marker: "cd-3", value: 10 },
    { marker: "CD20", value: 10 },
    { marker: "CD8", value: 10 },
  ],
};
const ancestors = (term: string): string[] => (term === CD8 ? [T] : []);
const column = (...values: number[]): Float64Array => Float64Array.from(values);
// By hand: a T cell, a CD8 T cell (fits T, too), a B cell, CD3 and CD20 and CD8 at once, nothing, CD3 not measured.
const values = new Map([
  ["cd3", column(20, 20, 0, 20, 0, Number.NaN)],
  ["cd20", column(0, 0, 30, 30, 0, 0)],
  ["cd8", column(0, 15, 0, 15, 0, 99)],
]);
const cells = ["t", "cd8", "b", "odd", "none", "blank"];
const nobody = { typesOf: () => null, ancestors };

describe("proposals by rules", () => {
  test("the narrowest type that fits; several that do not lie under one another are none", () => {
    const { changes, ambiguous, unmatched, spared } = proposeTypes(panel, cells, values, nobody);
    expect(changes.map(({ uid, after }) => [uid, after?.[0]?.term])).toEqual([
      ["t", T],
      ["cd8", CD8],
      ["b", B],
    ]);
    expect(changes.every(({ after }) => after?.[0]?.by === "rule")).toBe(true);
    expect({ ambiguous, unmatched, spared }).toEqual({ ambiguous: 1, unmatched: 2, spared: 0 });
  });

  test("never over a person's, over its own again, and off where it fits no more", () => {
    const present: Record<string, CellTypes> = {
      t: [{ term: B, by: "person" }],
      cd8: [{ term: T, by: "rule" }],
      b: [{ term: B, by: "rule" }],
      none: [{ term: T, by: "rule" }],
    };
    const typesOf = (uid: string): CellTypes | null => present[uid] ?? null;
    const { changes, spared } = proposeTypes(panel, cells, values, { typesOf, ancestors });
    expect(spared).toBe(1);
    expect(changes).toEqual([
      { uid: "cd8", before: present["cd8"], after: [{ term: CD8, by: "rule" }] },
      { uid: "none", before: present["none"], after: null },
    ]);
  });

  test("a type without a positive or negative marker is proposed for nobody", () => {
    const vague: MarkerPanel = {
      types: [{ term: T, markers: [{ marker: "CD3", expect: "variable" }] }],
      thresholds: [],
    };
    expect(proposeTypes(vague, cells, values, nobody).changes).toEqual([]);
  });
});

test("a threshold nobody set lies between the two groups of cells", () => {
  const two = column(5, 6, 7, 5, 6, 400, 500, 450);
  const found = markerThresholds(
    emptyPanel,
    new Map([
      ["x", two],
      ["flat", column(3, 3, 3)],
      ["gone", column(Number.NaN)],
    ]),
  );
  // Half-way between 7 and 400 on the scale of log(1 + v): sqrt(8 * 401) - 1.
  expect(found.get("x")).toBeCloseTo(Math.sqrt(8 * 401) - 1, 9);
  expect([...found.keys()]).toEqual(["x"]);
});

test("expected beside measured, and what cannot be said is null", () => {
  const thresholds = markerThresholds(panel, values);
  const [type] = panel.types;
  expect(readMarkers(type as never, 3, values, thresholds)).toEqual([
    { marker: "CD3", expect: "positive", value: 20, threshold: 10, fits: true },
    { marker: "CD20", expect: "negative", value: 30, threshold: 10, fits: false },
  ]);
  expect(readMarkers(type as never, 5, values, thresholds)[0]).toMatchObject({ value: null, fits: null });
  expect(markerKey("CD-3 ε")).toBe("cd3ε");
});

test.each<[string, MarkerPanel]>([
  ["a type twice", { types: [panel.types[0] as never, panel.types[0] as never], thresholds: [] }],
  [
    "a marker twice",
    {
      types: [
        {
          term: T,
          markers: [
            { marker: "CD3", expect: "positive" },
            { marker: "cd 3", expect: "negative" },
          ],
        },
      ],
      thresholds: [],
    },
  ],
  ["no term", { types: [{ term: "T cell", markers: [] }], thresholds: [] }],
  ["a nameless marker", { types: [], thresholds: [{ marker: " ", value: 1 }] }],
  ["a threshold that is none", { types: [], thresholds: [{ marker: "a", value: Number.NaN }] }],
])("refuses a panel with %s", (_, bad) => {
  expect(() => assertPanel(bad)).toThrow(expect.objectContaining({ code: "request.invalid" }));
});
