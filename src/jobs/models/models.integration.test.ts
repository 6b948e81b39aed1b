/** Models in and out: the real package of another laboratory, our own there and back, and files made to do harm. */

import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { scoreSegmentation } from "#core/metrics/index.ts";
import { readZip } from "#formats/index.ts";
import { readDescription } from "#nn/index.ts";
import { encodeModel, type OnnxModel } from "#nn/onnx/index.ts";
import { sha256 } from "#platform/index.ts";
import {
  type Agent,
  agentOf,
  createProject,
  ensureOwner,
  type ModelVersion,
  modelCard,
  openStore,
  type Store,
} from "#store/index.ts";
import { removeHome } from "#store/testing/temporary-store.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { releaseSegmentationModels, withSegmentationModel } from "../segmentation-models.ts";
import { registerShippedModels } from "../shipped-models/register-models.ts";
import { importModel, inspectModel, modelFileOf, modelPackage, openModelPath } from "./index.ts";
import { parseDescription } from "./open-model-file.ts";
import { trialRun } from "./trial/trial-run.ts";

const home = mkdtempSync(join(tmpdir(), "cf-models-"));
const tempFolder = join(home, "staging");
let store: Store;
let person: Agent;
let projectId: string;
let shipped: ModelVersion;
let packed: Uint8Array;

beforeAll(async () => {
  store = await openStore({ home });
  person = agentOf(await ensureOwner(store));
  projectId = (await createProject(store, person, "models")).id;
  const log = { write: () => undefined } as unknown as Parameters<typeof registerShippedModels>[3];
  const models = await registerShippedModels(
    store,
    person,
    join(import.meta.dirname, "../../../models"),
    log,
  );
  shipped = models.find(({ folder }) => folder === "nuclei-fluorescence/1.0.0")?.version as ModelVersion;
  packed = await modelPackage(store, shipped);
});
afterAll(async () => {
  await releaseSegmentationModels();
  await store.close();
  await removeHome(home);
});

const { labels, image } = makeSyntheticCells({ height: 200, width: 300, seed: 8 });
const picture = imageArray("uint16", "yx", [200, 300], image.data);

describe("a package of ours", () => {
  test("is a valid description, says where the model comes from, and is the same twice", async () => {
    const entries = readZip(packed, "package.zip");
    const text = new TextDecoder().decode(entries.find(({ path }) => path === "rdf.yaml")?.read());
    const description = readDescription(parseDescription(text));
    expect(description.format_version).toBe("0.5.4");
    expect(description.license).toBe(shipped.licence);
    expect(description.outputs.map(({ id }) => id)).toEqual(["inner_distance", "foreground"]);
    const named = [
      description.documentation,
      ...description.covers,
      ...[...description.inputs, ...description.outputs].map((tensor) => tensor.test_tensor),
    ];
    for (const file of named) {
      const entry = entries.find(({ path }) => path === file?.source);
      expect(entry, file?.source).toBeDefined();
      if (file?.sha256 !== undefined) expect(sha256(entry?.read() as Uint8Array)).toBe(file.sha256);
    }
    expect(description.weights.onnx?.sha256).toBe(shipped.onnxDigest);
    expect(sha256(await modelPackage(store, shipped))).toBe(sha256(packed));
  });

  test("comes back whole: contract, weights to fine-tune from, licence, the same cells", async () => {
    const file = modelFileOf(packed, "nuclei.zip");
    const model = await inspectModel(file, { tempFolder });
    expect(model.source).toBe("cellfoundry");
    expect(model.test.state).toBe("passed");
    expect(model.test.outputs.every(({ largestDifference }) => largestDifference <= 1e-5)).toBe(true);
    const version = await importModel(store, person, model, { projectId, name: "come-back" });
    expect([version.stage, version.licence]).toEqual(["candidate", shipped.licence]);
    expect([version.onnxDigest, version.weightsDigest]).toEqual([shipped.onnxDigest, shipped.weightsDigest]);
    const again = await importModel(store, person, model, { projectId, name: "come-back" });
    expect(again.id).toBe(version.id);
    const first = await withSegmentationModel(store, shipped, (one) => one.predict(picture));
    const second = await withSegmentationModel(store, version, (one) => one.predict(picture));
    expect(second.labels.data).toEqual(first.labels.data);
  });

  test.each([
    ["one bit of the weights", "weights.onnx"],
    ["one bit of the test answer", "test_output_1.npy"],
  ])("%s changed: refused by its digest", async (_words, path) => {
    const files = Object.fromEntries(readZip(packed, "p.zip").map((e) => [e.path, e.read()]));
    const changed = Uint8Array.from(files[path] as Uint8Array);
    changed[changed.length - 100]! ^= 1;
    const file = modelFileOf(zipSync({ ...files, [path]: changed }), "p.zip");
    await expect(inspectModel(file, { tempFolder })).rejects.toMatchObject({
      code: "model.invalid",
      message: expect.stringContaining(path),
    });
  });
});

const real = join(import.meta.dirname, "../../../../shared/data/onnx-unet2d-nuclei");

describe.skipIf(!existsSync(real))("the nuclei network of the BioImage.IO examples", () => {
  test("reproduces its test answer to 1e-5, becomes a candidate with licence and source, and finds cells", async () => {
    const model = await inspectModel(await openModelPath(real), { tempFolder });
    expect(model.test.state).toBe("passed");
    expect(model.test.outputs[0]?.largestDifference).toBeLessThanOrEqual(1e-5);
    const version = await importModel(store, person, model, { projectId });
    expect([version.name, version.version, version.licence]).toEqual([
      "unet-2d-nuclei-broad",
      "1.0.0",
      "MIT",
    ]);
    const card = (await modelCard(store, version.id)) as {
      imported: { authors: string[]; test: { state: string } };
    };
    expect(card.imported.authors[1]).toBe("Fynn Beuttenmueller");
    const found = await withSegmentationModel(store, version, (one) => one.predict(picture));
    // Made-up cells that the network never saw, many of them touching: most are found, clumps stay one.
    expect(scoreSegmentation(labels, found.labels, [0.5]).byThreshold[0]?.f1).toBeGreaterThan(0.5);
    // And out again, with the adapter inside.
    const back = await inspectModel(modelFileOf(await modelPackage(store, version), "b.zip"), { tempFolder });
    expect(back.contract).toEqual(model.contract);
    expect(back.test.state).toBe("passed");
  }, 60_000);
});

/** Reads the input and blows it up by a size that follows from the input's own size: the static check cannot see it. */
const outerProduct = (side: number): OnnxModel => ({
  graphName: "bomb",
  producer: "test",
  documentation: "",
  opsets: { "": 17 },
  inputs: [{ name: "x", dtype: "float32", shape: [1, 1, side, side] }],
  outputs: [{ name: "y", dtype: "float32", shape: [1, 1, "h", "w"] }],
  initialisers: [
    { name: "column", shape: [4], data: BigInt64Array.from([1n, 1n, -1n, 1n]) },
    { name: "row", shape: [4], data: BigInt64Array.from([1n, 1n, 1n, -1n]) },
  ],
  nodes: [
    { operator: "Reshape", domain: "", name: "c", inputs: ["x", "column"], outputs: ["a"], attributes: {} },
    { operator: "Reshape", domain: "", name: "r", inputs: ["x", "row"], outputs: ["b"], attributes: {} },
    { operator: "Mul", domain: "", name: "m", inputs: ["a", "b"], outputs: ["y"], attributes: {} },
  ],
  metadata: {},
});

describe("files made to do harm", () => {
  test("a bomb that only running shows: ended at the limit of memory, with a code", async () => {
    const file = modelFileOf(encodeModel(outerProduct(256)), "bomb.onnx");
    await expect(inspectModel(file, { tempFolder, memoryBytesMax: 512 * 2 ** 20 })).rejects.toMatchObject({
      code: expect.stringMatching(/^(limit\.memory|engine\.failed)$/),
    });
  });

  test("no answer in time: ended, with a code", async () => {
    const bytes = new Uint8Array(
      readFileSync(join(import.meta.dirname, "../../../models/nuclei-fluorescence/1.0.0/model.onnx")),
    );
    const feeds = { image: { shape: [1, 1, 512, 512], data: new Float32Array(512 * 512) } };
    await expect(trialRun(bytes, feeds, { tempFolder, timeMsMax: 1 })).rejects.toMatchObject({
      code: "limit.time",
    });
  });

  test.each<[string, Record<string, string | Uint8Array>, RegExp]>([
    ["no description", { "a.txt": "x" }, /no model description/],
    ["not YAML", { "rdf.yaml": "a: [1, 2" }, /not YAML/],
    [
      "a text that repeats itself",
      { "rdf.yaml": repeated() },
      /repeats itself|not a table|not valid|describes/,
    ],
    ["a data set", { "rdf.yaml": "type: dataset\nformat_version: 0.3.0\n" }, /describes a dataset/],
    ["an unknown format", { "rdf.yaml": "type: model\nformat_version: 0.9.0\n" }, /format 0\.9\.0/],
    ["nothing but a type", { "rdf.yaml": "type: model\nformat_version: 0.5.4\n" }, /name|inputs/],
  ])("refused: a package with %s", async (_name, files, words) => {
    const bytes = Object.fromEntries(
      Object.entries(files).map(([path, text]) => [
        path,
        typeof text === "string" ? new TextEncoder().encode(text) : text,
      ]),
    );
    const refused = async (): Promise<unknown> =>
      inspectModel(modelFileOf(zipSync(bytes), "p.zip"), { tempFolder });
    await expect(refused()).rejects.toMatchObject({
      code: "model.invalid",
      message: expect.stringMatching(words),
    });
  });

  test.each(["../../etc/passwd", "/etc/passwd", "https://example.org/w.onnx"])(
    "weights at %s are not fetched",
    async (path) => {
      const files = Object.fromEntries(readZip(packed, "p.zip").map((entry) => [entry.path, entry.read()]));
      const text = new TextDecoder()
        .decode(files["rdf.yaml"])
        .replace("source: weights.onnx", `source: ${path}`);
      const file = modelFileOf(zipSync({ ...files, "rdf.yaml": new TextEncoder().encode(text) }), "p.zip");
      await expect(inspectModel(file, { tempFolder })).rejects.toMatchObject({
        code: "model.invalid",
        message: expect.stringContaining("lacks the file"),
      });
    },
  );
});

/** Nine levels of ten repetitions each: a thousand million texts from 500 bytes. */
function repeated(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let k = 1; k < 10; k++)
    lines.push(
      `a${k}: &a${k} [${Array(10)
        .fill(`*a${k - 1}`)
        .join(", ")}]`,
    );
  return lines.join("\n");
}
