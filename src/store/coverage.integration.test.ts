/** What labels speak for: kept with layer, revision and dataset version; changed by people; part of digests; verified. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ObjectShape, shapesEqual } from "#core/labels/index.ts";
import { agentOf } from "./agents.ts";
import { createBranch } from "./branches.ts";
import { commitRevision } from "./commit.ts";
import { layerCoverage, setCoverage } from "./coverage.ts";
import type { DatasetItem } from "./dataset-types.ts";
import { readDatasetItems } from "./datasets.ts";
import { doctor } from "./doctor/index.ts";
import { appendEdits } from "./edits.ts";
import { listEvents } from "./events.ts";
import { freezeDataset } from "./freeze.ts";
import { getImage, insertImage, type NewLayer } from "./images.ts";
import { readItemReview } from "./layer-review.ts";
import { getLayer } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { createProject } from "./projects.ts";
import { listRevisions } from "./revisions.ts";
import type { Store } from "./store.ts";
import { box, edit, sampleImage } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let seed = 700;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
});
afterAll(() => temporary.end());

const upper: ObjectShape = box(0, 0, 16, 32);
const lower: ObjectShape = box(16, 0, 32, 32);
const layer = (more: Partial<NewLayer> = {}): NewLayer => ({
  compartment: "nuclear",
  objects: [{ shape: box(2, 2, 8, 8) }],
  ...more,
});

async function project(name: string, ...layers: readonly (readonly NewLayer[])[]) {
  const { id: projectId } = await createProject(store, person, name);
  const layerIds: string[] = [];
  for (const [i, own] of layers.entries()) {
    const { imageId } = await insertImage(store, person, {
      projectId,
      name: `image ${i}`,
      image: sampleImage(32, 32, seed++),
      group: `g${i}`,
      layers: own,
      source: { title: "test", licence: "CC0-1.0" },
    });
    layerIds.push(...(await getImage(store, imageId)).layers.map(({ id }) => id));
  }
  return { projectId, layerIds, layerId: layerIds[0] as string };
}

const freeze = (projectId: string) =>
  freezeDataset(store, person, { projectId, name: "d", query: "", split: { validation: 0, test: 0 } });

async function itemsOf(versionId: string): Promise<DatasetItem[]> {
  const items: DatasetItem[] = [];
  for await (const item of readDatasetItems(store, versionId)) items.push(item);
  return items.sort((a, b) => (a.name < b.name ? -1 : 1));
}

describe("a region given with the labels", () => {
  test("is kept, pinned by a version, and what a review tells", async () => {
    const { projectId, layerId } = await project(
      "given",
      [layer({ coverage: "region", region: upper })],
      [layer({ coverage: "sparse" })],
      [layer()],
    );
    const kept = await layerCoverage(store, layerId);
    expect(kept.coverage).toBe("region");
    expect(kept.region !== null && shapesEqual(kept.region, upper)).toBe(true);
    const version = await freeze(projectId);
    const [region, sparse, all] = await itemsOf(version.id);
    expect([region, sparse, all].map((item) => item?.strata["coverage"])).toEqual([
      "region",
      "sparse",
      undefined,
    ]);
    expect([sparse?.regionDigest, all?.regionDigest]).toEqual([null, null]);
    const review = await readItemReview(store, region as DatasetItem);
    expect(review).toMatchObject({ coverage: "region", accepted: true, touched: null });
    expect(shapesEqual(review?.region as ObjectShape, upper)).toBe(true);
    expect(await readItemReview(store, sparse as DatasetItem)).toMatchObject({ region: null });
    expect(await readItemReview(store, all as DatasetItem)).toBeNull();
    expect((await doctor(store, { full: true })).findings).toEqual([]);
  });

  test("outside the image, in another plane, or without the coverage is refused", async () => {
    const cases: readonly (readonly [Partial<NewLayer>, string])[] = [
      [{ coverage: "region", region: box(0, 0, 33, 32) }, "label.invalid"],
      [{ coverage: "region", region: { ...upper, z: 1 } }, "label.invalid"],
      [{ coverage: "sparse", region: upper }, "request.invalid"],
      [{ region: upper }, "request.invalid"],
    ];
    for (const [more, code] of cases)
      await expect(project(`refused ${seed}`, [layer(more)])).rejects.toMatchObject({ code });
  });

  test("of another compartment is its own: not the first one's", async () => {
    const { projectId } = await project("two", [
      layer(),
      layer({ compartment: "wholeCell", coverage: "region", region: lower }),
    ]);
    const [item] = await itemsOf((await freeze(projectId)).id);
    expect([item?.strata["coverage"], item?.regionDigest]).toEqual([undefined, null]);
    expect(item?.moreLayers).toMatchObject([{ compartment: "wholeCell", coverage: "region" }]);
    const digest = item?.moreLayers[0]?.regionDigest as string;
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect((await doctor(store)).findings).toEqual([]);
  });
});

describe("said later", () => {
  test("a layer without open edits gets a revision at once, accepted as its head was", async () => {
    const { projectId, layerId } = await project("later", [layer()]);
    const before = await freeze(projectId);
    await setCoverage(store, person, layerId, { coverage: "region", region: upper });
    const revisions = await listRevisions(store, layerId);
    expect(revisions.map(({ number, accepted, message }) => [number, accepted, message])).toEqual([
      [2, true, "Everything in a region is labelled"],
      [1, true, "Imported"],
    ]);
    expect(revisions[0]?.root).toBe(revisions[1]?.root);
    expect((await getLayer(store, layerId)).dirty).toBe(false);
    const after = await freeze(projectId);
    expect(after.digest).not.toBe(before.digest);
    expect(after.changes).toMatchObject({ imagesRedescribed: 1, imagesRelabelled: 0 });
    // The earlier version still says what it said.
    const [old] = await itemsOf(before.id);
    expect(await readItemReview(store, old as DatasetItem)).toBeNull();
    // Only the region moves: the words stay, the digest does not.
    await setCoverage(store, person, layerId, { coverage: "region", region: lower });
    const moved = await freeze(projectId);
    expect(moved.digest).not.toBe(after.digest);
    expect(moved.changes).toMatchObject({ imagesRedescribed: 1 });
    const [item] = await itemsOf(moved.id);
    expect(
      shapesEqual((await readItemReview(store, item as DatasetItem))?.region as ObjectShape, lower),
    ).toBe(true);
    expect((await doctor(store, { full: true })).findings).toEqual([]);
  });

  test("the same again changes nothing; back to everything leaves no region", async () => {
    const { layerId } = await project("again", [layer({ coverage: "region", region: upper })]);
    await setCoverage(store, person, layerId, { coverage: "region", region: upper });
    expect(await listRevisions(store, layerId)).toHaveLength(1);
    await setCoverage(store, person, layerId, { coverage: "exhaustive", region: null });
    expect(await layerCoverage(store, layerId)).toEqual({ coverage: "exhaustive", region: null });
    const events = await listEvents(store, { limit: 10_000 });
    const said = events.filter(({ verb, entityId }) => verb === "layer.coverage" && entityId === layerId);
    expect(said).toHaveLength(1);
    expect(said[0]?.details).toMatchObject({
      before: { coverage: "region" },
      after: { coverage: "exhaustive", regionDigest: null },
    });
  });

  test("open edits are not committed behind their author's back; the next commit takes both in", async () => {
    const { layerId } = await project("open", [layer()]);
    const drawn = (operationId: string, before: ObjectShape | null, after: ObjectShape | null) =>
      edit(operationId, [{ uid: "01K0000000000000000000DRAW", before, after }], {
        kind: after === null ? "delete" : "draw",
      });
    await appendEdits(store, person, layerId, [
      drawn("01K000000000000000000000A1", null, box(20, 20, 24, 24)),
    ]);
    await setCoverage(store, person, layerId, { coverage: "sparse", region: null });
    expect(await listRevisions(store, layerId)).toHaveLength(1);
    // Taken back: the objects are those of the head again, what they speak for is not.
    await appendEdits(store, person, layerId, [
      drawn("01K000000000000000000000A2", box(20, 20, 24, 24), null),
    ]);
    const revision = await commitRevision(store, person, layerId);
    expect(revision.number).toBe(2);
    expect((await commitRevision(store, person, layerId)).number).toBe(2);
  });

  test("a region is needed where one is spoken of", async () => {
    const { layerId } = await project("needed", [layer()]);
    await expect(
      setCoverage(store, person, layerId, { coverage: "region", region: null }),
    ).rejects.toMatchObject({ code: "request.invalid" });
    await expect(
      setCoverage(store, person, "01K0000000000000000000NONE", { coverage: "sparse", region: null }),
    ).rejects.toMatchObject({ code: "layer.notFound" });
  });

  test("a branch begins with what its base said", async () => {
    const { layerId } = await project("branch", [layer({ coverage: "region", region: upper })]);
    const branch = await createBranch(store, person, layerId, "Bea");
    const { coverage, region } = await layerCoverage(store, branch.id);
    expect([coverage, shapesEqual(region as ObjectShape, upper)]).toEqual(["region", true]);
  });
});

test("the doctor finds an item whose region is not that of its revision", async () => {
  const { projectId } = await project("planted", [layer({ coverage: "region", region: upper })]);
  const version = await freeze(projectId);
  await store.sql.query("UPDATE dataset_item SET region_digest = $2 WHERE dataset_version_id = $1", [
    version.id,
    "0".repeat(64),
  ]);
  const rules = (await doctor(store)).findings.map(({ rule }) => rule);
  expect(rules.sort()).toEqual(["dataset.digest", "dataset.item"]);
});
