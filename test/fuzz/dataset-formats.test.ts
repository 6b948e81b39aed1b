/**
 * Damaged files of public data sets against their readers: every item is read or refused with a code, in bounded time.
 *
 * Each made-up set (src/testing/datasets) has one of its files damaged at a time, compressed ones also inside; then it
 * is planned and read as an import would. The public collection of bad NumPy and other files goes through every layout
 * as well.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync, unzipSync, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { isFoundryError } from "../../src/core/errors.ts";
import { readAperioXml } from "../../src/formats/collections/monuseg/aperio-xml.ts";
import { parseLineages } from "../../src/formats/collections/trk/lineage-json.ts";
import type { Layout } from "../../src/formats/import/layout.ts";
import { layouts } from "../../src/formats/import/registry.ts";
import { readTrackTable } from "../../src/formats/tracks/ctc-tables/track-table.ts";
import { madeDatasets } from "../../src/testing/datasets/index.ts";
import { memoryFiles, sharedDataFolder } from "../../src/testing/import-files.ts";
import { generator, mutate } from "./mutations.ts";

// Far beyond what any set below needs (milliseconds), so that only a hang or a bomb reaches it.
const HANG_MS = 10_000;
const ROUNDS = 60;

const publicLayouts = layouts.filter(
  ({ format }) => Object.hasOwn(madeDatasets, format) || format === "spotnet",
);

type Outcome = "read" | "refused" | "other";

/** Anything but a value or a coded error is a failure that names the case. */
async function attempt<T>(label: string, run: () => Promise<T> | T): Promise<T | null> {
  const start = performance.now();
  try {
    return await run();
  } catch (error) {
    if (!isFoundryError(error)) throw new Error(`${label}: not a coded error`, { cause: error });
    expect(error.message.length, label).toBeLessThan(600);
    expect(error.hint, label).toBeTruthy();
    // The net below the readers must stay empty: they find out themselves what is wrong.
    expect(error.message, label).not.toContain("its content cannot be understood");
    return null;
  } finally {
    expect(performance.now() - start, label).toBeLessThan(HANG_MS);
  }
}

async function importAll(layout: Layout, files: Record<string, Uint8Array>, label: string): Promise<Outcome> {
  const source = memoryFiles("made", files);
  const planned = await attempt(`${label} plan`, async () => ({ plan: await layout.plan(source) }));
  if (planned === null) return "refused";
  if (planned.plan === null) return "other";
  const reader = layout.open(source);
  let refused = false;
  for (const item of planned.plan.items) {
    const read = await attempt(`${label} ${item.name}`, () => reader.read(item));
    refused ||= read === null;
    if (read === null) continue;
    const [height, width] = read.image.image.shape.slice(-2) as [number, number];
    for (const { objects, links } of read.layers) {
      for (const { shape } of objects)
        expect(shape.bbox[2] <= height && shape.bbox[3] <= width, label).toBe(true);
      for (const { from, to } of links)
        expect(objects[from]!.shape.t < objects[to]!.shape.t, label).toBe(true);
    }
  }
  return refused ? "refused" : "read";
}

/** Damage inside a container reaches the parsers behind its checksum. */
function mutateFile(path: string, bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  if (random(3) === 0) return mutate(bytes, random);
  if (/\.trks$/.test(path)) return gzipSync(mutate(gunzipSync(bytes), random));
  if (!/\.(npz|zip)$/.test(path)) return mutate(bytes, random);
  const members = unzipSync(bytes);
  const names = Object.keys(members);
  const name = names[random(names.length)]!;
  return zipSync({ ...members, [name]: mutate(members[name]!, random) });
}

describe.each(Object.keys(madeDatasets))("%s", (format) => {
  const layout = publicLayouts.find((one) => one.format === format)!;

  test(`${ROUNDS} damaged sets`, async () => {
    const { files } = madeDatasets[format]!(11);
    const paths = Object.keys(files);
    const counts = { read: 0, refused: 0, other: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const random = generator(round * 7_919 + format.length * 1_000_003);
      const path = paths[random(paths.length)]!;
      const damaged = { ...files, [path]: mutateFile(path, files[path]!, random) };
      counts[await importAll(layout, damaged, `${format} round ${round} ${path}`)]++;
    }
    console.log(`${format}: ${counts.read} read, ${counts.refused} refused, ${counts.other} not recognised`);
    expect(counts.read + counts.refused + counts.other).toBe(ROUNDS);
    // Some damage must survive and some must be seen, otherwise this test tests nothing.
    expect(counts.read).toBeGreaterThan(0);
    expect(counts.refused + counts.other).toBeGreaterThan(0);
  });
});

describe("parsers alone", () => {
  const lineage = JSON.stringify([
    { 1: { label: 1, frames: [0, 1], daughters: [2], capped: true, frame_div: 2, parent: null } },
  ]);
  const xml =
    '<Annotations MicronsPerPixel="0.25"><Annotation><Regions><Region Id="1"><Vertices><Vertex X="1" Y="2"/><Vertex X="3" Y="2"/><Vertex X="3" Y="5"/></Vertices></Region></Regions></Annotation></Annotations>';
  const cases: [string, string, (text: string) => unknown][] = [
    ["track table", "1 0 4 0\n2 5 9 1\n3 5 9 1\n", (text) => readTrackTable(text, "t.txt")],
    ["lineage", lineage, (text) => parseLineages(text, "l.json")],
    ["Aperio XML", xml, (text) => readAperioXml(text, "a.xml")],
  ];
  test.each(cases)("2,000 damaged texts: %s", async (name, text, parse) => {
    let refused = 0;
    for (let round = 0; round < 2_000; round++) {
      const bytes = mutate(new TextEncoder().encode(text), generator(round));
      const read = await attempt(`${name} ${round}`, () => [parse(new TextDecoder().decode(bytes))]);
      if (read === null) refused++;
    }
    expect(refused).toBeGreaterThan(200);
    expect(refused).toBeLessThan(2_000);
  });
});

const corpus = join(sharedDataFolder, "bad-input");

test.skipIf(!existsSync(corpus))("the public bad files through every layout", async () => {
  const paths = readdirSync(corpus, { recursive: true, withFileTypes: true, encoding: "utf8" })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  let looks = 0;
  for (const path of paths) {
    const bytes = new Uint8Array(readFileSync(path));
    // Under the names by which each layout would take it.
    const names = [
      "x.npz",
      "x.trk",
      "x.zip",
      "x.xml",
      "images.npy",
      "masks.npy",
      "01/t000.tif",
      "01_GT/SEG/man_seg000.tif",
      "livecell_coco_train.json",
      "A172_Phase_A7_1_00d00h00m_1.tif",
    ];
    const files = Object.fromEntries(names.map((name) => [name, bytes]));
    for (const layout of publicLayouts) {
      await importAll(layout, files, `${layout.format} ${path.slice(corpus.length)}`);
      looks++;
    }
  }
  console.log(`bad-input: ${paths.length} files through ${publicLayouts.length} layouts, ${looks} looks`);
  expect(looks).toBe(paths.length * publicLayouts.length);
});
