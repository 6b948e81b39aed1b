/**
 * What the checks find in labels that people drew, and what they cost.
 *
 * The rules alone over the 16,251 nuclei of DSB2018 that are here (which people mended by hand since), then the same as
 * findings in a data folder: a whole check, a commit of one changed cell in an image of 30,000 with findings kept up, a
 * bulk mending with its undo.
 *
 *     node test/bench/checks.ts [../shared/data]
 */

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type LabelImage, labelImage } from "#core/array/index.ts";
import { type CheckRuleName, checkObjects, checkRules } from "#core/checks/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { readLabels } from "#formats/index.ts";
import {
  type Agent,
  agentOf,
  appendEdits,
  checkImageById,
  commitRevision,
  createProject,
  ensureOwner,
  findingSummary,
  getImage,
  insertImage,
  layerObjects,
  mendFindings,
  openStore,
  type Store,
  type StoredObject,
  undoMend,
} from "#store/index.ts";

const data = resolve(process.argv[2] ?? "../shared/data");

/** Label images of a folder: those merged from masks, one per image. */
function labelFiles(set: string): string[] {
  const folder = ["labels", "masks_merged", "stage1_labels"]
    .map((name) => join(data, set, name))
    .find((path) => existsSync(path));
  if (folder === undefined) return [];
  return readdirSync(folder)
    .filter((name) => /\.(tiff?|png)$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function rulesAlone(set: string): Promise<void> {
  const files = labelFiles(set);
  const counts = new Map<CheckRuleName, number>();
  let [objects, ms] = [0, 0];
  for (const path of files) {
    const labels = await readLabels(new Uint8Array(await readFile(path)), { name: path });
    const shapes = [...objectShapesFromLabels(labels)].map(([label, shape]) => ({
      uid: String(label),
      shape,
    }));
    const before = performance.now();
    for (const { rule } of checkObjects(shapes, labels)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    ms += performance.now() - before;
    objects += shapes.length;
  }
  console.log(
    `${set}: ${objects} objects in ${files.length} images, ${((1000 * ms) / Math.max(1, objects)).toFixed(0)} us per object`,
  );
  for (const [rule, count] of [...counts].sort((a, b) => b[1] - a[1]))
    console.log(`  ${rule.padEnd(16)} ${String(count).padStart(6)}  ${checkRules[rule].severity}`);
}

/** Round cells on a grid; every hundredth with a hole. */
function manyCells(side: number): LabelImage {
  const labels = labelImage(side, side);
  let label = 0;
  for (let cy = 10; cy + 10 < side; cy += 20) {
    for (let cx = 10; cx + 10 < side; cx += 20) {
      label++;
      for (let dy = -8; dy <= 8; dy++) {
        const half = Math.floor(Math.sqrt(64 - dy * dy));
        labels.data.fill(label, (cy + dy) * side + cx - half, (cy + dy) * side + cx + half + 1);
      }
      if (label % 100 === 0) labels.data.fill(0, cy * side + cx - 1, cy * side + cx + 2);
    }
  }
  return labels;
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const before = performance.now();
  const result = await work();
  console.log(`${what.padEnd(56)} ${(performance.now() - before).toFixed(0).padStart(7)} ms`);
  return result;
}

/** Removes cells one by one, each with a commit. */
async function commits(
  store: Store,
  agent: Agent,
  layerId: string,
  objects: readonly StoredObject[],
  what: string,
): Promise<void> {
  const times: number[] = [];
  for (const { uid, shape } of objects) {
    const changes = [{ uid, before: shape, after: null }];
    const operationId = store.ids.next();
    await appendEdits(store, agent, layerId, [
      { operationId, kind: "delete", tool: "bench", msSpent: 0, changes },
    ]);
    const before = performance.now();
    await commitRevision(store, agent, layerId);
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  const middle = times[times.length >> 1] ?? 0;
  console.log(`${what}: median ${middle.toFixed(1)} ms, worst ${times.at(-1)?.toFixed(1)} ms`);
}

async function inStore(store: Store, agent: Agent): Promise<void> {
  const { id: projectId } = await createProject(store, agent, "bench");
  const side = 3480;
  const labels = manyCells(side);
  const image = {
    dtype: "uint8" as const,
    axes: "yx",
    shape: [side, side],
    data: new Uint8Array(side * side),
  };
  labels.data.forEach((label, i) => {
    image.data[i] = label === 0 ? 10 + (i % 5) : 180;
  });
  const { imageId } = await insertImage(store, agent, {
    projectId,
    name: "many",
    image,
    labels,
    source: { title: "made", licence: "CC0-1.0" },
  });
  const layerId = (await getImage(store, imageId)).layers[0]?.id as string;
  const { objects } = await layerObjects(store, layerId);
  await commits(
    store,
    agent,
    layerId,
    objects.slice(-30),
    "commit of one changed cell of a layer nobody checked",
  );
  await timed(`whole check of ${objects.length} objects`, () => checkImageById(store, imageId));
  await timed("the same again, nothing changed", () => checkImageById(store, imageId));
  await commits(store, agent, layerId, objects.slice(0, 60), "commit of one changed cell, with its findings");
  await commitRevision(store, agent, layerId, { accepted: true });
  const { rules, checkedLayers } = await findingSummary(store, projectId);
  console.log(
    `  findings kept up: ${checkedLayers} of 1; ${rules.map(({ rule, open }) => `${rule} ${open}`).join(", ")}`,
  );
  const mend = await timed("mending all holes", () =>
    mendFindings(store, agent, { projectId, rule: "objectHole" }),
  );
  console.log(`  ${mend.findingCount} mended`);
  await timed("taking it back", () => undoMend(store, agent, mend.id));
}

for (const set of ["dsb2018", "dsb2018-more"]) await rulesAlone(set);
const folder = mkdtempSync(join(tmpdir(), "checks-bench-"));
const store = await openStore({ home: join(folder, "home") });
try {
  await inStore(store, agentOf(await ensureOwner(store)));
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
}
