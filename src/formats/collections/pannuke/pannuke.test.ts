import { expect, test } from "vitest";
import { checkMadeDataset } from "#testing/datasets/check-made.ts";
import { makePanNuke } from "#testing/datasets/histology.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { writeNpy } from "../../containers/npy/write-npy.ts";
import { pannukeLayout } from "./pannuke-layout.ts";

test("ids that restart per class are different nuclei, each with its class", async () => {
  const { plan, items } = await checkMadeDataset(pannukeLayout, makePanNuke({ count: 4, seed: 1 }));
  expect(plan.items.map(({ group, mpp }) => [group, mpp])).toEqual(
    Array(4).fill([null, { y: 0.25, x: 0.25 }]),
  );
  expect(items[0]!.image.image.dtype).toBe("uint8");
  expect(plan.licence).toBe("CC-BY-NC-SA-4.0");
  expect(plan.ignored.map(({ path }) => path)).toEqual(["Fold 1/images/fold1/by-nc-sa.md"]);
});

test("a pixel of two classes goes to the first, with a note", async () => {
  const masks = new Float64Array(4 * 6);
  masks.set([1, 0, 0, 0, 1, 0], 0);
  masks.set([0, 0, 0, 0, 1, 0], 6);
  const files = memoryFiles("m", {
    "images.npy": writeNpy("float64", [1, 2, 2, 3], new Float64Array(12)),
    "masks.npy": writeNpy("float64", [1, 2, 2, 6], masks),
  });
  const plan = (await pannukeLayout.plan(files))!;
  const { layers, notes } = await pannukeLayout.open(files).read(plan.items[0]!);
  expect(layers[0]!.objects.map(({ cellType, shape }) => [cellType, shape.bbox])).toEqual([
    ["Neoplastic", [0, 0, 1, 1]],
    ["Epithelial", [0, 1, 1, 2]],
  ]);
  expect(notes.join()).toContain("1 pixels belong to two objects (1 pairs)");
});

test("masks of other patches are refused; other arrays are not this set", async () => {
  const images = writeNpy("float64", [2, 2, 2, 3], new Float64Array(24));
  const wrong = memoryFiles("m", {
    "images.npy": images,
    "masks.npy": writeNpy("float64", [1, 2, 2, 6], new Float64Array(24)),
  });
  await expect(pannukeLayout.plan(wrong)).rejects.toThrow(/masks.npy: it has the shape \(1, 2, 2, 6\)/);
  const other = memoryFiles("m", {
    "images.npy": images,
    "masks.npy": writeNpy("uint8", [2, 2, 2, 1], new Uint8Array(8)),
  });
  expect(await pannukeLayout.plan(other)).toBeNull();
});
