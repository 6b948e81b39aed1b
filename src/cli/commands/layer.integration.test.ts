/** The commands about versions of labels, as they are typed, on label files and on a real data folder. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeLabelTiff } from "#formats/index.ts";
import * as store from "#store/index.ts";
import { box, edit, sampleImage, squares } from "#store/testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { labelsOf } from "#testing/index.ts";
import { runCommandLine } from "../main.ts";

let temporary: TemporaryStore;
let folder: string;
let uids: string[];
let layerId: string;
let person: store.Agent;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "layer-command-"));
  temporary = await openTemporaryStore();
  const db = temporary.store;
  await store.ensureLab(db);
  person = store.agentOf(await store.ensureOwner(db));
  const { id: projectId } = await store.createProject(db, person, "nuclei");
  const inserted = await store.insertImage(db, person, {
    projectId,
    name: "plate 7",
    image: sampleImage(64, 64, 1),
    labels: squares(64, 64),
    source: { title: "t", licence: "CC0-1.0" },
  });
  layerId = inserted.state === "inserted" ? (inserted.layerId ?? "") : "";
  uids = (await store.layerObjects(db, layerId)).objects.map(({ uid }) => uid);
});
afterAll(async () => {
  await temporary.end();
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const code = await runCommandLine([...args, "--home", temporary.home], {
    stdout: {
      write(text) {
        out += text;
      },
    },
    stderr: {
      write(text) {
        err += text;
      },
    },
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

test("diff of two label files by place, with a picture", async () => {
  const [a, b, picture] = ["a.tif", "b.tif", "d.png"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(a, writeLabelTiff(labelsOf("11..22", "11..22")));
  writeFileSync(b, writeLabelTiff(labelsOf("55....", "55..6.")));
  const { code, out } = await run("diff", a, b, "--json", "--picture", picture);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    identical: 1,
    renumbered: 1,
    counts: { reshaped: 1, removed: 0, added: 0 },
    changes: [{ verb: "reshaped", before: ["2"], after: ["6"], iou: 0.25 }],
  });
  expect(existsSync(picture) && readFileSync(picture).subarray(1, 4).toString()).toBe("PNG");
  writeFileSync(b, writeLabelTiff(labelsOf("1")));
  expect((await run("diff", a, b)).err).toContain("array.shapeMismatch");
});

test("branch, diff, merge with a conflict, log, blame, restore", async () => {
  expect((await run("layer", "branch", "plate 7", "fix")).out).toContain("16 cells");
  const branch = (await store.listBranches(temporary.store, layerId))[0]?.id ?? "";
  const change = (
    layer: string,
    id: string,
    uid: string,
    after: ReturnType<typeof box> | null,
    before: ReturnType<typeof box>,
  ) => store.appendEdits(temporary.store, person, layer, [edit(id, [{ uid, before, after }])]);
  await change(branch, "b1", uids[0] ?? "", box(0, 0, 10, 12), box(0, 0, 10, 10));
  await change(branch, "b2", uids[1] ?? "", null, box(0, 16, 10, 26));
  await change(layerId, "m1", uids[0] ?? "", box(0, 0, 12, 10), box(0, 0, 10, 10));

  const diff = await run("diff", "plate 7@1", "plate 7:fix");
  expect(diff.out).toContain("14 identical, 1 reshaped, 1 removed");
  const open = await run("layer", "merge", "plate 7", "fix", "--dry-run", "--json");
  expect(open.code).toBe(1);
  const { conflicts, state } = JSON.parse(open.out);
  expect([state, conflicts.length]).toEqual(["conflict", 1]);
  expect((await run("layer", "merge", "plate 7", "fix", "--resolve", `${conflicts[0].id}=mine`)).code).toBe(
    2,
  );
  const merged = await run("layer", "merge", "plate 7", "fix", "--resolve", `${conflicts[0].id}=theirs`);
  expect(merged).toMatchObject({
    code: 0,
    out: expect.stringContaining("Merged as revision 3: 1 change taken in."),
  });
  const log = await run("layer", "log", "plate 7");
  expect(log.out).toContain("Took in branch fix");
  expect(log.out).toContain("fix (");
  const blame = await run("layer", "blame", "plate 7", "--cells");
  expect(blame.out).toContain("15 cells, 1 (7 %) seen by a person");
  expect((await run("layer", "restore", "plate 7@1")).out).toContain("revision 4, 16 cells");
  expect((await run("diff", "plate 7@1", "plate 7")).out).toContain("16 identical");
  expect((await run("layer", "branch", "plate 7", "fix", "--close")).out).toContain("closed");
});

test("a new layer whose cells may overlap, said once", async () => {
  const made = await run("layer", "new", "plate 7", "chromosomes", "--overlap", "--json");
  expect(JSON.parse(made.out)).toMatchObject({
    ...{ image: "plate 7", name: "chromosomes", compartment: "nuclear", overlapAllowed: true, made: true },
  });
  const { id } = JSON.parse(made.out);
  const both = await store.appendEdits(temporary.store, person, id, [
    edit("o1", [{ uid: "below", before: null, after: box(0, 0, 10, 10) }]),
    edit("o2", [{ uid: "above", before: null, after: box(0, 0, 10, 12) }]),
  ]);
  expect(both.map(({ state }) => state)).toEqual(["saved", "saved"]);
  const again = await run("layer", "new", "plate 7", "chromosomes", "--overlap");
  expect(again.out).toContain("plate 7:chromosomes is there already. Its cells may overlap.");
  expect((await run("layer", "log", "plate 7:chromosomes")).out).toContain("may overlap");
  const other = await run("layer", "new", "plate 7", "chromosomes");
  expect(other.code).not.toBe(0);
  expect(other.err).toContain("its cells may overlap");
});

test("a new layer of another kind keeps its cells apart; what is no kind is refused", async () => {
  const made = await run("layer", "new", "plate 7", "--compartment", "wholeCell");
  expect(made.out).toContain("plate 7:wholeCell is a new layer (wholeCell). Its cells may not overlap.");
  expect((await run("layer", "new", "plate 7", "--compartment", "wing")).code).toBe(2);
  expect((await run("layer", "new", "plate 7", "x".repeat(61))).err).toContain("at most 60 letters");
  expect((await run("layer", "new", "plate 9")).err).toContain('There is no image "plate 9"');
});

test("what does not exist is said, with what there is", async () => {
  expect((await run("layer", "log", "plate 8")).err).toContain('There is no image "plate 8"');
  expect((await run("diff", "plate 7@99", "plate 7")).err).toContain("no revision 99");
  expect((await run("layer", "blame", "plate 7:nope")).err).toContain("nope");
});
