import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeSyntheticMovie } from "#testing/datasets/synthetic-movie.ts";
import {
  folderFiles,
  hasSharedData,
  type MemoryFiles,
  memoryFiles,
  sharedDataFolder,
} from "#testing/import-files.ts";
import { layerFacts } from "#testing/read-layers.ts";
import { writeNpy } from "../../containers/npy/write-npy.ts";
import { writeTarGz } from "../../containers/tar/write-tar.ts";
import type { ImportFiles } from "../../import/layout.ts";
import { ctcLayout } from "../ctc/ctc-layout.ts";
import { trkLayout } from "./trk-layout.ts";
import { type TrkMovie, writeTrk, writeTrks } from "./write-trk.ts";

async function readAll(files: ImportFiles) {
  const plan = (await trkLayout.plan(files))!;
  const reader = trkLayout.open(files);
  const items = [];
  for (const item of plan.items) items.push(await reader.read(item));
  return { plan, items };
}

const long = makeSyntheticMovie({ frames: 7, seed: 1, dividing: [0, 4], blinking: [8] });
const short = makeSyntheticMovie({ frames: 4, seed: 2, dividing: [2] });

describe(".trk and .trks both ways", () => {
  test("one movie: same pixels, shapes, links", async () => {
    const { plan, items } = await readAll(memoryFiles("m", { "movie.trk": writeTrk(long) }));
    expect(plan.items.map(({ name, group }) => [name, group])).toEqual([
      ["movie", { key: "movie", level: "movie" }],
    ]);
    expect(items[0]!.image.image).toEqual(long.image);
    expect(layerFacts(items[0]!.layers[0]!)).toEqual(layerFacts(long));
    expect(items[0]!.notes).toEqual([]);
  });

  test("two movies of unequal length: padding is cut off again", async () => {
    const { plan, items } = await readAll(memoryFiles("m", { "both.trks": writeTrks([short, long]) }));
    expect(plan.items.map(({ name }) => name)).toEqual(["both 0", "both 1"]);
    expect(items.map(({ image }) => image.image)).toEqual([short.image, long.image]);
    expect(items.map(({ layers }) => layerFacts(layers[0]!))).toEqual([layerFacts(short), layerFacts(long)]);
    expect(items[0]!.image.notes).toEqual(["3 empty frames at the end are padding and were cut off."]);
  });

  test("items out of order give the same as in order", async () => {
    const files = memoryFiles("m", { "both.trks": writeTrks([short, long, short]) });
    const plan = (await trkLayout.plan(files))!;
    const reader = trkLayout.open(files);
    const last = await reader.read(plan.items[2]!);
    const first = await reader.read(plan.items[0]!);
    expect(layerFacts(last.layers[0]!)).toEqual(layerFacts(short));
    expect(layerFacts(first.layers[0]!)).toEqual(layerFacts(short));
  });

  test("several channels", async () => {
    const [frames, side] = [2, 24];
    const data = Float32Array.from({ length: frames * 3 * side * side }, (_, i) => i / 7);
    const image = { dtype: "float32", axes: "tcyx", shape: [frames, 3, side, side], data } as const;
    const { items } = await readAll(
      memoryFiles("m", { "c.trk": writeTrk({ image, objects: [], links: [] }) }),
    );
    expect(items[0]!.image.image).toEqual(image);
  });
});

describe("lineages", () => {
  const tracked = new Int32Array(3 * 4 * 4);
  // Frame 0: cell 1; frame 1: cells 2 and 3; frame 2: cell 3 and an unlisted 9.
  for (const [at, label] of [
    [0, 1],
    [16, 2],
    [19, 3],
    [35, 3],
    [40, 9],
  ] as const)
    tracked[at] = label;
  const archive = (json: unknown, member = "lineage.json") =>
    writeTarGz([
      { path: "raw.npy", bytes: writeNpy("float32", [3, 4, 4, 1], new Float32Array(48).fill(1)) },
      { path: "tracked.npy", bytes: writeNpy("int32", [3, 4, 4, 1], tracked) },
      { path: member, bytes: new TextEncoder().encode(JSON.stringify(json)) },
    ]);
  const record = (label: number, frames: number[], rest: object = {}) => ({
    label,
    frames,
    daughters: [],
    capped: false,
    frame_div: null,
    parent: null,
    ...rest,
  });
  const good = {
    1: record(1, [0], { daughters: [2, 3], capped: true, frame_div: 1 }),
    2: record(2, [1], { parent: 1 }),
    3: record(3, [1, 2], { parent: 1 }),
    9: record(9, [2]),
  };

  test("old and new spellings read alike", async () => {
    const label = {
      1: { label: 1, frames: [0], daughters: [2, 3], capped: true, divisionFrame: 1, parent: null },
      2: { label: 2, frames: [1], daughters: [], parent: 1, parentDivisionFrame: 1 },
      3: { frames: [1, 2], daughters: [], parent: 1 },
      9: { frames: [2] },
    };
    const spellings: [unknown, string][] = [
      [good, "lineage.json"],
      [[good], "lineages.json"],
      [label, "lineage.json"],
    ];
    const read = await Promise.all(
      spellings.map(
        async ([json, member]) =>
          (await readAll(memoryFiles("m", { "a.trk": archive(json, member) }))).items[0]!,
      ),
    );
    for (const { layers, notes } of read) {
      expect(notes).toEqual([]);
      expect(layers[0]!.links).toEqual([
        { from: 0, to: 1, kind: "division" },
        { from: 0, to: 2, kind: "division" },
        { from: 2, to: 3, kind: "link" },
      ]);
    }
  });

  test("a bad lineage is imported with findings that name cell and frame", async () => {
    const bad = {
      1: record(1, [0, 1], { daughters: [2, 3], frame_div: 2 }),
      2: record(2, [1], { parent: 1 }),
      3: record(3, [1, 2], { parent: 7 }),
    };
    const { items } = await readAll(memoryFiles("m", { "a.trk": archive(bad) }));
    const notes = items[0]!.notes.join("\n");
    expect(notes).toContain("track 1 has no pixels in frame 1");
    expect(notes).toContain("track 2 begins in frame 1, but its parent 1 is seen until frame 1");
    expect(notes).toContain("track 3 names parent 7, which is not listed");
    expect(notes).toContain("track 1 lists daughter 3, which does not name it as parent");
    expect(notes).toContain("label 9 has pixels in 1 frames from frame 2, but no track");
    expect(items[0]!.layers[0]!.objects).toHaveLength(5);
  });

  test.each([
    ["no JSON", "{", "format.json"],
    ["a list of numbers", [3], "format.dataset"],
    ["frames that are no list", { 1: { label: 1, frames: "0" } }, "format.dataset"],
    ["a label that is no number", { x: { frames: [0] } }, "format.dataset"],
    ["too few movies", [good, good], "format.dataset"],
  ])("%s is refused", async (_, json, code) => {
    const bytes =
      json === "{"
        ? writeTarGz([
            { path: "lineage.json", bytes: new TextEncoder().encode("{") },
            { path: "raw.npy", bytes: writeNpy("uint8", [1, 1, 1, 1], new Uint8Array(1)) },
            { path: "tracked.npy", bytes: writeNpy("int32", [1, 1, 1, 1], new Int32Array(1)) },
          ])
        : archive(json);
    await expect(readAll(memoryFiles("m", { "a.trk": bytes }))).rejects.toMatchObject({ code });
  });

  test("labels that are fractions are refused with their place; a missing member by name", async () => {
    const half = writeTarGz([
      { path: "raw.npy", bytes: writeNpy("uint8", [1, 1, 2, 1], new Uint8Array(2)) },
      { path: "tracked.npy", bytes: writeNpy("float32", [1, 1, 2, 1], Float32Array.of(0, 0.5)) },
      { path: "lineage.json", bytes: new TextEncoder().encode("{}") },
    ]);
    await expect(readAll(memoryFiles("m", { "a.trk": half }))).rejects.toThrow(
      /frame 0, pixel y 0, x 1: its value is 0.5/,
    );
    const without = writeTarGz([
      { path: "raw.npy", bytes: writeNpy("uint8", [1, 1, 1, 1], new Uint8Array(1)) },
    ]);
    await expect(readAll(memoryFiles("m", { "a.trk": without }))).rejects.toThrow(/holds no tracked.npy/);
  });
});

test.skipIf(!hasSharedData("ctc-mitocheck-h2b"))(
  "a real movie with divisions: CTC to .trk and back",
  async () => {
    const folder = folderFiles(`${sharedDataFolder}/ctc-mitocheck-h2b`, "mitocheck");
    const plan = (await ctcLayout.plan(folder))!;
    const { image, layers } = await ctcLayout.open(folder).read(plan.items[0]!);
    const tracking = layers.find(({ name }) => name === "tracking markers")!;
    const movie: TrkMovie = { image: image.image, objects: tracking.objects, links: tracking.links };
    const { items } = await readAll(memoryFiles("m", { "movie.trks": writeTrks([movie, movie]) }));
    for (const item of items) {
      expect(item.image.image).toEqual(image.image);
      expect(layerFacts(item.layers[0]!)).toEqual(layerFacts(tracking));
    }
  },
);

const python = (script: string) => execFileSync("/usr/bin/python3", ["-c", script], { encoding: "utf8" });
const hasNumpy = (() => {
  try {
    return python("import numpy;print(1)").trim() === "1";
  } catch {
    return false;
  }
})();

describe.skipIf(!hasNumpy)("against numpy and tarfile", () => {
  test("Python reads ours; we read theirs, with the table of sources beside it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "trk-"));
    try {
      writeFileSync(join(folder, "ours.trks"), writeTrks([short, long]));
      const out = python(`
import tarfile, json, io, numpy as np
t = tarfile.open("${join(folder, "ours.trks")}")
load = lambda n: np.load(io.BytesIO(t.extractfile(n).read()))
raw, tracked, lin = load("raw.npy"), load("tracked.npy"), json.loads(t.extractfile("lineages.json").read())
ok = all(sorted(np.unique(np.nonzero(tracked[b] == c["label"])[0])) == c["frames"] for b, l in enumerate(lin) for c in l.values())
print(raw.shape, raw.dtype, tracked.dtype, int(raw.sum()), ok, len(lin[1]), lin[1]["1"]["daughters"], lin[1]["1"]["frame_div"])
raw5 = np.zeros((2, 3, 6, 5, 1), np.float32); raw5[:, :2] = 1.5; raw5[1, 2] = 2
lab = np.zeros((2, 3, 6, 5, 1), np.int64); lab[0, :2, 1:3, 1:3] = 4; lab[1, :, 2:, 2] = 1
cell = lambda l, f: {"label": l, "frames": f, "daughters": [], "capped": False, "frame_div": None, "parent": None}
w = tarfile.open("${join(folder, "test.trks")}", "w:gz")
def add(name, data):
    i = tarfile.TarInfo(name); i.size = len(data); w.addfile(i, io.BytesIO(data))
def npy(a):
    b = io.BytesIO(); np.save(b, a); return b.getvalue()
add("lineages.json", json.dumps([{"4": cell(4, [0, 1])}, {"1": cell(1, [0, 1, 2])}], indent=4).encode())
add("raw.npy", npy(raw5)); add("tracked.npy", npy(lab)); w.close()
rows = np.array([["a/movie_07.trk", "exp-1", 0.65, True, 6.0, "HeLa-S3"], ["b/movie_02.trk", "exp-2", 0.33, True, None, "RAW264.7"]], dtype=object)
np.savez_compressed("${join(folder, "data-source.npz")}", test=rows, train=rows[:1])
`);
      const sum = [...short.image.data, ...long.image.data].reduce((total, value) => total + value, 0);
      expect(out.trim()).toBe(`(2, 7, 72, 72, 1) uint16 int32 ${sum} True 13 [2, 3] 3`);
      const files = memoryFiles("DynamicNuclearNet-tracking-v1_0", {
        "test.trks": new Uint8Array(readFileSync(join(folder, "test.trks"))),
        "data-source.npz": new Uint8Array(readFileSync(join(folder, "data-source.npz"))),
      });
      const { plan, items } = await readAll(files);
      expect(plan.licence).toContain("non-commercial");
      expect(plan.items.map(({ group, mpp, metadata }) => ({ group, mpp, metadata }))).toEqual([
        {
          group: { key: "a/movie_07.trk", level: "movie" },
          mpp: { y: 0.65, x: 0.65 },
          metadata: {
            sourceSplit: "test",
            movie: "a/movie_07.trk",
            experiment: "exp-1",
            cellLine: "HeLa-S3",
            frameInterval: "6",
            screeningPassed: "true",
          },
        },
        {
          group: { key: "b/movie_02.trk", level: "movie" },
          mpp: { y: 0.33, x: 0.33 },
          metadata: {
            sourceSplit: "test",
            movie: "b/movie_02.trk",
            experiment: "exp-2",
            cellLine: "RAW264.7",
            screeningPassed: "true",
          },
        },
      ]);
      expect(items.map(({ image }) => image.image.shape)).toEqual([
        [2, 6, 5],
        [3, 6, 5],
      ]);
      expect(items[0]!.layers[0]!.objects.map(({ label, shape }) => [label, shape.t, shape.bbox])).toEqual([
        [4, 0, [1, 1, 3, 3]],
        [4, 1, [1, 1, 3, 3]],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("planning reads the beginning of an archive only", async () => {
  const noise = Float32Array.from({ length: 4 * 40 * 256 * 256 }, (_, i) => Math.imul(i, 2654435761) >>> 9);
  const image = {
    dtype: "float32",
    axes: "tyx",
    shape: [40, 256, 256],
    data: noise.subarray(0, 40 * 65536),
  } as const;
  const bytes = writeTrks([{ image, objects: [], links: [] }]);
  const files: MemoryFiles = memoryFiles("m", { "big.trks": bytes });
  await trkLayout.plan(files);
  expect(files.reads.get("big.trks")!.bytes).toBeLessThan(bytes.length / 4);
});
