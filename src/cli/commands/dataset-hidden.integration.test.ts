/** `dataset propose`, `freeze`, `show` and `card` say what label images hide of cells that overlap. */

import { afterAll, beforeAll, expect, test } from "vitest";
import * as store from "#store/index.ts";
import { box, edit, sampleImage } from "#store/testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { runCommandLine } from "../main.ts";

let temporary: TemporaryStore;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  const db = temporary.store;
  await store.ensureLab(db);
  const person = store.agentOf(await store.ensureOwner(db));
  const { id: projectId } = await store.createProject(db, person, "spreads");
  const { imageId } = await store.insertImage(db, person, {
    ...{ projectId, name: "spread", image: sampleImage(40, 40, 1) },
    source: { title: "t", licence: "CC0-1.0" },
  });
  const layer = await store.ensureLayer(db, person, imageId, "nuclear", { overlapAllowed: true });
  await store.appendEdits(db, person, layer.id, [
    edit("o1", [{ uid: "below", before: null, after: box(4, 4, 8, 8) }]),
    edit("o2", [{ uid: "above", before: null, after: box(2, 2, 20, 20) }]),
  ]);
  await store.commitRevision(db, person, layer.id, { accepted: true });
});
afterAll(() => temporary.end());

async function run(...args: string[]): Promise<string> {
  let [out, err] = ["", ""];
  const code = await runCommandLine([...args, "--home", temporary.home], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    signal: new AbortController().signal,
  });
  expect(err).toBe("");
  expect(code).toBe(0);
  return out;
}

test("counts in all, a row per image, and the name of the cell that is wholly covered", async () => {
  for (const args of [
    ["propose", "d"],
    ["freeze", "d"],
    ["show", "d"],
  ]) {
    const out = await run("dataset", ...args);
    expect(out).toContain("so 16 pixels of 1 cell are hidden. Training and evaluation see label images.");
    expect(out).toContain('Not to be seen at all: cell 1 of "spread" (nuclear).');
    expect(out).toMatch(/image +compartment +hidden pixels +of cells +wholly covered cells/);
    expect(out).toMatch(/spread +nuclear +16 +1 +1\b/);
  }
  expect(await run("dataset", "card", "d")).toContain("## Overlapping cells");
});
