/** A model on a part of an image, and cells followed over frames; with the shipped model, on made-up cells. */

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray, labelImage } from "#core/array/index.ts";
import { type ObjectShape, objectShapesFromLabels, shapeArea, sharedPixels } from "#core/labels/index.ts";
import {
  type Agent,
  agentOf,
  appendEdits,
  createProject,
  ensureLayer,
  ensureOwner,
  getPredictedPart,
  insertImage,
  layerObjects,
  type ModelVersion,
} from "#store/index.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { registerShippedModels } from "../shipped-models/register-models.ts";
import { runJobHere } from "../submit.ts";

let temporary: TemporaryStore;
let actor: Agent;
let version: ModelVersion;
let projectId = "";
const [height, width] = [128, 144];
const scene = makeSyntheticCells({ height, width, seed: "a part" });
/** Pixels that everything moves from frame to frame. */
const step = 2;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  const { store } = temporary;
  actor = agentOf(await ensureOwner(store));
  const log = { write: () => undefined };
  const models = await registerShippedModels(store, actor, join(import.meta.dirname, "../../../models"), log);
  version = models.findLast(({ folder }) => folder.startsWith("nuclei-fluorescence/"))
    ?.version as ModelVersion;
  projectId = (await createProject(store, actor, "parts")).id;
}, 300_000);
afterAll(() => temporary.end());

/** A layer of an image of one frame, or of several in which all moves down. */
async function layerOf(frames: number): Promise<string> {
  const data = new Uint16Array(frames * height * width);
  for (let t = 0; t < frames; t++)
    for (let y = 0; y < height; y++) {
      const from = Math.max(0, y - t * step) * width;
      data.set(scene.image.data.subarray(from, from + width) as Uint16Array, (t * height + y) * width);
    }
  const axes = frames === 1 ? "yx" : "tyx";
  const shape = frames === 1 ? [height, width] : [frames, height, width];
  const { imageId } = await insertImage(temporary.store, actor, {
    ...{ projectId, name: `frames ${frames}`, group: `g${frames}` },
    image: imageArray("uint16", axes, shape, data),
    source: { title: "made", licence: "CC0-1.0" },
  });
  return (await ensureLayer(temporary.store, actor, imageId, "nuclear")).id;
}

async function ask(params: object) {
  const spec = {
    ...{ kind: "predictPart", projectId, title: "part" },
    params: { modelVersionId: version.id, t: 0, z: 0, ...params },
  } as Parameters<typeof runJobHere>[2];
  const job = await runJobHere(temporary.store, actor, spec);
  if (job.state !== "done") throw new Error(`${job.error?.code}: ${job.error?.message}`);
  return getPredictedPart(temporary.store, job.id);
}

const iou = (a: ObjectShape, b: ObjectShape): number => {
  const both = sharedPixels(a, b);
  return both / (shapeArea(a) + shapeArea(b) - both);
};

test("a box gives the cells that the whole image gives, whole, and none of those beside it", async () => {
  const layerId = await layerOf(1);
  const whole = await ask({ layerId });
  expect(whole.cells.length).toBeGreaterThan(4);
  const truth = [...objectShapesFromLabels(scene.labels).values()];
  const right = whole.cells.filter(({ shape }) => truth.some((cell) => iou(cell, shape) > 0.6));
  expect(right.length).toBeGreaterThan(0.7 * whole.cells.length);
  const box = [0, 0, 70, 80] as const;
  const part = await ask({ layerId, box });
  const inBox = whole.cells.filter(({ shape }) => {
    const mask = labelImage(height, width);
    for (let y = box[0]; y < box[2]; y++) mask.data.fill(1, y * width + box[1], y * width + box[3]);
    const region = objectShapesFromLabels(mask).get(1) as ObjectShape;
    return 2 * sharedPixels(shape, region) > shapeArea(shape);
  });
  expect(part.cells.map(({ shape }) => shape)).toEqual(inBox.map(({ shape }) => shape));
  expect(part.cells.every(({ confidence }) => confidence !== null && confidence > 0)).toBe(true);
  expect((await layerObjects(temporary.store, layerId)).objects).toEqual([]);
  const pixels = ({ cells }: typeof whole) => cells.reduce((sum, { shape }) => sum + shapeArea(shape), 0);
  expect(pixels(await ask({ layerId, fit: { faint: -2 } }))).toBeLessThan(pixels(whole));
});

test("chosen cells are found in the next frames, where they have moved to, one after the other", async () => {
  const layerId = await layerOf(3);
  const drawn = [...objectShapesFromLabels(scene.labels)].map(([label, shape]) => ({
    ...{ uid: `cell-${layerId}-${label}`, before: null, after: shape },
  }));
  await appendEdits(temporary.store, actor, layerId, [
    { operationId: `draw-${layerId}`, kind: "draw", tool: "test", msSpent: 0, changes: drawn },
  ]);
  const movedBy = (shape: ObjectShape, t: number): ObjectShape => {
    const [y0, x0, y1, x1] = shape.bbox;
    return { ...shape, t, bbox: [y0 + t * step, x0, y1 + t * step, x1] };
  };
  // Cells that the model sees as they are in every frame: what is tested is who is who.
  const seen: ObjectShape[] = [];
  for (const t of [1, 2]) seen.push(...(await ask({ layerId, t })).cells.map(({ shape }) => shape));
  const clear = drawn.filter(({ after }) => {
    const [y0, x0, y1, x1] = after.bbox;
    const isInside = y0 > 8 && x0 > 8 && y1 < height - 12 && x1 < width - 8;
    return isInside && [1, 2].every((t) => seen.some((found) => iou(found, movedBy(after, t)) > 0.7));
  });
  expect(clear.length).toBeGreaterThanOrEqual(3);
  const chosen = clear.slice(0, 3);
  const uids = chosen.map(({ uid }) => uid);
  const { cells } = await ask({ layerId, follow: { uids, frames: 5 } });
  // Two frames follow, whatever was asked for.
  expect(new Set(cells.map(({ shape }) => shape.t))).toEqual(new Set([1, 2]));
  let found = 0;
  for (const { uid, after } of chosen) {
    const next = cells.find(({ from }) => from?.cell === uid);
    const last = cells.find(({ from }) => from?.cell === next?.key);
    for (const [cell, t] of [
      [next, 1],
      [last, 2],
    ] as const) {
      if (cell === undefined) continue;
      const moved = movedBy(after, t);
      const place = { uid, t, of: moved.bbox };
      // Within 0.5 of 1.
      expect({ ...place, found: cell.shape.bbox, iou: iou(moved, cell.shape) }).toEqual({
        ...place,
        found: cell.shape.bbox,
        iou: expect.closeTo(1, 0),
      });
      found++;
    }
  }
  expect(found).toBeGreaterThanOrEqual(5);
  expect(cells.every(({ from }) => from?.kind === "link")).toBe(true);
});

test.each([
  [{ box: [0, 0, 9999, 10] }, "request.invalid"],
  [{ t: 4 }, "request.invalid"],
  [{ follow: { uids: ["nobody"], frames: 1 } }, "request.invalid"],
])("%j is refused with %s", async (params, code) => {
  await expect(ask({ layerId: await layerOf(2), ...params })).rejects.toThrow(code);
});
