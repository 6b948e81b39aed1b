/** A model on an image beyond the border of what is read whole: the cells are those of the same image read whole. */

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import {
  type Agent,
  agentOf,
  createProject,
  ensureLayer,
  ensureOwner,
  getPredictedPart,
  insertImage,
  layerObjects,
} from "#store/index.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { registerShippedModels } from "./shipped-models/register-models.ts";
import { runJobHere } from "./submit.ts";

const [height, width] = [150, 170];
const scene = makeSyntheticCells({ height, width, seed: "large" });

interface Side {
  readonly temporary: TemporaryStore;
  readonly actor: Agent;
  readonly projectId: string;
  readonly imageId: string;
  readonly modelVersionId: string;
}
let whole: Side;
let large: Side;

async function open(wholeValuesMax?: number): Promise<Side> {
  const temporary = await openTemporaryStore(wholeValuesMax === undefined ? {} : { wholeValuesMax });
  const { store } = temporary;
  const actor = agentOf(await ensureOwner(store));
  const log = { write: () => undefined };
  const models = await registerShippedModels(store, actor, join(import.meta.dirname, "../../models"), log);
  const version = models.findLast(({ folder }) => folder.startsWith("nuclei-fluorescence/"))?.version;
  const projectId = (await createProject(store, actor, "slides")).id;
  const { imageId } = await insertImage(store, actor, {
    ...{ projectId, name: "slide", group: "s" },
    image: imageArray("uint16", "yx", [height, width], scene.image.data as Uint16Array),
    source: { title: "made", licence: "CC0-1.0" },
  });
  return { temporary, actor, projectId, imageId, modelVersionId: version?.id ?? "" };
}

beforeAll(async () => {
  whole = await open();
  large = await open(10_000);
}, 300_000);
afterAll(async () => {
  await whole?.temporary.end();
  await large?.temporary.end();
});

async function run(
  { temporary, actor, projectId, modelVersionId }: Side,
  kind: "propose" | "predictPart",
  params: object,
) {
  const spec = { kind, projectId, title: kind, params: { modelVersionId, ...params } } as Parameters<
    typeof runJobHere
  >[2];
  const job = await runJobHere(temporary.store, actor, spec);
  if (job.state !== "done") throw new Error(`${job.error?.code}: ${job.error?.message}`);
  return job;
}

test("proposals of the whole image", async () => {
  const cells: string[][] = [];
  for (const side of [whole, large]) {
    const { store } = side.temporary;
    await run(side, "propose", { imageIds: [side.imageId] });
    const layer = await ensureLayer(store, side.actor, side.imageId, "nuclear");
    const { objects } = await layerObjects(store, layer.id);
    cells.push(objects.map(({ digest }) => digest).sort());
  }
  expect(cells[1]).toEqual(cells[0]);
  expect(cells[0]?.length).toBeGreaterThan(4);
}, 300_000);

test("the model on a part", async () => {
  const parts = [];
  for (const side of [whole, large]) {
    const layer = await ensureLayer(side.temporary.store, side.actor, side.imageId, "nuclear");
    const job = await run(side, "predictPart", { layerId: layer.id, t: 0, z: 0, box: [20, 30, 110, 140] });
    const { cells, window } = await getPredictedPart(side.temporary.store, job.id);
    parts.push({ window, cells: cells.map(({ shape, confidence }) => ({ shape, confidence })) });
  }
  expect(parts[1]).toEqual(parts[0]);
  expect(parts[0]?.cells.length).toBeGreaterThan(2);
}, 300_000);
