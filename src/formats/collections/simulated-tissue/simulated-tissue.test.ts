import { expect, test } from "vitest";
import { renderObjects } from "#core/labels/index.ts";
import { simulateTissue } from "#core/tissue/index.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { refusal } from "../../fixtures/fixtures.ts";
import { detectLayout } from "../../import/registry.ts";
import { tissueListName, writeSimulatedTissue, writeTissueList } from "./write-simulated-tissue.ts";

const tissue = simulateTissue({ height: 48, width: 56, platform: "CODEX", mppUm: 0.5, cellDiameterUm: 9 }, 4);
const { entry, files } = writeSimulatedTissue(tissue, "tissue-0");
const written = (list = writeTissueList([entry])) =>
  memoryFiles("made", {
    [`out/${tissueListName}`]: list,
    ...Object.fromEntries(files.map(({ path, bytes }) => [`out/${path}`, bytes])),
    "out/notes.txt": "mine",
  });

test("what was simulated comes back: both compartments, channels, pixel size, licence, truth, parameters", async () => {
  const given = written();
  const { layout, plan } = await detectLayout(given);
  expect([layout.format, plan.licence, plan.items.length]).toEqual(["simulated-tissue", "CC0-1.0", 1]);
  const [item] = plan.items;
  expect(item!.metadata).toMatchObject({ platform: "CODEX", modality: "multiplexed", truth: "synthetic" });
  expect(item!.metadata.simulated_cellDiameterUm).toBe("9");
  expect(item!.group).toEqual({ key: "simulated 4 tissue-0", level: "field" });
  const { image, layers } = await layout.open(given).read(item!);
  expect([image.mpp, image.channels.map(({ role }) => role)]).toEqual([
    { y: 0.5, x: 0.5 },
    tissue.planes.map(({ role }) => role),
  ]);
  tissue.planes.forEach(({ data }, c) => {
    expect(image.image.data.slice(c * 48 * 56, (c + 1) * 48 * 56)).toEqual(data.data);
  });
  expect(layers.map(({ compartment, truth, coverage }) => [compartment, truth, coverage])).toEqual([
    ["nuclear", "synthetic", "exhaustive"],
    ["wholeCell", "synthetic", "exhaustive"],
  ]);
  for (const [k, labels] of [tissue.nuclei, tissue.cells].entries()) {
    const objects = layers[k]!.objects.map(({ label, shape }) => ({ label, shape }));
    expect(renderObjects(48, 56, objects).data).toEqual(labels.data);
  }
  expect(plan.ignored.map(({ path }) => path)).toContain("out/notes.txt");
});

test.each([
  ["{", "it is not JSON"],
  ['{"images": 3}', "it has no list of images"],
  [
    '{"images": [{"image": "images/tissue-0.ome.tif", "nuclei": "gone.tif"}]}',
    'names no file of the import as "nuclei"',
  ],
])("a damaged list is refused: %s", async (list, reason) => {
  const error = await refusal(async () => detectLayout(written(list)));
  expect([error.code, error.message]).toEqual(["format.dataset", expect.stringContaining(reason)]);
});
