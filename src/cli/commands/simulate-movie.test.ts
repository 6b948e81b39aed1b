/** `simulate movie` and `metrics tracking`, run as a person runs them: what one writes the other reads. */

import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Command, parseCommandLine } from "../command.ts";
import { createOutput } from "../output.ts";
import { metricsTrackingCommand } from "./metrics-tracking.ts";
import { simulateMovieCommand } from "./simulate-movie.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "movie-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(command: Command, args: readonly string[]) {
  const written: string[] = [];
  const sink = { write: (text: string) => written.push(text) };
  const out = createOutput({ json: args.includes("--json"), stdout: sink, stderr: { write: () => true } });
  const parsed = parseCommandLine(command, args);
  const code = (await command.run({ ...parsed, out, signal: new AbortController().signal })) ?? 0;
  return { code, text: written.join("") };
}

const asked = [
  "--frames",
  "5",
  "--size",
  "64",
  "--look",
  "nuclear",
  "--density",
  "dense",
  "--interval",
  "30",
  "--mpp",
  "1.5",
];

test("a movie, twice the same; its tracking against itself, and with a link taken out", async () => {
  const [one, two] = [join(folder, "one"), join(folder, "two")];
  for (const out of [one, two])
    await run(simulateMovieCommand, [out, ...asked, "--cycle", "3", "--seed", "4", "--errors", "0.3"]);
  const paths = [
    "01/t004.tif",
    "01_GT/TRA/man_track003.tif",
    "01_GT/TRA/man_track.txt",
    "01_ERR_SEG/mask002.tif",
  ];
  for (const path of paths.map((name) => join("Fluo-N2DL-SIM", name)))
    expect(readFileSync(join(one, path)).equals(readFileSync(join(two, path))), path).toBe(true);
  const list = JSON.parse(readFileSync(join(one, "simulated-movies.json"), "utf8"));
  expect(list).toMatchObject({ licence: "CC0-1.0", movies: [{ folder: "Fluo-N2DL-SIM/01", seed: "4/0" }] });

  const truth = join(one, "Fluo-N2DL-SIM/01_GT");
  const same = await run(metricsTrackingCommand, [truth, join(two, "Fluo-N2DL-SIM/01_GT/TRA"), "--json"]);
  const scores = JSON.parse(same.text);
  expect(scores).toMatchObject({
    tra: 1,
    seg: 1,
    ct: 1,
    hota: 1,
    aogm: 0,
    referenceTracks: list.movies[0].tracks,
  });
  expect(scores.byTolerance[0].division).toMatchObject({ reference: list.movies[0].divisions, f1: 1 });

  // Daughters without their parents: two links to add for each division, nothing else.
  const table = join(two, "Fluo-N2DL-SIM/01_GT/TRA/man_track.txt");
  const orphans = readFileSync(table, "utf8").replaceAll(/ \d+$/gm, " 0");
  writeFileSync(table, orphans);
  const without = await run(metricsTrackingCommand, [truth, join(two, "Fluo-N2DL-SIM/01_GT"), "--json"]);
  const links = readFileSync(join(one, "Fluo-N2DL-SIM/01_GT/TRA/man_track.txt"), "utf8").match(
    / [1-9]\d*$/gm,
  )!;
  expect(links.length).toBeGreaterThan(3);
  expect(JSON.parse(without.text)).toMatchObject({
    det: 1,
    aogm: 1.5 * links.length,
    counts: { EA: links.length, ED: 0 },
  });
  expect(without.code).toBe(0);
});

test("what cannot be done is said, and nothing is written over", async () => {
  const usage = expect.objectContaining({ code: "cli.usage" });
  await expect(run(simulateMovieCommand, [])).rejects.toThrow(usage);
  await expect(run(simulateMovieCommand, [folder])).rejects.toThrow(/is not empty/);
  await expect(run(simulateMovieCommand, [join(folder, "x"), "--look", "brightfield"])).rejects.toThrow(
    usage,
  );
  await expect(run(simulateMovieCommand, [join(folder, "y"), "--density", "huge"])).rejects.toThrow(usage);
  expect(existsSync(join(folder, "x"))).toBe(false);
  await expect(run(metricsTrackingCommand, [folder, folder])).rejects.toThrow(/is no tracking/);
  await expect(run(metricsTrackingCommand, [join(folder, "gone"), folder])).rejects.toThrow(
    /cannot be opened/,
  );
});

test("a result that lacks a frame is refused with the frame", async () => {
  const out = join(folder, "three");
  await run(simulateMovieCommand, [out, ...asked, "--seed", "2"]);
  const truth = join(out, "Fluo-N2DL-SIM/01_GT/TRA");
  const part = mkdtempSync(join(folder, "part-"));
  copyFileSync(join(truth, "man_track.txt"), join(part, "res_track.txt"));
  for (const t of [0, 1, 3, 4])
    copyFileSync(join(truth, `man_track00${t}.tif`), join(part, `mask00${t}.tif`));
  await expect(run(metricsTrackingCommand, [truth, part])).rejects.toThrow(/no mask of frame 2/);
  await expect(run(metricsTrackingCommand, [truth, part, "--only-child", "sever"])).rejects.toThrow(
    /cut or join/,
  );
});
