/** The job `track` on cells that lie on each other: each is linked by its own pixels, also where another covers it whole. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import type { EditOperation, OriginChange } from "#core/edits/index.ts";
import {
  type Agent,
  agentOf,
  appendEdits,
  createProject,
  ensureAgent,
  ensureLayer,
  ensureOwner,
  insertImage,
  layerLinks,
  layerObjects,
  type Store,
} from "#store/index.ts";
import { box, edit } from "#store/testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { runJobHere } from "../submit.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let projectId: string;
let layerId: string;

const [size, frameCount] = [96, 6];

/** A small cell in each frame, a large one that lies on it, one that lies half on the large one, and one alone. */
const drawn = [
  { name: "small", at: [20, 20, 30, 32] },
  { name: "large", at: [12, 10, 40, 44] },
  { name: "half", at: [34, 30, 52, 56] },
  { name: "alone", at: [70, 64, 84, 80] },
] as const;

const cellsAt = (t: number) =>
  drawn.map(({ name, at: [y0, x0, y1, x1] }) => ({
    uid: `${name}-${t}`,
    before: null,
    after: { ...box(y0 + t, x0 + t, y1 + t, x1 + t), t },
  }));

const wanted = drawn
  .flatMap(({ name }) =>
    Array.from({ length: frameCount - 1 }, (_, t) => `${name}-${t + 1} link ${name}-${t}`),
  )
  .sort();

const found = async (): Promise<string[]> =>
  (await layerLinks(store, layerId)).map(({ from, to, kind }) => `${to} ${kind} ${from}`).sort();

async function track(more: { readonly around?: readonly string[] } = {}) {
  const params = { layerId, linker: "plain", ...more };
  const job = await runJobHere(store, person, { kind: "track", projectId, title: "Track", params });
  expect(job).toMatchObject({ state: "done", error: null });
  return job.result!;
}

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
  ({ id: projectId } = await createProject(store, person, "movies"));
  const { imageId } = await insertImage(store, person, {
    ...{ projectId, name: "movie", image: imageArray("uint8", "tyx", [frameCount, size, size]) },
    source: { title: "drawn", licence: "CC0-1.0" },
  });
  layerId = (await ensureLayer(store, person, imageId, "nuclear", { overlapAllowed: true })).id;
  const operations = Array.from(
    { length: frameCount },
    (_, t): EditOperation => edit(`draw-${t}`, cellsAt(t)),
  );
  for (const saved of await appendEdits(store, person, layerId, operations))
    expect(saved).toMatchObject({ state: "saved" });
});
afterAll(() => temporary.end());

test("every cell is linked through the movie, a covered one too", async () => {
  const { objects } = await layerObjects(store, layerId);
  const small = objects.find(({ uid }) => uid === "small-0")!;
  expect(small.label).toBeLessThan(objects.find(({ uid }) => uid === "large-0")!.label);
  expect(await track()).toMatchObject({
    cells: drawn.length * frameCount,
    tracks: drawn.length,
    divisions: 0,
  });
  expect(await found()).toEqual(wanted);
  expect(await track()).toMatchObject({ changed: 0 });
});

test("a torn link of a covered cell is mended around it", async () => {
  const { objects } = await layerObjects(store, layerId);
  const origin = objects.find(({ uid }) => uid === "small-3")!.origin!;
  const cut: OriginChange = { uid: "small-3", before: origin, after: null };
  const agent = await ensureAgent(store, "rule", "tears");
  const tear = { operationId: "tear", kind: "relink", tool: "test", changes: [], msSpent: 0 } as const;
  expect(await appendEdits(store, agent, layerId, [{ ...tear, origins: [cut] }])).toMatchObject([
    { state: "saved" },
  ]);
  expect(await found()).not.toContain("small-3 link small-2");
  expect(await track({ around: ["small-3"] })).toMatchObject({ around: 1, changed: 1 });
  expect(await found()).toEqual(wanted);
});
