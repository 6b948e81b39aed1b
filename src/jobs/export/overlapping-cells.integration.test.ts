/** Exports of a layer whose cells overlap: what formats of outlines keep, what label images hide, and what is said of it. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EditOperation } from "#core/edits/index.ts";
import { shapeArea } from "#core/labels/index.ts";
import { readLabels } from "#formats/index.ts";
import {
  type Agent,
  agentOf,
  appendEdits,
  commitRevision,
  ensureLab,
  ensureLayer,
  ensureOwner,
  ensureProject,
  getImage,
  imageIdsForQuery,
  insertImage,
  layerObjects,
  type Store,
} from "#store/index.ts";
import { box, edit, sampleImage } from "#store/testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { runJobHere } from "../submit.ts";

const work = mkdtempSync(join(tmpdir(), "overlap-export-"));

let opened: TemporaryStore;
let store: Store;
let actor: Agent;
let projectId: string;

beforeAll(async () => {
  opened = await openTemporaryStore();
  store = opened.store;
  await ensureLab(store);
  actor = agentOf(await ensureOwner(store));
  projectId = (await ensureProject(store, actor, "overlap")).id;
  const { imageId } = await insertImage(store, actor, {
    projectId,
    name: "spread",
    image: sampleImage(40, 40, 1),
    source: { title: "test", licence: "CC0-1.0" },
  });
  const layer = await ensureLayer(store, actor, imageId, "nuclear", { overlapAllowed: true });
  const draw = (uid: string, ...at: [number, number, number, number]): EditOperation =>
    edit(`op-${uid}`, [{ uid, before: null, after: box(...at) }]);
  // Cell 1 lies wholly under cell 3; cells 2 and 3 share 5 x 5 pixels.
  await appendEdits(store, actor, layer.id, [
    draw("a", 12, 12, 16, 16),
    draw("b", 0, 0, 15, 15),
    draw("c", 10, 10, 30, 30),
  ]);
  await commitRevision(store, actor, layer.id, { accepted: true });
}, 600_000);
afterAll(async () => {
  await opened.end();
  rmSync(work, { recursive: true, force: true });
});

async function exportAs(format: string) {
  const outPath = join(work, format);
  const job = await runJobHere(store, actor, {
    kind: "export",
    projectId,
    title: format,
    params: { format, selection: { query: "" }, outPath },
  });
  expect(job.error).toBeNull();
  return { outPath, result: job.result ?? {}, readMe: readFileSync(join(outPath, "README.md"), "utf8") };
}

test("label images show the larger label; hidden pixels are counted, a covered cell is named", async () => {
  const { outPath, result, readMe } = await exportAs("stardist");
  // Cell 1 loses its 16 pixels, cell 2 the 25 that it shares with cell 3.
  expect(result["notes"]).toEqual([
    expect.stringContaining("so 41 pixels of 2 cells are hidden"),
    'Not to be seen at all: cell 1 of "spread" (nuclear).',
  ]);
  for (const note of result["notes"] as string[]) expect(readMe).toContain(note);
  const [line] = readFileSync(join(outPath, "images.jsonl"), "utf8").trim().split("\n");
  const { layers } = JSON.parse(line as string);
  expect(layers[0].hidden).toEqual({ pixels: 41, cells: 2, covered: [1] });
  const path = (readFileSync(join(outPath, "SHA256SUMS"), "utf8").match(/\S+masks\/\S+\.tif/) ?? [""])[0];
  const { data } = await readLabels(readFileSync(join(outPath, path)), { name: "spread.tif" });
  expect([data[14 * 40 + 14], data[9 * 40 + 9]]).toEqual([3, 2]);
  expect(data.filter((label: number) => label === 1)).toHaveLength(0);
  expect(data.filter((label: number) => label === 2)).toHaveLength(15 * 15 - 25);
});

test("every format of label images says so, and none loses its footing", async () => {
  for (const format of ["ome-zarr", "cellpose", "npz", "deepcell-label", "huggingface", "geff", "ctc"]) {
    const { result } = await exportAs(format);
    expect(result["notes"], format).toHaveLength(2);
  }
});

test("COCO and GeoJSON keep every pixel of every cell, and have nothing to say", async () => {
  const coco = await exportAs("coco");
  expect(coco.result["notes"]).toEqual([]);
  const { annotations } = JSON.parse(readFileSync(join(coco.outPath, "annotations/all.json"), "utf8"));
  expect(annotations.map(({ area }: { area: number }) => area).sort((a: number, b: number) => a - b)).toEqual(
    [16, 225, 400],
  );
  const geojson = await exportAs("geojson");
  expect(geojson.result["notes"]).toEqual([]);
  expect((await exportAs("imagej-roi")).result["notes"]).toEqual([]);
});

/** Layer of the image that an import of a folder made, and how many pixels its cells have. */
async function importedFrom(rootPath: string, format: string, overlaps?: string) {
  const title = `${format} ${overlaps ?? "apart"}`;
  const project = await ensureProject(store, actor, title);
  const answers = { mpp: "unknown", compartment: "nuclear", ...(overlaps === undefined ? {} : { overlaps }) };
  const params = { rootPath, format, answers };
  const job = await runJobHere(store, actor, { kind: "ingest", projectId: project.id, title, params });
  if (job.error !== null) return { error: job.error, areas: [], overlapAllowed: null };
  const [imageId = ""] = await imageIdsForQuery(store, project.id, { type: "all" });
  const [layer] = (await getImage(store, imageId)).layers;
  const { objects } = await layerObjects(store, layer?.id ?? "");
  const areas = objects.toSorted((a, b) => a.label - b.label).map(({ shape }) => shapeArea(shape));
  return { error: null, areas, overlapAllowed: layer?.overlapAllowed };
}

test.each([
  ["coco", ""],
  ["geojson", "nuclear"],
  ["imagej-roi", "nuclear"],
])(
  "%s comes back whole where overlaps are kept, else each pixel goes to one cell",
  async (format, folder) => {
    const root = join(work, format, folder);
    const whole = { error: null, areas: [16, 225, 400], overlapAllowed: true };
    expect(await importedFrom(root, format, "keep")).toEqual(whole);
    // The earlier cell keeps what two share.
    expect(await importedFrom(root, format)).toEqual({
      error: null,
      areas: [16, 225 - 9, 400 - 16 - 25 + 9],
      overlapAllowed: false,
    });
  },
);

test("an answer that is none is refused", async () => {
  const { error } = await importedFrom(join(work, "coco"), "coco", "both");
  expect(error).toMatchObject({ code: "request.invalid", message: expect.stringContaining('"both"') });
});
