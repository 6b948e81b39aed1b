/** The job `track` on a stored movie: links as the simulation made them, an edit that can be taken back, people's word. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { invertOperation, type OriginChange } from "#core/edits/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { type MovieFrame, simulateMovie } from "#core/movie/index.ts";
import {
  type Agent,
  agentOf,
  appendEdits,
  commitRevision,
  createProject,
  editLog,
  ensureAgent,
  ensureLayer,
  ensureOwner,
  getLayer,
  insertImage,
  layerLinks,
  layerObjects,
  type Store,
} from "#store/index.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { runJobHere } from "../submit.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let projectId: string;
let layerId: string;

const size = 128;
const frameCount = 16;
const simulated = simulateMovie(
  {
    ...{ look: "nuclear", density: "medium", frameCount, height: size, width: size, mppUm: 0.8, cycleH: 4 },
    ...{ missedFrames: 0, deathsPerCycle: 0 },
  },
  8,
);
const frames: MovieFrame[] = [...simulated.frames];
const uidOf = (t: number, label: number): string => `c${t}x${label}`;

/** "child kind parent" of the simulation; a cell that is out of sight for frames goes on as the same. */
function truth(): string[] {
  const seen = new Map<number, number>();
  const parents = new Map(simulated.tracks().map(({ label, parent }) => [label, parent]));
  return frames
    .flatMap(({ t, labels }) =>
      [...new Set(labels.data)]
        .filter((label) => label > 0)
        .flatMap((label) => {
          const before = seen.get(label);
          seen.set(label, t);
          if (before !== undefined) return [`${uidOf(t, label)} link ${uidOf(before, label)}`];
          const parent = parents.get(label) ?? null;
          const last = parent === null ? undefined : seen.get(parent);
          return last === undefined ? [] : [`${uidOf(t, label)} division ${uidOf(last, parent!)}`];
        }),
    )
    .sort();
}

const stored = async (): Promise<string[]> =>
  (await layerLinks(store, layerId)).map(({ from, to, kind }) => `${to} ${kind} ${from}`).sort();

async function track() {
  const spec = { kind: "track", projectId, title: "Track", params: { layerId, linker: "plain" } } as const;
  const job = await runJobHere(store, person, spec);
  expect(job).toMatchObject({ state: "done", error: null });
  return job.result!;
}

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
  ({ id: projectId } = await createProject(store, person, "movies"));
  const { dtype } = frames[0]!.image;
  const pixels = imageArray(dtype, "tyx", [frameCount, size, size]);
  for (const { t, image } of frames) pixels.data.set(image.data, t * size * size);
  const { imageId } = await insertImage(store, person, {
    ...{ projectId, name: "movie", image: pixels, source: { title: "simulated", licence: "CC0-1.0" } },
  });
  layerId = (await ensureLayer(store, person, imageId, "nuclear")).id;
  const changes = frames.flatMap(({ t, labels }) =>
    [...objectShapesFromLabels(labels, { t, z: 0 })].map(([label, after]) => ({
      ...{ uid: uidOf(t, label), before: null, after },
    })),
  );
  const [saved] = await appendEdits(store, person, layerId, [
    { ...{ operationId: "0".repeat(26), kind: "draw", tool: "test", changes, msSpent: 0 } },
  ]);
  expect(saved).toMatchObject({ state: "saved" });
});
afterAll(() => temporary.end());

let second: string[] = [];

test("links and divisions of the simulation; the edit is a program's and can be taken back", async () => {
  const result = await track();
  const [found, wanted] = [await stored(), truth()];
  const right = found.filter((one) => wanted.includes(one)).length;
  expect(wanted.filter((one) => one.includes("division")).length).toBeGreaterThan(3);
  expect(right / wanted.length).toBeGreaterThan(0.97);
  expect(right / found.length).toBeGreaterThan(0.97);
  expect(result).toMatchObject({ layerId, linker: null, changed: found.length, hardWindows: 0 });
  const made = (await editLog(store, layerId)).edits.at(-1)!;
  expect(made).toMatchObject({ kind: "propose", tool: "track plain", changes: [], agent: { kind: "rule" } });
  expect(made.origins).toHaveLength(found.length);
  // Again: nothing is found otherwise, and nothing is written.
  expect((await track())["changed"]).toBe(0);
  await appendEdits(store, person, layerId, [invertOperation(made, `${"0".repeat(25)}U`, "undo")]);
  expect(await stored()).toEqual([]);
  // Taking back decided nothing: the next run finds the same.
  expect((await track())["changed"]).toBe(found.length);
  expect(await stored()).toEqual(found);
  second = found;
});

test("what a person decided holds, also after a commit; everything else stays", async () => {
  const inner = second.filter((one) => one.includes(" link "));
  const [wrong] = inner.slice(20, 21);
  const [uid] = wrong!.split(" ") as [string];
  const before = (await layerObjects(store, layerId)).objects.find((one) => one.uid === uid)!.origin!;
  // The linker said how sure it is.
  expect(before.confidence).toBeGreaterThan(0);
  expect(before.confidence).toBeLessThan(1);
  const cut: OriginChange = { uid, before, after: null };
  const send = (operationId: string, origins: readonly OriginChange[]) =>
    appendEdits(store, person, layerId, [
      { ...{ operationId, kind: "draw", tool: "track", changes: [], msSpent: 5, origins } },
    ]);
  expect(await send(`${"0".repeat(25)}C`, [cut])).toMatchObject([{ state: "saved" }]);
  await commitRevision(store, person, layerId);
  await track();
  const after = await stored();
  expect(after).not.toContain(wrong);
  expect(second.filter((one) => !after.includes(one)).length).toBeLessThan(4);
  // And a link of a cell to one far from it.
  const { objects } = await layerObjects(store, layerId);
  const own = objects.find((one) => one.uid === uid)!;
  const far = objects
    .filter(({ shape }) => shape.t === own.shape.t - 1)
    .sort((a, b) => distance(b, own) - distance(a, own))[0]!;
  expect(distance(far, own)).toBeGreaterThan(40);
  const changes = objects.flatMap(({ uid: child, origin: now }): OriginChange[] => {
    if (child === uid) return [{ uid, before: now ?? null, after: { uid: far.uid, kind: "link" } }];
    return now?.uid === far.uid ? [{ uid: child, before: now, after: null }] : [];
  });
  expect(await send(`${"0".repeat(25)}D`, changes)).toMatchObject([{ state: "saved" }]);
  await track();
  expect(await stored()).toContain(`${uid} link ${far.uid}`);
});

const distance = (
  a: { readonly shape: { readonly bbox: readonly number[] } },
  b: { readonly shape: { readonly bbox: readonly number[] } },
): number => Math.hypot(a.shape.bbox[0]! - b.shape.bbox[0]!, a.shape.bbox[1]! - b.shape.bbox[1]!);

test("linked again around a few cells: what was decided holds, what was torn is mended, all else stays", async () => {
  const { objects } = await layerObjects(store, layerId);
  const byUid = new Map(objects.map((one) => [one.uid, one]));
  const standing = await stored();
  // A program tore links of one place; a person marked a cell as dead at another.
  const torn = objects.filter(({ shape, origin }) => shape.t === 8 && origin?.kind === "link").slice(0, 2);
  const ends = objects.find(
    ({ uid, shape }) => shape.t === 5 && objects.every(({ origin }) => origin?.uid !== uid),
  );
  const agent = await ensureAgent(store, "rule", "tears");
  const edit = (operationId: string, rest: object) => ({
    ...({ operationId, kind: "relink", tool: "test", changes: [], msSpent: 0 } as const),
    ...rest,
  });
  const cuts = torn.map(({ uid, origin }): OriginChange => ({ uid, before: origin ?? null, after: null }));
  expect(
    await appendEdits(store, agent, layerId, [edit(`${"0".repeat(25)}T`, { origins: cuts })]),
  ).toMatchObject([{ state: "saved" }]);
  if (ends !== undefined) {
    const events = [{ uid: ends.uid, side: "end", before: null, after: { kind: "death" } }] as const;
    expect(await appendEdits(store, person, layerId, [edit(`${"0".repeat(25)}E`, { events })])).toMatchObject(
      [{ state: "saved" }],
    );
  }
  const around = torn.map(({ uid }) => uid);
  const spec = {
    kind: "track",
    projectId,
    title: "Track",
    params: { layerId, linker: "plain", around },
  } as const;
  const job = await runJobHere(store, person, spec);
  expect(job).toMatchObject({ state: "done", error: null, result: { around: 2, changed: 2 } });
  expect(job.result!["looked"]).toBeLessThan(objects.length);
  expect(await stored()).toEqual(standing);
  const made = (await editLog(store, layerId)).edits.at(-1)!;
  expect(made).toMatchObject({ kind: "propose", tool: "link again plain", changes: [] });
  expect(made.origins!.map(({ uid }) => uid).sort()).toEqual([...around].sort());
  for (const { after } of made.origins!) expect(byUid.has(after!.uid)).toBe(true);
  // Again: nothing is found otherwise.
  expect((await runJobHere(store, person, spec)).result!["changed"]).toBe(0);
  // The torn ones are forbidden by a person now: they stay apart.
  const now = (await layerObjects(store, layerId)).objects.find(({ uid }) => uid === around[0])!.origin!;
  const cut = { uid: around[0]!, before: now, after: null };
  await appendEdits(store, person, layerId, [edit(`${"0".repeat(25)}P`, { origins: [cut] })]);
  expect(await runJobHere(store, person, spec)).toMatchObject({ state: "done" });
  expect(await stored()).not.toContain(`${around[0]} link ${now.uid}`);
  const gone = await runJobHere(store, person, {
    ...spec,
    params: { ...spec.params, around: ["nobody"] },
  });
  expect(gone).toMatchObject({ state: "failed", error: { code: "tracking.constraint" } });
});

test("an image without time and a layer without cells are refused by name", async () => {
  const still = await insertImage(store, person, {
    ...{ projectId, name: "still", image: imageArray("uint8", "yx", [20, 20]) },
    source: { title: "simulated", licence: "CC0-1.0" },
  });
  const empty = await insertImage(store, person, {
    ...{ projectId, name: "empty", image: imageArray("uint8", "tyx", [3, 20, 20]) },
    source: { title: "simulated", licence: "CC0-1.0" },
  });
  for (const [imageId, code, word] of [
    [still.imageId, "array.axes", "still"],
    [empty.imageId, "dataset.empty", "empty"],
  ] as const) {
    const layer = await ensureLayer(store, person, imageId, "nuclear");
    const spec = { kind: "track", projectId, title: "Track", params: { layerId: layer.id } } as const;
    const job = await runJobHere(store, person, spec);
    expect(job).toMatchObject({ state: "failed", error: { code } });
    expect(job.error!.message).toContain(word);
  }
});

test("several movies in one job: each has its own end, one that fails stops no other", async () => {
  const still = await insertImage(store, person, {
    ...{ projectId, name: "one frame", image: imageArray("uint8", "yx", [20, 20]) },
    source: { title: "simulated", licence: "CC0-1.0" },
  });
  const { imageId } = await getLayer(store, layerId);
  const params = { imageIds: [still.imageId, imageId], linker: "plain" };
  const job = await runJobHere(store, person, { kind: "track", projectId, title: "Track both", params });
  expect(job).toMatchObject({ state: "done", error: null });
  expect(job.items.map(({ id, state, error }) => [id, state, error?.code ?? null])).toEqual([
    [still.imageId, "failed", "dataset.empty"],
    [imageId, "done", null],
  ]);
  const { cells } = job.result as { cells: number };
  expect(job.result).toMatchObject({ failed: 1, movies: [{ imageId, layerId, cells }] });
  expect(cells).toBe((await layerObjects(store, layerId)).objects.length);
  const alone = { imageIds: [still.imageId] };
  const failed = await runJobHere(store, person, { kind: "track", projectId, title: "Track", params: alone });
  expect(failed).toMatchObject({ state: "failed", error: { code: "dataset.empty" } });
});
