/**
 * The whole loop from the command line, on real files and a data folder of its own: import, freeze, train, evaluate,
 * release, predict, doctor. Each command is a process of its own, as a person or a script runs it.
 */

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readLabels, readLabelTiffDescription, writeLabelTiff, writePng } from "#formats/index.ts";
import { root } from "../../scripts/find-node.mjs";
import { writeMadeImages } from "../crash/made-images.ts";

let folder = "";
let cells: Map<string, number>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-"));
  cells = writeMadeImages(join(folder, "in"), { groups: 3, perGroup: 3, side: 96 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 }));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(...args: readonly string[]): Promise<Ran> {
  const child = spawn(join(root, "bin", "cellfoundry"), [...args], {
    cwd: folder,
    env: { ...process.env, CELLFOUNDRY_HOME: join(folder, "home") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    texts.out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    texts.err += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...texts }));
  });
}

/** Runs with `--json`; the whole of standard output must be one document. */
async function answer(...args: readonly string[]) {
  const ran = await run(...args, "--json");
  return { ...ran, json: JSON.parse(ran.out) };
}

describe("help and usage", () => {
  test("help is quick to read and ends with 0; wrong use ends with 2 and says how", async () => {
    expect((await run("--help")).out).toContain("dataset freeze");
    expect(await run("import", "--help")).toMatchObject({
      code: 0,
      out: expect.stringContaining("--dry-run"),
    });
    expect(await run("import")).toMatchObject({ code: 2, err: expect.stringContaining("PATH is missing") });
    expect(await run("trian")).toMatchObject({ code: 2, err: expect.stringContaining('"trian"') });
    expect(await run("train", "--dataset", "a@1.0.0", "--minutes", "soon")).toMatchObject({ code: 2 });
    const failed = await answer("dataset", "show", "nothing@1.0.0");
    expect(failed.code).toBe(1);
    expect(failed.json.error.code).toBe("dataset.notFound");
  });
});

describe("metrics", () => {
  test("two label images are compared without a data folder", async () => {
    const plane = (...data: number[]) =>
      ({ dtype: "int32", height: 1, width: 6, data: Int32Array.from(data) }) as const;
    writeFileSync(join(folder, "ref.tif"), writeLabelTiff(plane(1, 1, 1, 0, 2, 2)));
    writeFileSync(join(folder, "pred.tif"), writeLabelTiff(plane(5, 5, 5, 0, 0, 9)));
    const { code, json } = await answer("metrics", "segmentation", "ref.tif", "pred.tif");
    expect(code).toBe(0);
    // By hand: one cell equal (IoU 1), one with 1 of 2 pixels (IoU 0.5): both match at 0.5, one above.
    expect(json.byThreshold[0]).toMatchObject({ threshold: 0.5, tp: 2, fp: 0, fn: 0, averagePrecision: 1 });
    expect(json.byThreshold[1]).toMatchObject({ threshold: 0.55, tp: 1, fp: 1, fn: 1 });
    expect(json.errors).toMatchObject({ correct: 1, missed: 1, gained: 1 });
    expect(await run("metrics", "segmentation", "ref.tif", "nowhere.tif")).toMatchObject({ code: 1 });
  });
});

describe("the loop", () => {
  test("a dry run stores nothing", async () => {
    const dry = await answer("import", "in", "--dry-run");
    expect(dry).toMatchObject({ code: 0, json: { images: 9, withLabels: 9, groups: 3, format: "pairs" } });
    expect((await run("images")).code).not.toBe(0);
  });

  test("import, query, freeze, train, evaluate, release, predict, doctor", async () => {
    const imported = await answer("import", "in", "--project", "made", "--licence", "CC0-1.0");
    expect(imported).toMatchObject({ code: 0, json: { imported: 9, failed: 0 } });

    const many = await answer("images", "--where", "group=group-1 and status=accepted");
    expect(many.json.images.map((image: { name: string }) => image.name)).toEqual(["g1-0", "g1-1", "g1-2"]);
    expect(await run("images", "--where", "group = (")).toMatchObject({ code: 1 });

    const frozen = await answer("dataset", "freeze", "made", "--where", "kind=fluorescence");
    expect(frozen).toMatchObject({ code: 0, json: { name: "made", version: "1.0.0", licence: "CC0-1.0" } });
    expect(frozen.json.split.train.groups).toBe(1);
    const again = await answer("dataset", "freeze", "made", "--where", "kind=fluorescence");
    expect(again.json).toMatchObject({ version: "1.0.0", digest: frozen.json.digest });

    const config = '{"widths":[8,16,32],"cropSize":64,"batchSize":4}';
    const training = ["train", "--dataset", "made@1.0.0", "--steps", "80", "--seed", "3", "--config", config];
    const trained = await answer(...training, "--model", "cells");
    expect(trained).toMatchObject({ code: 0, json: { modelVersion: { name: "cells", version: "1.0.0" } } });
    expect(trained.json.modelVersion.training).toMatchObject({ seed: 3, steps: 80 });
    expect(trained.json.modelVersion.dataset.digest).toBe(frozen.json.digest);

    const evaluated = await answer("evaluate", "--model", "cells@1.0.0", "--dataset", "made@1.0.0");
    expect(evaluated.json).toMatchObject({ split: "test", imageCount: 3 });
    const at50 = evaluated.json.scores[0];
    const shown = await answer("dataset", "show", "made@1.0.0", "--items");
    const testCells = shown.json.items
      .filter((item: { role: string }) => item.role === "test")
      .reduce((sum: number, item: { name: string }) => sum + (cells.get(item.name) ?? 0), 0);
    expect(at50.tp + at50.fn).toBe(testCells);

    const released = await answer("model", "release", "cells@1.0.0");
    expect(released).toMatchObject({ code: 0, json: { modelVersion: { stage: "released" } } });

    // The same again is no better, so it may not replace it.
    const second = await answer(...training, "--model", "cells");
    expect(second.json.modelVersion.weightsDigest).toBe(trained.json.modelVersion.weightsDigest);
    const refused = await answer("model", "release", `cells@${second.json.modelVersion.version}`);
    expect(refused).toMatchObject({ code: 1, json: { error: { code: "model.gate" } } });

    mkdirSync(join(folder, "new"));
    writeFileSync(join(folder, "new", "a.png"), readFileSync(join(folder, "in", "images", "g2-2.png")));
    writeFileSync(join(folder, "new", "broken.png"), "no image");
    const predicted = await answer("predict", "--model", "cells", "new", "--out", "labels");
    expect(predicted.code).toBe(1);
    expect(predicted.json.files).toMatchObject([
      { state: "done", out: join("labels", "a_labels.tif") },
      { state: "failed", error: { code: "format.detect" } },
    ]);
    const tiff = readFileSync(join(folder, "labels", "a_labels.tif"));
    const labels = await readLabels(tiff, { name: "a_labels.tif" });
    expect([labels.height, labels.width]).toEqual([96, 96]);
    expect(new Set(labels.data).size - 1).toBe(predicted.json.files[0].cells);
    expect(readLabelTiffDescription(tiff, "a")).toMatchObject({
      model: "cells@1.0.0",
      dataset: "made@1.0.0",
    });

    const list = await answer("model", "list");
    const own = list.json.models.find(({ name }: { name: string }) => name === "cells");
    expect(own.versions.map((version: { stage: string }) => version.stage).sort()).toEqual([
      "candidate",
      "released",
    ]);
    expect((await run("model", "show", "cells@1.0.0")).out).toContain("AP@0.5");
    const exported = await answer("model", "export", "cells@1.0.0", "--out", "out");
    expect(JSON.parse(readFileSync(join(folder, exported.json.folder, "card.json"), "utf8"))).toMatchObject({
      name: "cells",
    });

    const doctor = await answer("doctor", "full");
    expect(doctor).toMatchObject({ code: 0, json: { clean: true, findings: [] } });
  });

  test("bad files are refused with file, reason and remedy, and the others are imported", async () => {
    const bad = join(folder, "bad");
    mkdirSync(bad);
    const small = (value: number) =>
      writePng({ height: 8, width: 8, channels: 1, data: new Uint8Array(64).fill(value) });
    const noise = Int32Array.from({ length: 128 * 128 }, (_, i) => (i * 2654435761) & 0xffff);
    const tiff = writeLabelTiff({ dtype: "int32", height: 128, width: 128, data: noise });
    writeFileSync(join(bad, "cut.tif"), tiff.subarray(0, tiff.length / 2));
    writeFileSync(join(bad, "text.png"), "a,b\n1,2\n");
    writeFileSync(join(bad, "zero.png"), "");
    writeFileSync(join(bad, "pair.png"), readFileSync(join(folder, "in", "images", "g0-0.png")));
    writeFileSync(join(bad, "pair_masks.png"), small(1));
    writeFileSync(join(bad, "evil.zip"), zipSync({ "../../evil.png": small(2) }));
    writeFileSync(join(bad, "good.png"), small(3));
    const ran = await answer("import", "bad", "--project", "bad");
    expect(ran.code).toBe(1);
    expect(ran.json).toMatchObject({ imported: 1, failed: 5 });
    for (const name of ["cut", "text", "zero.png", "pair", "evil.zip"]) {
      const item = ran.json.items.find((one: { name: string }) => one.name === name);
      expect(item, name).toMatchObject({ state: "failed", id: null });
      expect(item.error.message, name).toContain(name.replace(/\.\w+$/, ""));
      expect(item.error.hint, name).toBeTruthy();
      expect(ran.err).toContain(item.error.message);
    }
    expect((await answer("images", "--project", "bad")).json.total).toBe(1);
    expect((await run("doctor", "full")).code).toBe(0);
  });
});
