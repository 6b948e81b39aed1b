/** `layer types`, `layer spots` and what an export holds of both, as they are typed, on a real data folder. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as store from "#store/index.ts";
import { sampleImage, squares } from "#store/testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { runCommandLine } from "../main.ts";

let temporary: TemporaryStore;
let folder: string;
let layerId: string;
let uids: string[];
let person: store.Agent;

const T = "CL:0000084";
const B = "CL:0000236";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "layer-tables-"));
  temporary = await openTemporaryStore();
  const db = temporary.store;
  await store.ensureLab(db);
  person = store.agentOf(await store.ensureOwner(db));
  const { id: projectId } = await store.createProject(db, person, "tables");
  const inserted = await store.insertImage(db, person, {
    projectId,
    name: "plate 7",
    image: sampleImage(32, 32, 1),
    labels: squares(32, 32),
    mpp: { y: 0.5, x: 0.5 },
    source: { title: "t", licence: "CC0-1.0" },
  });
  layerId = inserted.state === "inserted" ? (inserted.layerId ?? "") : "";
  const { objects } = await store.layerObjects(db, layerId);
  uids = objects.toSorted((a, b) => a.label - b.label).map(({ uid }) => uid);
  const types = [{ uid: uids[0] as string, before: null, after: [{ term: T, by: "person" as const }] }];
  const operation = { kind: "assignType", tool: "test", changes: [], msSpent: 0, types } as const;
  await store.appendEdits(db, person, layerId, [{ ...operation, operationId: db.ids.next() }]);
});
afterAll(async () => {
  await temporary.end();
  rmSync(folder, { recursive: true, force: true });
});

async function run<T>(...args: string[]): Promise<{ code: number; result: T; err: string }> {
  let [out, err] = ["", ""];
  const keep = (add: (text: string) => void) => ({ write: add });
  const code = await runCommandLine([...args, "--json", "--home", temporary.home], {
    stdout: keep((text) => {
      out += text;
    }),
    stderr: keep((text) => {
      err += text;
    }),
    signal: new AbortController().signal,
  });
  return { code, result: (out === "" ? null : JSON.parse(out)) as T, err };
}

const path = (name: string): string => join(folder, name);
const lines = (name: string): string[] => readFileSync(path(name), "utf8").trim().split(/\r?\n/);
const typesNow = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await store.layerObjects(temporary.store, layerId)).objects.flatMap(({ label, types }) =>
      types === undefined ? [] : [[label, types.map(({ term, by }) => `${term} ${by}`).join("; ")]],
    ),
  );

test("types are read from a table; what a person said stays until it is replaced", async () => {
  writeFileSync(
    path("in.csv"),
    `label,cell_type\n1,B cell\n2,T cell; neuron\n3,B cell\n4,flubber\n99,B cell\n`,
  );
  const read = ["layer", "types", "plate 7", "--read", path("in.csv")];
  const dry = await run("layer", "types", "plate 7", "--read", path("in.csv"), "--dry-run");
  expect(await typesNow()).toEqual({ 1: `${T} person` });
  const done = await run(...read);
  const expected = { named: 2, same: 0, kept: 1, strangers: 1, unknownWords: ["flubber"], ofOtherImages: 0 };
  expect(done.result).toMatchObject({ ...expected, dryRun: false });
  expect(dry.result).toMatchObject({ ...expected, dryRun: true });
  const now = await typesNow();
  expect(Object.keys(now)).toEqual(["1", "2", "3"]);
  expect([now[1], now[3]]).toEqual([`${T} person`, `${B} import`]);
  expect((await run(...read)).result).toMatchObject({ named: 0, same: 2, kept: 1 });
  expect((await run(...read, "--replace")).result).toMatchObject({ named: 1, same: 2, kept: 0 });
  expect((await typesNow())[1]).toBe(`${B} import`);
  // Saved as edits that the history has.
  const { edits } = await store.editLog(temporary.store, layerId);
  expect(edits.at(-1)).toMatchObject({ kind: "assignType", tool: "read table" });
});

test("the table that is written is read back as what it was", async () => {
  const { result } = await run("layer", "types", "plate 7", "--out", path("out.csv"));
  expect(result).toMatchObject({ cells: 4, typed: 3, rows: 4 });
  expect(lines("out.csv")[0]).toBe("term,name,by,uid,label,t,z,y_px,x_px");
  const back = await run("layer", "types", "plate 7", "--read", path("out.csv"));
  expect(back.result).toMatchObject({ named: 0, same: 3, strangers: 0 });
});

test("spots are added once, and written with the cell that holds them or is near", async () => {
  const { objects } = await store.layerObjects(temporary.store, layerId);
  const [y0, x0, , x1] = (objects.find(({ label }) => label === 1) as (typeof objects)[number]).shape.bbox;
  // The second is two pixels, 1 µm, right of the cell's last pixel.
  writeFileSync(path("spots.csv"), `gene,y,x\nACTB,${y0 + 1},${x0 + 1}\nB2M,${y0 + 1},${x1 + 1}\nB2M,-9,3\n`);
  const read = ["layer", "spots", "plate 7", "--read", path("spots.csv")];
  expect((await run(...read)).result).toMatchObject({ added: 2, present: 0, leftOut: 1 });
  expect((await run(...read)).result).toMatchObject({ added: 0, present: 2, leftOut: 1 });
  const cellsOf = async (...more: string[]) => {
    await run("layer", "spots", "plate 7", "--out", path("written.csv"), ...more);
    const [heading, ...rows] = lines("written.csv").map((line) => line.split(","));
    const at = (name: string): number => (heading as string[]).indexOf(name);
    return rows.map((row) => [row[at("gene")], row[at("cell_uid")]]).sort();
  };
  expect(await cellsOf()).toEqual([
    ["ACTB", uids[0]],
    ["B2M", ""],
  ]);
  expect(await cellsOf("--distance", "1")).toEqual([
    ["ACTB", uids[0]],
    ["B2M", uids[0]],
  ]);
});

test("an export holds the accepted types and spots as tables, of its revision", async () => {
  await store.commitRevision(temporary.store, person, layerId, { accepted: true });
  writeFileSync(path("late.csv"), "gene,y,x\nLATE,1,1\n");
  await run("layer", "spots", "plate 7", "--read", path("late.csv"));
  const exported = await run(
    "images",
    "export",
    "--where",
    `cells.type under ${B}`,
    "--format",
    "cellpose",
    "--out",
    path("out"),
  );
  expect(exported.code).toBe(0);
  expect(lines("out/cell_types.csv").map((line) => line.split(",").slice(5).join(","))).toEqual([
    "label,t,z,y_px,x_px,term,name,by",
    expect.stringMatching(/^1,0,0,\d+,\d+,CL:0000236,B cell,import$/),
    expect.stringMatching(/^2,.*,import$/),
    expect.stringMatching(/^2,.*,import$/),
    expect.stringMatching(/^3,.*,CL:0000236,B cell,import$/),
  ]);
  expect(
    lines("out/spots.csv")
      .map((line) => line.split(",")[5])
      .sort(),
  ).toEqual(["ACTB", "B2M", "gene"]);
  expect(lines("out/SHA256SUMS").filter((line) => /cell_types|spots/.test(line))).toHaveLength(2);
});
