/** Findings against a real database: planted faults, incremental against whole, mending and its undo, waivers, the gate. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { type LabelImage, labelImage } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import { agentOf } from "./agents.ts";
import { checkAgainstPrediction, checkImageById, checkProject } from "./check-images.ts";
import { commitRevision } from "./commit.ts";
import { appendEdits } from "./edits.ts";
import { listEvents } from "./events.ts";
import { findingSummary, listFindings, reopenFindings, waiveFindings } from "./findings.ts";
import { freezeDataset, previewDataset } from "./freeze.ts";
import { getImage, insertImage } from "./images.ts";
import { layerObjects } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { listMends, mendFindings, previewMend, undoMend } from "./mend-findings.ts";
import { createProject } from "./projects.ts";
import type { Store } from "./store.ts";
import { box, edit, sampleImage, squares } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let seed = 0;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
});
afterAll(() => temporary.end());

const source = { title: "made here", licence: "CC0-1.0" };
const side = 128;

const fill = (labels: LabelImage, label: number, [y0, x0, y1, x1]: readonly number[]): void => {
  for (let y = y0 as number; y < (y1 as number); y++)
    labels.data.fill(label, y * labels.width + (x0 as number), y * labels.width + (x1 as number));
};

/** Label 1 has a hole of 4 pixels, 2 lies in two pieces, 3 has a speck of 2 pixels, 4 and 5 are sound. */
function faulty(): LabelImage {
  const labels = labelImage(side, side);
  fill(labels, 1, [10, 10, 20, 20]);
  fill(labels, 0, [14, 14, 16, 16]);
  fill(labels, 2, [10, 40, 20, 50]);
  fill(labels, 2, [30, 40, 36, 46]);
  fill(labels, 3, [60, 10, 70, 20]);
  fill(labels, 3, [60, 24, 61, 26]);
  fill(labels, 4, [60, 40, 70, 50]);
  fill(labels, 5, [90, 90, 100, 100]);
  return labels;
}

interface Made {
  readonly projectId: string;
  readonly imageId: string;
  readonly layerId: string;
  /** Uid by label. */
  readonly uid: ReadonlyMap<number, string>;
}

async function addImage(projectId: string, labels: LabelImage | undefined, group = "g"): Promise<Made> {
  const image = sampleImage(side, side, ++seed);
  const { imageId } = await insertImage(store, person, {
    projectId,
    name: `image ${seed}`,
    group,
    image,
    labels,
    source,
  });
  const layerId = (await getImage(store, imageId)).layers[0]?.id ?? "";
  const objects = layerId === "" ? [] : (await layerObjects(store, layerId)).objects;
  return { projectId, imageId, layerId, uid: new Map(objects.map(({ label, uid }) => [label, uid])) };
}

const newProject = async (name: string): Promise<string> => (await createProject(store, person, name)).id;

async function openOnes(projectId: string): Promise<string[]> {
  const { items } = await listFindings(store, { projectId, limit: 500 });
  return items.map(({ rule, uids, detail }) => `${rule} ${uids.join("+")} ${detail}`).sort();
}

async function shapesOf(layerId: string): Promise<Map<string, string>> {
  const { objects } = await layerObjects(store, layerId);
  return new Map(objects.map(({ uid, digest }) => [uid, digest]));
}

test("a check finds what was planted, once, and tells where it is", async () => {
  const projectId = await newProject("planted");
  const { imageId, uid } = await addImage(projectId, faulty());
  expect(await checkImageById(store, imageId)).toMatchObject({ imageId, objects: 5 });
  await checkImageById(store, imageId);
  const errors = (await openOnes(projectId)).filter((line) => !/Solid|Border|Tiny/.test(line));
  expect(errors).toEqual(
    [
      `objectHole ${uid.get(1)} 1 hole, 4 pixels of 96`,
      `objectInPieces ${uid.get(2)} 2 pieces: 100, 36 pixels`,
      `objectInPieces ${uid.get(3)} 2 pieces: 100, 2 pixels`,
      `objectFragment ${uid.get(3)} 1 speck of less than 10 pixels`,
    ].sort(),
  );
  const { items } = await listFindings(store, { projectId, rule: "objectHole" });
  expect(items).toMatchObject([{ box: [10, 10, 20, 20], t: 0, z: 0, severity: "error", status: "open" }]);
  expect(await findingSummary(store, projectId)).toMatchObject({ layers: 1, checkedLayers: 1 });
  expect((await findingSummary(store, projectId)).rules.slice(0, 3)).toEqual([
    { rule: "objectInPieces", open: 2, fixed: 0, waived: 0, images: 1 },
    { rule: "objectHole", open: 1, fixed: 0, waived: 0, images: 1 },
    { rule: "objectFragment", open: 1, fixed: 0, waived: 0, images: 1 },
  ]);
});

test("pages of findings go worst first and miss none", async () => {
  const projectId = await newProject("pages");
  const { imageId } = await addImage(projectId, squares(side, side, 8, 4));
  await checkImageById(store, imageId);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listFindings(store, { projectId, rule: "objectTiny", limit: 7, cursor });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(new Set(seen).size).toBe(256);
  expect(seen).toHaveLength(256);
  await expect(listFindings(store, { projectId, cursor: "x" })).rejects.toMatchObject({
    code: "request.invalid",
  });
});

test("mending shows before what it does, does it, keeps all other cells, and is taken back to the letter", async () => {
  const projectId = await newProject("mend");
  const made = await addImage(projectId, faulty());
  await checkImageById(store, made.imageId);
  const before = await shapesOf(made.layerId);
  const choice = { projectId, rule: "objectInPieces" as const };
  const preview = await previewMend(store, choice);
  expect(preview).toMatchObject({
    fix: "separatePieces",
    findings: 2,
    mendable: 2,
    images: 1,
    bornObjects: 1,
    removedObjects: 0,
    addedPixels: 36,
    removedPixels: 38,
  });
  expect(preview.samples).toHaveLength(2);
  expect(await shapesOf(made.layerId)).toEqual(before);

  const mend = await mendFindings(store, person, choice);
  expect(mend).toMatchObject({ rule: "objectInPieces", findingCount: 2, layerCount: 1, undoneAt: null });
  const after = await shapesOf(made.layerId);
  expect(after.size).toBe(6);
  for (const label of [1, 4, 5]) {
    const uid = made.uid.get(label) as string;
    expect(after.get(uid)).toBe(before.get(uid));
  }
  // The commit looked again by itself: the pieces and the speck are gone, the hole is still there.
  const rules = (await findingSummary(store, projectId)).rules;
  expect(rules.find(({ rule }) => rule === "objectInPieces")).toMatchObject({ open: 0, fixed: 2 });
  expect(rules.find(({ rule }) => rule === "objectFragment")).toMatchObject({ open: 0, fixed: 1 });
  expect(rules.find(({ rule }) => rule === "objectHole")).toMatchObject({ open: 1 });
  // Accepted labels stay accepted: the person accepted the change.
  expect((await getImage(store, made.imageId)).status).toBe("accepted");

  expect(await undoMend(store, person, mend.id)).toEqual({ undone: 2, kept: 0 });
  expect(await shapesOf(made.layerId)).toEqual(before);
  expect((await getImage(store, made.imageId)).status).toBe("accepted");
  expect((await findingSummary(store, projectId)).rules[0]).toMatchObject({
    rule: "objectInPieces",
    open: 2,
  });
  await expect(undoMend(store, person, mend.id)).rejects.toMatchObject({ code: "request.invalid" });
  expect(await listMends(store, projectId)).toMatchObject([{ id: mend.id, undoneAt: expect.any(String) }]);
  const verbs = (await listEvents(store, { limit: 1000 })).filter(({ entityId }) => entityId === mend.id);
  expect(verbs.map(({ verb }) => verb)).toEqual(["findings.mended", "findings.unmended"]);
});

test("an undo leaves alone what somebody changed since", async () => {
  const projectId = await newProject("undo");
  const made = await addImage(projectId, faulty());
  await checkImageById(store, made.imageId);
  const mend = await mendFindings(store, person, { projectId, rule: "objectInPieces" });
  const uid = made.uid.get(2) as string;
  const now = (await layerObjects(store, made.layerId)).objects.find((object) => object.uid === uid);
  const change = { uid, before: now?.shape ?? null, after: box(10, 40, 18, 48) };
  expect(await appendEdits(store, person, made.layerId, [edit("later", [change])])).toMatchObject([
    { state: "saved" },
  ]);
  expect(await undoMend(store, person, mend.id)).toEqual({ undone: 1, kept: 1 });
});

test("a rule without a fix is refused", async () => {
  const projectId = await newProject("no fix");
  await expect(previewMend(store, { projectId, rule: "objectHuge" })).rejects.toMatchObject({
    code: "request.invalid",
  });
});

test("a waiver lasts while the cell is the same and ends when it changes and is still wrong", async () => {
  const projectId = await newProject("waive");
  const made = await addImage(projectId, faulty());
  await checkImageById(store, made.imageId);
  const choice = { projectId, rule: "objectHole" as const };
  await expect(waiveFindings(store, person, choice, "  ")).rejects.toMatchObject({ code: "request.invalid" });
  const waived = await waiveFindings(store, person, choice, "a vacuole");
  expect(waived).toHaveLength(1);
  await checkImageById(store, made.imageId);
  const status = async () =>
    (await findingSummary(store, projectId)).rules.find(({ rule }) => rule === "objectHole");
  expect(await status()).toMatchObject({ open: 0, waived: 1 });
  const { items } = await listFindings(store, { projectId, status: "waived" });
  expect(items).toMatchObject([{ waivedWhy: "a vacuole", waivedBy: { id: person.id } }]);
  expect(await reopenFindings(store, person, projectId, waived)).toEqual(waived);
  expect(await status()).toMatchObject({ open: 1, waived: 0 });
  await waiveFindings(store, person, choice, "a vacuole");

  const uid = made.uid.get(1) as string;
  const now = (await layerObjects(store, made.layerId)).objects.find((object) => object.uid === uid);
  const larger = labelImage(side, side);
  fill(larger, 1, [10, 10, 22, 20]);
  fill(larger, 0, [14, 14, 16, 16]);
  const after = objectShapesFromLabels(larger).get(1) ?? null;
  await appendEdits(store, person, made.layerId, [
    edit("larger", [{ uid, before: now?.shape ?? null, after }]),
  ]);
  await commitRevision(store, person, made.layerId);
  expect(await status()).toMatchObject({ open: 1, waived: 0 });
});

test("labels with errors are not frozen until they are mended or waived with a reason", async () => {
  const projectId = await newProject("gate");
  const made = await addImage(projectId, faulty());
  const request = { projectId, name: "d", query: "" };
  // Nobody checked before: the freeze looks itself.
  expect((await previewDataset(store, projectId, request)).checks).toMatchObject({
    errors: 3,
    waived: 0,
    unchecked: 0,
    byRule: [
      { rule: "objectInPieces", count: 2 },
      { rule: "objectHole", count: 1 },
    ],
  });
  await expect(freezeDataset(store, person, request)).rejects.toMatchObject({
    code: "dataset.faulty",
    message: expect.stringMatching(/Cell in pieces: 2; Hole in a cell: 1/),
  });
  await mendFindings(store, person, { projectId, rule: "objectInPieces" });
  await waiveFindings(store, person, { projectId, rule: "objectHole" }, "a vacuole");
  const version = await freezeDataset(store, person, request);
  expect(version.itemCount).toBe(1);
  expect((await previewDataset(store, projectId, request)).checks).toMatchObject({ errors: 0, waived: 1 });

  // The accepted revision counts, not what was drawn since: mending without accepting does not help, and a new fault
  // that nobody accepted does no harm.
  const uid = made.uid.get(4) as string;
  const now = (await layerObjects(store, made.layerId)).objects.find((object) => object.uid === uid);
  const holed = labelImage(side, side);
  fill(holed, 1, [60, 40, 70, 50]);
  fill(holed, 0, [64, 44, 66, 46]);
  const after = objectShapesFromLabels(holed).get(1) ?? null;
  await appendEdits(store, person, made.layerId, [
    edit("hole", [{ uid, before: now?.shape ?? null, after }]),
  ]);
  await commitRevision(store, person, made.layerId);
  expect((await findingSummary(store, projectId)).rules[0]).toMatchObject({ rule: "objectHole", open: 1 });
  expect((await previewDataset(store, projectId, request)).checks).toMatchObject({ errors: 0, waived: 1 });
  await commitRevision(store, person, made.layerId, { accepted: true });
  expect((await previewDataset(store, projectId, request)).checks).toMatchObject({ errors: 1 });
});

test("law: looking at what changed finds what looking at everything finds", async () => {
  const projectId = await newProject("incremental");
  // 1,024 cells: too many to be looked at whole at each commit.
  const labels = squares(512, 512, 16, 10);
  const image = sampleImage(512, 512, ++seed);
  const { imageId } = await insertImage(store, person, {
    projectId,
    name: "many",
    image,
    labels,
    group: "g",
    source,
  });
  const layerId = (await getImage(store, imageId)).layers[0]?.id as string;
  await checkImageById(store, imageId);
  const random = rng(7);
  for (let round = 0; round < 12; round++) {
    const { objects } = await layerObjects(store, layerId);
    const chosen = Array.from({ length: 3 }, () => objects[random.int(objects.length)]).filter(
      (object, i, all) => object !== undefined && all.indexOf(object) === i,
    );
    for (const [i, object] of chosen.entries()) {
      if (object === undefined) continue;
      const [y0, x0] = object.shape.bbox;
      const shapes = [
        null,
        box(y0, x0, y0 + 3, x0 + 3),
        holedBox(y0, x0, 10),
        box(y0, x0, y0 + 10, Math.min(512, x0 + 12)),
      ];
      const after = shapes[random.int(shapes.length)] ?? null;
      await appendEdits(store, person, layerId, [
        edit(`r${round}-${i}`, [{ uid: object.uid, before: object.shape, after }]),
      ]);
    }
    await commitRevision(store, person, layerId);
    expect(await findingSummary(store, projectId)).toMatchObject({ checkedLayers: 1 });
    const quick = await openOnes(projectId);
    await checkImageById(store, imageId);
    expect(await openOnes(projectId)).toEqual(quick);
  }
}, 60_000);

function holedBox(y0: number, x0: number, size: number) {
  const { t, z, bbox, bits } = box(y0, x0, y0 + size, x0 + size);
  const bit = (size + 1) * Math.floor(size / 2);
  const holed = bits.slice();
  holed[bit >> 3] = (holed[bit >> 3] as number) & ~(0x80 >> (bit & 7));
  return { t, z, bbox, bits: holed };
}

test("images are held against the others of the project: empty ones, unusual ones, the same pixels turned", async () => {
  const projectId = await newProject("siblings");
  for (let i = 0; i < 9; i++) await addImage(projectId, squares(side, side, 16 + i, 10));
  const sparse = labelImage(side, side);
  fill(sparse, 1, [0, 0, 10, 10]);
  const outlier = await addImage(projectId, sparse);
  const none = await addImage(projectId, labelImage(side, side));
  const original = sampleImage(side, side, 4711);
  const turned = { ...original, data: original.data.slice().reverse() };
  const ids: string[] = [];
  for (const [i, image] of [original, turned].entries()) {
    const made = await insertImage(store, person, {
      projectId,
      name: `twin ${i}`,
      image,
      group: "t",
      source,
    });
    ids.push(made.imageId);
  }
  await checkProject(store, projectId);
  const { items } = await listFindings(store, { projectId });
  expect(items.map(({ rule, imageId }) => `${rule} ${imageId}`).sort()).toEqual(
    [`densityOutlier ${outlier.imageId}`, `layerEmpty ${none.imageId}`, `imageTwice ${ids[1]}`].sort(),
  );
  expect(items.find(({ rule }) => rule === "imageTwice")?.detail).toBe('the same as "twin 0"');
  await store.sql.query("UPDATE image SET trashed_at = now() WHERE id = $1", [ids[0]]);
  await checkProject(store, projectId);
  expect((await openOnes(projectId)).filter((line) => line.startsWith("imageTwice"))).toEqual([]);
});

test("a channel without signal is found once and pixels are not read again", async () => {
  const projectId = await newProject("pixels");
  const image = sampleImage(side, side, ++seed);
  const { imageId } = await insertImage(store, person, {
    projectId,
    name: "blank",
    image: { ...image, data: image.data.map(() => 7) },
    source,
  });
  await checkImageById(store, imageId);
  expect(await openOnes(projectId)).toEqual(["channelConstant  every pixel is 7"]);
  await checkImageById(store, imageId);
  expect(await openOnes(projectId)).toHaveLength(1);
});

test("what a model sees differently becomes a queue, and the next opinion replaces it", async () => {
  const projectId = await newProject("model");
  const made = await addImage(projectId, squares(side, side, 32, 20));
  const { objects } = await layerObjects(store, made.layerId);
  const [first, second, ...rest] = objects;
  const [y0, x0, y1, x1] = first?.shape.bbox ?? [0, 0, 0, 0];
  const halves = [box(y0, x0, y1, x0 + 10), box(y0, x0 + 10, y1, x1)];
  const predicted = [...halves, ...rest.map(({ shape }) => shape)].map((shape, i) => ({
    uid: `p${i}`,
    shape,
  }));
  expect(await checkAgainstPrediction(store, made.imageId, "nuclear", predicted)).toBe(2);
  expect((await openOnes(projectId)).map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual(
    [`modelMissing ${second?.uid}`, `modelSplit ${first?.uid}`].sort(),
  );
  const same = objects.map(({ shape }, i) => ({ uid: `q${i}`, shape }));
  expect(await checkAgainstPrediction(store, made.imageId, "nuclear", same)).toBe(0);
  expect(await openOnes(projectId)).toEqual([]);
});
