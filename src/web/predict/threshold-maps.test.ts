import { expect, test } from "vitest";
import type { InputContract } from "#nn/index.ts";
import { labelsFromMaps, mapsOf } from "./threshold-maps.ts";

const contract: Pick<InputContract, "compartments"> = {
  compartments: [
    {
      compartment: "nuclear",
      outputs: { innerDistance: "a", foreground: "b" },
      postprocessing: {
        foregroundThreshold: 0.5,
        seedThreshold: 0.3,
        seedProminence: 0,
        seedDistancePx: 0,
        smoothingPx: 0,
        seedless: "keep",
        areaPxMin: 1,
        holePxMax: 0,
      },
      confidence: null,
    },
  ],
};

/** Two cells of 2 x 2 pixels, one sure, one faint. */
function array() {
  const data = new Uint16Array(2 * 4 * 8);
  for (const [x, value] of [
    [1, 60_000],
    [5, 40_000],
  ] as const)
    for (const i of [8 + x, 9 + x, 16 + x, 17 + x]) {
      data[i] = value;
      data[32 + i] = value;
    }
  return { shape: [2, 4, 8], data };
}

test("a higher threshold loses the faint cell, a smallest size loses both", () => {
  const maps = mapsOf(array());
  const count = (settings: object): number =>
    labelsFromMaps(maps, contract, { nuclear: settings as never }, { height: 4, width: 8 })[0]?.cellCount ??
    -1;
  expect(count({})).toBe(2);
  // 40,000 of 65,535 is 0.61.
  expect(count({ foregroundThreshold: 0.7 })).toBe(1);
  expect(count({ areaPxMin: 5 })).toBe(0);
});

test("labels come at the size of the image, whatever the size of the maps", () => {
  const [found] = labelsFromMaps(mapsOf(array()), contract, {}, { height: 8, width: 16 });
  expect(found?.labels).toMatchObject({ height: 8, width: 16 });
  // Each pixel of the maps covers four of the image: two cells of 16 pixels.
  expect(found?.labels.data.filter((label) => label > 0)).toHaveLength(32);
});

test("an array of another form is refused", () => {
  expect(() => mapsOf({ shape: [3, 4, 4], data: [] })).toThrow(
    expect.objectContaining({ code: "format.npy" }),
  );
});
