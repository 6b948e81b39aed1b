/** Proposals of the shipped model, seen as a person asks for it; made-up cells. */

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { shapeArea } from "#core/labels/index.ts";
import {
  type Agent,
  agentOf,
  createProject,
  ensureOwner,
  getImage,
  insertImage,
  layerObjects,
  type ModelVersion,
} from "#store/index.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import type { ImageFit } from "./predict/index.ts";
import { registerShippedModels } from "./shipped-models/register-models.ts";
import { runJobHere } from "./submit.ts";

let temporary: TemporaryStore;
let actor: Agent;
let version: ModelVersion;
let projectId = "";
let imageId = "";
const [height, width] = [160, 160];

beforeAll(async () => {
  temporary = await openTemporaryStore();
  const { store } = temporary;
  actor = agentOf(await ensureOwner(store));
  const log = { write: () => undefined };
  const models = await registerShippedModels(store, actor, join(import.meta.dirname, "../../models"), log);
  version = models.findLast(({ folder }) => folder.startsWith("nuclei-fluorescence/"))
    ?.version as ModelVersion;
  projectId = (await createProject(store, actor, "fits")).id;
  const { image } = makeSyntheticCells({ height, width, seed: "fits", touching: 0.8 });
  ({ imageId } = await insertImage(store, actor, {
    ...{ projectId, name: "field", group: "field" },
    image: imageArray("uint16", "yx", [height, width], image.data),
    source: { title: "made", licence: "CC0-1.0" },
  }));
}, 300_000);
afterAll(() => temporary.end());

/** Count and pixels of what is proposed. */
async function proposed(fit?: ImageFit) {
  const { store } = temporary;
  const spec = {
    ...{ kind: "propose" as const, projectId, title: "propose" },
    params: { modelVersionId: version.id, imageIds: [imageId], ...(fit === undefined ? {} : { fit }) },
  };
  const job = await runJobHere(store, actor, spec);
  expect(job.items).toMatchObject([{ state: "done" }]);
  const [layer] = (await getImage(store, imageId)).layers;
  const { objects } = await layerObjects(store, layer?.id as string);
  return { cells: objects.length, pixels: objects.reduce((sum, { shape }) => sum + shapeArea(shape), 0) };
}

test("a fit changes what is proposed, in its direction, and no fit brings the model's own back", async () => {
  const own = await proposed();
  expect(own.cells).toBeGreaterThan(5);
  const [together, apart] = [await proposed({ touching: -2 }), await proposed({ touching: 2 })];
  expect(together.cells).toBeLessThan(apart.cells);
  const [fewer, more] = [await proposed({ faint: -2 }), await proposed({ faint: 2 })];
  expect(fewer.pixels).toBeLessThan(own.pixels);
  expect(more.pixels).toBeGreaterThan(own.pixels);
  // Cells of three times their width are looked at three times smaller, where most of them are lost.
  const wide = await proposed({ diameterPx: 66 });
  expect(wide.cells).toBeLessThan(own.cells);
  expect(await proposed()).toEqual(own);
}, 120_000);
