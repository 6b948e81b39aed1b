import { expect, test } from "vitest";
import { forSeeds, labelsOf, randomLabels } from "#testing/index.ts";
import { findNucleusHomes, nestNuclei, type ObjectShape, objectShapesFromLabels } from "./index.ts";

const shapesOf = (picture: ReturnType<typeof labelsOf>): Map<string, ObjectShape> =>
  new Map([...objectShapesFromLabels(picture)].map(([label, shape]) => [String(label), shape]));

test("a nucleus belongs to the cell that holds most of it, and to none when less than half lies in one", () => {
  const cells = shapesOf(labelsOf("111.222", "111.222", "111.222", ".......", "444.555"));
  const nuclei = shapesOf(labelsOf("1......", "1..2222", "..33..2", "..33...", "......."));
  const homes = findNucleusHomes(nuclei, cells);
  // Nucleus 2: 4 of 5 pixels in cell 2. Nucleus 3: 1 of 4 in cell 1.
  expect(Object.fromEntries(homes.cellOf)).toEqual({ "1": "1", "2": "2", "3": null });
  expect(homes.outside).toEqual(["3"]);
  expect(homes.empty).toEqual(["4", "5"]);
  expect(homes.crowded).toEqual([]);
  expect(findNucleusHomes(nuclei, cells, 0.25).nucleiOf.get("1")).toEqual(["1", "3"]);
  expect(findNucleusHomes(nuclei, cells, 0.25).crowded).toEqual(["1"]);
});

test("law: the pairs are those of the rule for tissue, nestNuclei, where it moves nothing", () => {
  forSeeds(60, (random) => {
    const nuclei = randomLabels(random);
    const cells = {
      ...nuclei,
      data: nuclei.data.map((label) => (random.chance(0.7) ? label : random.int(6))),
    };
    const { pairs } = nestNuclei(nuclei, cells, { orphans: "drop", areaPxMin: 0 });
    const { cellOf } = findNucleusHomes(shapesOf(nuclei), shapesOf(cells));
    for (const [nucleus, cell] of pairs) expect(cellOf.get(String(nucleus))).toBe(String(cell));
  });
});

test("without cells every nucleus is outside, in scan order", () => {
  const nuclei = shapesOf(labelsOf("..2", "1.."));
  expect(findNucleusHomes(nuclei, new Map())).toMatchObject({ outside: ["2", "1"], empty: [], crowded: [] });
});
