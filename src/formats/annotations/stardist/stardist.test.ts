import { expect, test } from "vitest";
import { memoryFiles, readAll } from "#testing/import-files.ts";
import { labelsOf } from "#testing/index.ts";
import { writePng } from "../../pixels/png/write-png.ts";
import { writeLabelTiff } from "../../pixels/tiff/write-label-tiff.ts";
import { stardistLayout } from "./layout.ts";

const png = writePng({ height: 2, width: 2, channels: 1, data: new Uint8Array(4) });
const tiff = writeLabelTiff(labelsOf("12", ".2"), { mpp: { y: 1, x: 1 } });

test("images and masks of train and test, with the publisher's split as a fact", async () => {
  const result = await readAll(
    stardistLayout,
    memoryFiles("memory", {
      "dsb2018/train/images/a.tif": png,
      "dsb2018/train/masks/a.tif": tiff,
      "dsb2018/test/images/b.tif": png,
      "dsb2018/test/masks/b.tif": tiff,
      "dsb2018/LICENSE.txt": png,
    }),
  );
  expect(
    result!.items.map(({ item, read }) => [item.name, item.metadata, read.layers[0]!.objects.length]),
  ).toEqual([
    ["b", { sourceSplit: "test" }, 2],
    ["a", { sourceSplit: "train" }, 2],
  ]);
  expect(result!.plan.ignored.map(({ path }) => path)).toEqual(["dsb2018/LICENSE.txt"]);
  expect(
    await stardistLayout.plan(memoryFiles("memory", { "images/a.tif": png, "masks/a.tif": tiff })),
  ).toBeNull();
});
