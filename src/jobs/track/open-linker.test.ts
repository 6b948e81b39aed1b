/** Linkers from a folder and from a store: by digest, bound to their contract, refused by name where they do not fit. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { detectionsFromPoints, findCandidates, poolMotion } from "#core/tracking/index.ts";
import {
  describeLinkingModel,
  encodeLinkingModel,
  linkingLayout,
  noTemperatures,
} from "#nn/linking/index.ts";
import { sha256 } from "#platform/index.ts";
import { openShippedLinker, openStoredLinker, shippedLinkerName } from "./open-linker.ts";

const folder = mkdtempSync(join(tmpdir(), "linkers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const architecture = { width: 8, rounds: 1 };
const linker = (weight: number): Uint8Array =>
  encodeLinkingModel(
    architecture,
    new Float32Array(linkingLayout(architecture).total).fill(weight),
    noTemperatures,
  );

function ship(models: string, version: string, bytes: Uint8Array, more: object = {}): void {
  const own = join(folder, models, shippedLinkerName, version);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "model.onnx"), bytes);
  const card = {
    ...{ name: shippedLinkerName, version, licence: "CC0-1.0", architecture: "links" },
    ...{ contract: describeLinkingModel(bytes), files: { onnx: sha256(bytes), weights: "w" }, card: {} },
    ...more,
  };
  writeFileSync(join(own, "card.json"), JSON.stringify(card));
}

const refused = (words: string) =>
  expect.objectContaining({ code: "model.invalid", message: expect.stringContaining(words) });

test("the newest that ships is opened by its digest; none ships: null", async () => {
  expect(await openShippedLinker(join(folder, "nothing"))).toBeNull();
  ship("two", "1.9.0", linker(0.1));
  ship("two", "1.10.0", linker(0));
  const opened = await openShippedLinker(join(folder, "two"));
  expect([opened!.name, opened!.digest]).toEqual([`${shippedLinkerName}@1.10.0`, sha256(linker(0))]);
  // Weights of 0 know nothing: of two cells and a frame before, every origin is as likely as any other.
  const points = (t: number) =>
    detectionsFromPoints({ t, height: 50, width: 50, labels: [1, 2], y: [10, 10], x: [10, 20] });
  const frames = [points(0), points(1)];
  const motion = {
    driftY: 0,
    driftX: 0,
    lightShift: 0,
    medianPx: 1,
    highPx: 12,
    areaSpread: 0,
    lightSpread: 0,
    pairs: 2,
  };
  const window = findCandidates(frames, [motion], poolMotion([motion], frames));
  const { link, appearance } = await opened!.score(window);
  expect(link).toHaveLength(4);
  // Two links, no division in reach or with one: all origins of a detection have one probability.
  const origins = [...link, ...appearance.subarray(2)];
  for (const probability of origins) expect(probability).toBeCloseTo(origins[0]!, 6);
  await opened!.release();
});

test("a damaged file, a contract of another file, a model that finds cells: refused by name", async () => {
  ship("damaged", "1.0.0", linker(0), { files: { onnx: sha256(linker(0.5)), weights: "w" } });
  await expect(openShippedLinker(join(folder, "damaged"))).rejects.toThrowError(refused("digests"));
  const other = { ...describeLinkingModel(linker(0)), temperatures: { origin: 2, fate: 1, mask: 1 } };
  ship("other", "1.0.0", linker(0), { contract: other });
  await expect(openShippedLinker(join(folder, "other"))).rejects.toThrowError(refused("another linker"));
  const blobs = { get: async () => linker(0) };
  const version = { name: "nuclei", version: "1.0.0", contract: { head: "flows" }, onnxDigest: "d" };
  await expect(openStoredLinker({ blobs }, version)).rejects.toThrowError(refused("nuclei@1.0.0"));
});

test("a stored version is read by its digest and named with it", async () => {
  const asked: string[] = [];
  const blobs = {
    get: async (digest: string) => {
      asked.push(digest);
      return linker(0);
    },
  };
  const version = {
    name: "mine",
    version: "2.0.0",
    contract: describeLinkingModel(linker(0)),
    onnxDigest: "d",
  };
  const opened = await openStoredLinker({ blobs }, version);
  expect([opened.name, opened.digest, asked]).toEqual(["mine@2.0.0", "d", ["d"]]);
  await opened.release();
});
