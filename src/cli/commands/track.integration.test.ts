/**
 * Movies from files to files of tracks, through the command as it is typed: simulated movies with known lineages are
 * written, tracked from their masks, scored against the simulation, and read back from every format.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ImageArray, imageArray, type LabelImage, labelImage } from "#core/array/index.ts";
import type { Track } from "#core/lineage/index.ts";
import {
  evenShares,
  injectSegmentationErrors,
  type MovieFrame,
  type MovieParams,
  simulateMovie,
} from "#core/movie/index.ts";
import { rng } from "#core/rng.ts";
import { createTrackScorer } from "#core/track-metrics/index.ts";
import {
  layoutNamed,
  omeZarrImage,
  readLabels,
  readTrackTable,
  writeImageTiff,
  writeLabelTiff,
  writeMovieFrame,
  writeMovieTracks,
} from "#formats/index.ts";
import { openFolderSource } from "#jobs/index.ts";
import { decodeRepairs, findMovies, type Movie, trackMovie } from "#jobs/track/index.ts";
import { runCommandLine } from "../main.ts";

let folder = "";
const frames: MovieFrame[] = [];
let truth: Track[] = [];
let params: MovieParams;
const size = 160;

/** The challenge's folder `movie/01` with its masks `movie/01_GT/TRA`. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "track-"));
  const movie = simulateMovie(
    { look: "nuclear", density: "medium", frameCount: 24, height: size, width: size, cycleH: 6, mppUm: 0.8 },
    5,
  );
  ({ params } = movie);
  for (const frame of movie.frames) {
    frames.push(frame);
    for (const { path, bytes } of writeMovieFrame("movie/01", params, frame, null)) put(path, bytes);
  }
  truth = movie.tracks();
  const table = writeMovieTracks("movie/01", truth);
  put(table.path, table.bytes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, bytes: Uint8Array): string {
  const full = join(folder, path);
  mkdirSync(join(full, ".."), { recursive: true });
  writeFileSync(full, bytes);
  return full;
}

async function run(...args: string[]) {
  let [out, err] = ["", ""];
  const code = await runCommandLine(["track", ...args], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

const at = (path: string): string => join(folder, path);
const divisionsOf = (tracks: readonly Track[]): number =>
  tracks.filter(({ daughters }) => daughters.length > 1).length;

/** Scores of result masks against the simulation. */
async function scoresOf(results: string, tracks: readonly Track[], firstNumber = 0) {
  const scorer = createTrackScorer({ reference: truth, predicted: tracks });
  for (const { t, labels } of frames) {
    const name = `mask${String(t + firstNumber).padStart(3, "0")}.tif`;
    scorer.addFrame(t, labels, await readLabels(new Uint8Array(readFileSync(join(results, name))), { name }));
  }
  return scorer.scores();
}

const tableOf = (results: string): Track[] =>
  readTrackTable(readFileSync(join(results, "res_track.txt"), "utf8"), "res_track.txt");

test("a simulated movie from its masks: links and divisions are those of the simulation", async () => {
  expect(divisionsOf(truth)).toBeGreaterThanOrEqual(5);
  const { code, out } = await run(
    at("movie"),
    "--labels",
    at("movie/01_GT/TRA"),
    "--out",
    at("ctc"),
    "--json",
  );
  expect(code).toBe(0);
  const results = at("ctc/movie-01/01_RES");
  const scores = await scoresOf(results, tableOf(results));
  expect(scores.det).toBe(1);
  expect(scores.seg).toBe(1);
  expect(scores.lnk).toBeGreaterThanOrEqual(0.98);
  expect(scores.byTolerance[0]?.division.f1).toBeGreaterThanOrEqual(0.9);
  const [state] = JSON.parse(out).movies;
  expect(state).toMatchObject({ movie: "movie-01", state: "done", error: null });
  const cells = frames.reduce((sum, frame) => sum + frame.cells.length, 0);
  expect(state.found).toMatchObject({ frameCount: 24, detections: cells, solver: "exact, else assignment" });
  // What made the tracks lies beside them.
  expect(JSON.parse(readFileSync(at("ctc/movie-01/tracking.json"), "utf8"))).toEqual(state.found);
}, 60_000);

test("every format holds the same cells and links, and its importer reads them", async () => {
  const results = at("ctc/movie-01/01_RES");
  const ctc = tableOf(results);
  for (const format of ["trk", "geff", "trackmate", "track-csv"] as const) {
    const { code } = await run(
      at("movie/01"),
      "--labels",
      at("movie/01_GT/TRA"),
      "--out",
      at(format),
      "--format",
      format,
    );
    expect(code, format).toBe(0);
    const source = await openFolderSource(at(`${format}/01/nuclear`));
    const layout = layoutNamed(format);
    const plan = await layout.plan(source);
    expect(plan?.items.length, format).toBe(1);
    const read = await layout.open(source).read(plan!.items[0]!);
    const [layer] = read.layers;
    expect(read.image.image.shape, format).toEqual([24, size, size]);
    expect(read.image.image.data, format).toEqual(pixelsOf(frames));
    expect(layer?.objects.length, format).toBe(frames.reduce((sum, { cells }) => sum + cells.length, 0));
    const links = layer?.links ?? [];
    // Of the table: one link between each two frames of a track, and one from each parent.
    const expected = ctc.reduce(
      (sum, { first, last, parent }) => sum + last - first + (parent === null ? 0 : 1),
      0,
    );
    expect(links.length, format).toBe(expected);
    const daughters = ctc.filter(
      ({ parent }) => ctc.filter((other) => parent !== null && other.parent === parent).length > 1,
    );
    const parents = new Set(links.filter(({ kind }) => kind === "division").map(({ from }) => from));
    expect(parents.size, format).toBe(new Set(daughters.map(({ parent }) => parent)).size);
  }
}, 120_000);

function pixelsOf(all: readonly MovieFrame[]): Uint8Array | Uint16Array {
  const pixels = all.flatMap(({ image }) => [...image.data]);
  return all[0]!.image.dtype === "uint8" ? Uint8Array.from(pixels) : Uint16Array.from(pixels);
}

const stackOf = (): ImageArray => {
  const stack = imageArray(frames[0]!.image.dtype, "tyx", [24, size, size]);
  stack.data.set(pixelsOf(frames));
  return stack;
};

test("a TIFF stack, an OME-Zarr and the folder of frames are one movie, with one result", async () => {
  const stack = stackOf();
  put("stack.tif", writeImageTiff(stack, { name: "stack", mpp: { y: 0.8, x: 0.8 }, frameIntervalS: 300 }));
  const zarr = omeZarrImage(stack, { name: "zarr" });
  for (const key of zarr.keys()) put(`movie.zarr/${key}`, zarr.get(key)!);
  const labels = new Uint16Array(24 * size * size);
  for (const { t, labels: plane } of frames) labels.set(plane.data, t * size * size);
  put("labels.tif", writeImageTiff(imageArray("uint16", "tyx", [24, size, size], labels), {}));
  const tables: string[] = [];
  for (const [i, movie] of ["stack.tif", "movie.zarr", "movie/01"].entries()) {
    const out = at(`same-${i}`);
    const { code, err } = await run(at(movie), "--labels", at("labels.tif"), "--out", out);
    expect(code, err).toBe(0);
    const [name] = readdirSync(out);
    tables.push(readFileSync(join(out, name!, "01_RES/res_track.txt"), "utf8"));
  }
  expect(tables[0]).toBe(readFileSync(at("ctc/movie-01/01_RES/res_track.txt"), "utf8"));
  expect(new Set(tables).size).toBe(1);
  const summary = JSON.parse(readFileSync(at("same-0/stack/tracking.json"), "utf8"));
  expect(summary.mpp.y).toBeCloseTo(0.8, 6);
}, 60_000);

test("frames that are numbered from 7 keep their numbers; a lost frame of labels of a cell is closed as a gap", async () => {
  // The first cell that is there throughout is blanked in one frame.
  const cell = truth.find(({ first, last }) => first === 0 && last >= 20)!.label;
  for (const { t, image, labels } of frames.slice(0, 20)) {
    const plane = imageArray(image.dtype, "yx", [size, size]);
    plane.data.set(image.data);
    put(`seven/img_${t + 7}.tif`, writeImageTiff(plane, {}));
    const holed = t === 9 ? without(labels, cell) : labels;
    put(`seven-labels/img_${t + 7}.tif`, writeLabelTiff(holed));
  }
  const { code, out } = await run(
    at("seven"),
    "--labels",
    at("seven-labels"),
    "--out",
    at("s"),
    "--gap",
    "1",
    "--json",
  );
  expect(code).toBe(0);
  expect(JSON.parse(out).movies[0].found.gaps).toBe(1);
  const names = readdirSync(at("s/seven/01_RES")).sort();
  expect([names[0], names[19]]).toEqual(["mask007.tif", "mask026.tif"]);
  const table = tableOf(at("s/seven/01_RES"));
  expect(Math.min(...table.map(({ first }) => first))).toBe(7);
  // As the format has it: the cell ends before the gap and goes on as the only child after it.
  const before = table.find(({ last, daughters }) => last === 7 + 8 && daughters.length === 1);
  expect(table.find(({ label }) => label === before?.daughters[0])?.first).toBe(7 + 10);
  const none = await run(
    at("seven"),
    "--labels",
    at("seven-labels"),
    "--out",
    at("s0"),
    "--gap",
    "0",
    "--json",
  );
  expect(JSON.parse(none.out).movies[0].found.gaps).toBe(0);
}, 60_000);

test("masks with faults: repaired on demand, each repair listed and reversible", async () => {
  const random = rng(11, "faults");
  const given = frames.map(({ labels }) => injectSegmentationErrors(labels, evenShares(0.08), random).labels);
  for (const [t, labels] of given.entries())
    put(`faulty/t${String(t).padStart(3, "0")}.tif`, writeLabelTiff(labels));
  const ask = [at("movie/01"), "--labels", at("faulty"), "--linker", "plain", "--json"];
  const plain = await run(...ask, "--out", at("unrepaired"));
  const mended = await run(...ask, "--out", at("repaired"), "--repair", "on");
  expect([plain.code, mended.code]).toEqual([0, 0]);
  const found = (out: string) => JSON.parse(out).movies[0].found;
  expect(found(plain.out)).toMatchObject({ repairs: null, linker: null, scorer: "plain" });
  expect(existsSync(at("unrepaired/01/repairs.json"))).toBe(false);
  const { repairs } = found(mended.out);
  const counted = Object.values<number>(repairs).reduce((sum, count) => sum + count, 0);
  const list = decodeRepairs(new Uint8Array(readFileSync(at("repaired/01/repairs.json"))), {
    height: size,
    width: size,
  });
  expect([list.length, counted > 10]).toEqual([counted, true]);
  const scoreIn = async (path: string): Promise<number> => (await scoresOf(at(path), tableOf(at(path)))).lnk!;
  const before = await scoreIn("unrepaired/01/01_RES");
  const after = await scoreIn("repaired/01/01_RES");
  expect(before).toBeLessThan(0.95);
  expect(after).toBeGreaterThan(0.97);
  const maybe = await run(...ask, "--out", at("maybe"), "--repair", "maybe");
  expect([maybe.code, JSON.parse(maybe.out).error.code]).toEqual([2, "cli.usage"]);
}, 60_000);

function without({ data, height, width }: LabelImage, label: number): LabelImage {
  return labelImage(
    height,
    width,
    data.map((value) => (value === label ? 0 : value)),
  );
}

test("labels are let go: a movie asks for each frame once, in order, whatever its length", async () => {
  const [found] = await findMovies(at("movie/01"));
  const movie = await found!.open();
  const asked: number[] = [];
  const watched: Movie = {
    ...movie,
    readFrame(t) {
      asked.push(t);
      return movie.readFrame(t);
    },
  };
  const tracked = await trackMovie(watched, {
    labelsOf: async (t) => frames[t]!.labels,
    channel: 0,
    solver: "greedy",
    gapFrames: 2,
    repairs: false,
    signal: new AbortController().signal,
    onFrame: () => undefined,
  });
  expect(asked).toEqual(frames.map(({ t }) => t));
  expect(tracked.packedBytes).toBeLessThan((24 * size * size * 4) / 20);
  // Painting changes numbers and nothing else, and gives a new copy each time.
  const painted = tracked.tracksOfFrame(11);
  expect(painted.data.map((track) => (track === 0 ? 0 : 1))).toEqual(
    frames[11]!.labels.data.map((label) => (label === 0 ? 0 : 1)),
  );
  painted.data.fill(0);
  expect(tracked.tracksOfFrame(11).data.some((track) => track !== 0)).toBe(true);
});

const grey = (height: number, width: number, value = 1): Uint8Array =>
  writeImageTiff(imageArray("uint8", "yx", [height, width], new Uint8Array(height * width).fill(value)), {});

/** Movies that cannot be tracked; the reason names what and where. */
const refused: readonly (readonly [
  what: string,
  code: string,
  words: string,
  make: () => [string, string],
])[] = [
  [
    "one picture",
    "array.axes",
    "no time axis",
    () => [put("bad/one.tif", grey(8, 8)), at("movie/01_GT/TRA")],
  ],
  [
    "a stack of focal planes",
    "array.axes",
    "2 focal planes of one frame",
    () => {
      const image = imageArray("uint8", "zyx", [2, 8, 8], new Uint8Array(128));
      return [put("bad/z.ome.tif", writeImageTiff(image, { flavour: "ome" })), at("movie/01_GT/TRA")];
    },
  ],
  [
    "frames of different sizes",
    "array.shapeMismatch",
    "t2.tif has 8 x 9 pixels, t0.tif has 8 x 8 pixels",
    () => {
      for (const t of [0, 1, 2]) put(`bad/sizes/t${t}.tif`, grey(8, t === 2 ? 9 : 8));
      for (const t of [0, 1, 2]) put(`bad/sizes-labels/t${t}.tif`, grey(8, 8));
      return [at("bad/sizes"), at("bad/sizes-labels")];
    },
  ],
  [
    "a frame without labels",
    "format.pair",
    "t013.tif has none",
    () => {
      cpSync(at("movie/01_GT/TRA"), at("bad/holed"), { recursive: true });
      rmSync(at("bad/holed/man_track013.tif"));
      return [at("movie/01"), at("bad/holed")];
    },
  ],
  [
    "labels of another size",
    "array.shapeMismatch",
    "t0.tif has 8 x 8 pixels, t000.tif has 160 x 160",
    () => {
      for (let t = 0; t < 24; t++) put(`bad/small/t${t}.tif`, grey(8, 8));
      return [at("movie/01"), at("bad/small")];
    },
  ],
  [
    "an empty folder",
    "import.empty",
    '"empty" holds no image',
    () => {
      mkdirSync(at("bad/empty"), { recursive: true });
      return [at("bad/empty"), at("movie/01_GT/TRA")];
    },
  ],
  ["nothing there", "import.empty", "There is nothing at", () => [at("bad/nowhere"), at("movie/01_GT/TRA")]],
  [
    "labels without a cell",
    "dataset.empty",
    "No cell was found in 01",
    () => {
      for (let t = 0; t < 24; t++) put(`bad/blank/t${t}.tif`, grey(size, size, 0));
      return [at("movie/01"), at("bad/blank")];
    },
  ],
  [
    "a damaged frame",
    "format.tiff",
    "t1.tif",
    () => {
      for (const t of [0, 1, 2]) put(`bad/cut/t${t}.tif`, t === 1 ? grey(8, 8).subarray(0, 60) : grey(8, 8));
      for (const t of [0, 1, 2]) put(`bad/cut-labels/t${t}.tif`, grey(8, 8));
      return [at("bad/cut"), at("bad/cut-labels")];
    },
  ],
];

for (const [what, code, words, make] of refused)
  test(`refused with nothing left behind: ${what}`, async () => {
    const [movie, labels] = make();
    const out = at("refused");
    const { code: exit, out: text } = await run(movie, "--labels", labels, "--out", out, "--json");
    expect(exit).toBe(1);
    const [state] = JSON.parse(text).movies;
    expect(state.error).toMatchObject({ code });
    expect(state.error.message).toContain(words);
    expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
  });

test("one movie that fails does not stop the others, and results are never overwritten", async () => {
  cpSync(at("movie/01_GT/TRA"), at("many/01"), { recursive: true });
  mkdirSync(at("many/one"), { recursive: true });
  const bad = put("bad/one.tif", grey(8, 8));
  const args = [bad, at("movie/01"), "--labels", at("many"), "--out", at("several"), "--json"];
  const first = await run(...args);
  expect(first.code).toBe(1);
  const states = JSON.parse(first.out).movies.map(({ state }: { state: string }) => state);
  expect(states).toEqual(["failed", "done"]);
  const again = JSON.parse((await run(...args)).out).movies[1];
  expect(again.error).toMatchObject({ code: "request.invalid" });
  expect(existsSync(at("several/01/01_RES/res_track.txt"))).toBe(true);
}, 60_000);

test("used wrongly: exit code 2 and the usage", async () => {
  for (const args of [
    [at("movie/01"), "--out", at("x")],
    [at("movie/01"), "--out", at("x"), "--model", "a", "--labels", "b"],
    [at("movie/01"), "--labels", at("movie/01_GT/TRA")],
    ["--out", at("x"), "--labels", "b"],
    [at("movie/01"), "--out", at("x"), "--labels", "b", "--format", "xml"],
    [at("movie/01"), "--out", at("x"), "--labels", "b", "--gap", "1.5"],
    [at("movie/01"), "--out", at("x"), "--labels", "b", "--solver", "best"],
  ]) {
    const { code, err } = await run(...args);
    expect(code, args.join(" ")).toBe(2);
    expect(err).toContain("cli.usage");
  }
});

/** A real movie with reference masks (H2B in HeLa cells, 600 cells, 3 divisions), when the checkout has shared data. */
const real = join(import.meta.dirname, "../../../../shared/data/ctc-mitocheck-h2b");

test.skipIf(!existsSync(real))(
  "a real movie from its reference masks",
  async () => {
    const { code } = await run(real, "--labels", join(real, "01_GT/TRA"), "--out", at("real"));
    expect(code).toBe(0);
    const [name] = readdirSync(at("real"));
    const reference = readTrackTable(
      readFileSync(join(real, "01_GT/TRA/man_track.txt"), "utf8"),
      "man_track.txt",
    );
    const scorer = createTrackScorer({ reference, predicted: tableOf(at(`real/${name}/01_RES`)) });
    for (let t = 0; t < 30; t++) {
      const number = String(t).padStart(3, "0");
      const [truth_, result] = await Promise.all(
        [join(real, `01_GT/TRA/man_track${number}.tif`), at(`real/${name}/01_RES/mask${number}.tif`)].map(
          (path) => readLabels(new Uint8Array(readFileSync(path)), { name: path }),
        ),
      );
      scorer.addFrame(t, truth_!, result!);
    }
    const { lnk, byTolerance } = scorer.scores();
    expect(lnk).toBeGreaterThanOrEqual(0.98);
    expect(byTolerance[0]?.division).toMatchObject({ correct: 3, missed: 0 });
    expect(byTolerance[0]?.division.false).toBeLessThanOrEqual(1);
  },
  60_000,
);
