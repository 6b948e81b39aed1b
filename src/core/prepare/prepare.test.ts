/** Channels of real panels, weights and scales by hand. */

import { describe, expect, test } from "vitest";
import { balanceWeights, cellSizesNeeded, mapChannels, planScales } from "./index.ts";

const channels = (...names: (string | [name: string, role: string])[]) =>
  names.map((entry, index) =>
    typeof entry === "string"
      ? { index, name: entry, role: "other" }
      : { index, name: entry[0], role: entry[1] },
  );

describe("mapChannels", () => {
  test.each([
    ["stated roles, in the order wanted", channels(["a", "membrane"], ["b", "nuclear"]), [1, 0]],
    ["DAPI and E-cadherin by name", channels("CD11c", "DAPI", "E-Cadherin"), [1, 2]],
    ["Hoechst of one cycle and pan-cytokeratin", channels("Hoechst1", "Ki67", "Pan-Cytokeratin"), [0, 2]],
    ["histone H3 of imaging mass cytometry", channels("HistoneH3", "SMA", "Na-K ATPase"), [0, 2]],
    ["a stated role goes before a name", channels("DAPI", ["H2B-mCherry", "nuclear"], "WGA"), [1, 2]],
  ])("%s", (_, panel, indices) => {
    expect(mapChannels(panel, ["nuclear", "membrane"])).toMatchObject({ state: "mapped", indices });
  });

  test("the target goes before the name", () => {
    const panel = [
      { index: 0, name: "DAPI bleed", role: "other", target: "CD3" },
      { index: 1, name: "488", role: "other", target: "DNA" },
    ];
    expect(mapChannels(panel, ["nuclear"])).toEqual({ state: "mapped", indices: [1], by: ["target"] });
  });

  test("one channel serves whatever is wanted, unless it is stated to be something else", () => {
    expect(mapChannels(channels("channel 0"), ["nuclear"])).toMatchObject({ state: "mapped", by: ["only"] });
    expect(mapChannels(channels(["channel 0", "phase"]), ["nuclear"])).toEqual({
      state: "missing",
      role: "nuclear",
    });
  });

  test("two candidates are a question, none is missing", () => {
    expect(mapChannels(channels("CD3", "CD45", "DAPI"), ["nuclear", "membrane"])).toMatchObject({
      state: "ambiguous",
      role: "membrane",
      candidates: [{ name: "CD3" }, { name: "CD45" }],
    });
    expect(mapChannels(channels("red", "green"), ["nuclear"])).toEqual({ state: "missing", role: "nuclear" });
    // Two cycles stated as nuclear: the usual marker decides when only one is.
    expect(mapChannels(channels(["marker", "nuclear"], ["DAPI", "nuclear"]), ["nuclear"])).toMatchObject({
      indices: [1],
    });
  });
});

describe("balanceWeights", () => {
  const of = (organ: string, classes?: Record<string, number>) => ({ strata: { organ }, classes });
  test("strata weigh inversely to their size, within the cap; sums of strata are then alike", () => {
    const images = [...Array(8).fill(of("lung")), ...Array(4).fill(of("liver")), of("thymus")];
    const weights = balanceWeights(images, { fields: ["organ"], cap: 3 });
    expect(weights.slice(0, 8)).toEqual(Array(8).fill(0.5));
    expect(weights.slice(8, 12)).toEqual(Array(4).fill(1));
    expect(weights[12]).toBe(3);
  });
  test("images with rare classes weigh more; without fields and classes all weigh the same", () => {
    const images = [of("a", { common: 100 }), of("a", { common: 90, middle: 20 }), of("a", { rare: 5 })];
    expect(balanceWeights(images, { fields: [], cap: 10 })).toEqual([1, 1, 4]);
    expect(balanceWeights([of("a"), of("b"), of("b")], { fields: [], cap: 10 })).toEqual([1, 1, 1]);
  });
});

describe("planScales", () => {
  const half = { y: 0.5, x: 0.5 };
  const image = (mpp: typeof half | null, diameterPx: number | null, group = "a", cellCount = 50) => ({
    mpp,
    diameterPx,
    group,
    cellCount,
  });
  const refuse = { unknown: "refuse", cellDiameterPx: 20 } as const;

  test("all known: the median is the target while cells are about as large as wanted", () => {
    // 24 px are 12 µm; at 0.5 µm they are within a factor of 1.5 of 20 px.
    const images = [half, { y: 1, x: 1 }, half].map((mpp) => image(mpp, 12 / mpp.x));
    expect(cellSizesNeeded(images, refuse)).toBe("some");
    const asStated = {
      target: half,
      images: images.map(({ mpp }) => ({ mpp, scale: 1 })),
      refused: 0,
      fromCells: 0,
    };
    expect(planScales(images, refuse)).toEqual(asStated);
    const unmeasured = images.map(({ mpp }) => image(mpp, null));
    expect(planScales(unmeasured, refuse)).toEqual(asStated);
  });

  test("all known, cells far larger than wanted: the target is the size at which they have it", () => {
    // Cells of 60 µm at 20 px: 3 µm a pixel.
    const images = [half, half].map((mpp) => image(mpp, 120));
    const { target, images: planned } = planScales(images, refuse);
    expect(target).toEqual({ y: 3, x: 3 });
    expect(planned).toEqual(images.map(() => ({ mpp: half, scale: 1 })));
    expect(planScales(images, { ...refuse, target: half }).target).toEqual(half);
    expect(cellSizesNeeded(images, { ...refuse, target: half })).toBe("none");
    expect(cellSizesNeeded(images, { ...refuse, cellDiameterPx: null })).toBe("none");
  });

  test("none known: cells come to one diameter, few cells ask their group, no cells ask all", () => {
    const images = [
      image(null, 10, "a"),
      image(null, 40, "b"),
      // Two cells of an odd size count less than the group's.
      image(null, 90, "b", 2),
      image(null, null, "b", 0),
      image(null, null, "c", 0),
    ];
    expect(cellSizesNeeded(images, refuse)).toBe("each");
    // Group b: of 40 and 90 the upper median; all: 10, 40, 90.
    expect(planScales(images, refuse)).toEqual({
      target: null,
      images: [2, 0.5, 20 / 90, 20 / 90, 0.5].map((scale) => ({ mpp: null, scale })),
      refused: 0,
      fromCells: 5,
    });
    const asTheyAre = { unknown: "refuse", cellDiameterPx: null } as const;
    expect(cellSizesNeeded(images, asTheyAre)).toBe("none");
    expect(planScales(images, asTheyAre)).toMatchObject({ fromCells: 0, images: { 0: { scale: 1 } } });
  });

  test("for a model that knows no pixel size, cells decide even where images state theirs", () => {
    const wishes = { unknown: "refuse", target: null, cellDiameterPx: 20 } as const;
    expect(cellSizesNeeded([image(half, 10)], wishes)).toBe("each");
    expect(planScales([image(half, 10)], wishes).images).toEqual([{ mpp: null, scale: 2 }]);
  });

  test("a mixture is refused, or sizes come from the cells", () => {
    const images = [image(half, 20), image(half, 20), image(null, 40), image(null, null)];
    expect(cellSizesNeeded(images, refuse)).toBe("none");
    expect(planScales(images, refuse)).toMatchObject({ refused: 2, fromCells: 0 });
    const fromCells = { unknown: "fromCells", cellDiameterPx: 20 } as const;
    expect(cellSizesNeeded(images, fromCells)).toBe("each");
    // Cells of 20 px at 0.5 µm are 10 µm; 40 px for 10 µm are 0.25 µm each.
    expect(planScales(images, fromCells)).toEqual({
      target: half,
      images: [half, half, { y: 0.25, x: 0.25 }, null].map((mpp) => ({ mpp, scale: 1 })),
      refused: 1,
      fromCells: 1,
    });
  });
});
