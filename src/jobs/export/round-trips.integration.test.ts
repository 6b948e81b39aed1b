/**
 * Every two-way format on real data, the whole way: files, store, dataset version, export, import by its own layout,
 * store again; the object diff is empty and pixels, sizes, metadata, groups and links are what they were.
 *
 * Nuclei of the samples, of the Data Science Bowl, phase-contrast cells of Usiigaci and a movie of the Cell Tracking
 * Challenge where the checkout has the shared data; and one stack with two compartments, channels, cell types and a pixel
 * size, composed of real pixels. Planes are found again by their pixels, not by names. `ROUND_TRIPS=all` takes all 120
 * images of the Data Science Bowl besides. Later tests look at what earlier ones wrote.
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
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
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { channelPlane, imageArray } from "#core/array/index.ts";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import { type LeakWaiver, leakRules } from "#core/leaks/index.ts";
import { fieldOf } from "#core/ontology/index.ts";
import { diffObjects, type VersionObject } from "#core/versions/index.ts";
import { readImage, readLabels } from "#formats/index.ts";
import {
  type Agent,
  agentOf,
  checkImageById,
  type DatasetVersionDetail,
  ensureLab,
  ensureOwner,
  ensureProject,
  exportImages,
  exportObjects,
  freezeDataset,
  imageIdsForQuery,
  insertImage,
  type Job,
  listFindings,
  readArray,
  type Store,
  waiveFindings,
} from "#store/index.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { runJobHere } from "../submit.ts";
import { datasetSource } from "./export-source.ts";

const samples = join(import.meta.dirname, "../../../samples/nuclei");
const shared = join(import.meta.dirname, "../../../../shared/data");
const work = mkdtempSync(join(tmpdir(), "round-trips-"));

let opened: TemporaryStore;
let store: Store;
let actor: Agent;
let version: DatasetVersionDetail;
/** Images of 256 pixels a side only: what a NumPy archive holds without padding. */
let squareVersion: DatasetVersionDetail;

beforeAll(async () => {
  opened = await openTemporaryStore();
  store = opened.store;
  await ensureLab(store);
  actor = agentOf(await ensureOwner(store));
  const project = await ensureProject(store, actor, "real");
  for (const folder of [{ path: copyOfSamples() }, ...publicFolders()])
    await importFolder(project.id, folder.path, folder);
  await insertStack(project.id);
  version = await freeze(project.id, "all");
  const squares = await ensureProject(store, actor, "squares");
  await importFolder(squares.id, copyOfSamples(/^(237802ac|2cfa857e|3d0ca349|564fa390)\./), {});
  squareVersion = await freeze(squares.id, "squares");
}, 600_000);

afterAll(async () => {
  await opened.end();
  rmSync(work, { recursive: true, force: true });
});

/** Some samples with their sheet: metadata and groups are part of what must come back. */
function copyOfSamples(pattern = /^(220b37f4|237802ac|308084bd|564fa390)\./) {
  const path = join(work, `samples-${readdirSync(work).length}`);
  for (const folder of ["images", "labels"]) {
    mkdirSync(join(path, folder), { recursive: true });
    for (const file of readdirSync(join(samples, folder)).filter((name) => pattern.test(name)))
      cpSync(join(samples, folder, file), join(path, folder, file));
  }
  const lines = readFileSync(join(samples, "sheet.csv"), "utf8").split(/\r?\n/);
  writeFileSync(join(path, "sheet.csv"), lines.filter((line, i) => i === 0 || pattern.test(line)).join("\n"));
  return path;
}

interface Folder {
  readonly path: string;
  readonly format?: string;
  readonly compartment?: string;
}

/** Public data where the checkout has them; the movie has links in time. */
function publicFolders(): Folder[] {
  const found: Folder[] = [];
  const bowl = join(shared, "dsb2018");
  if (process.env["ROUND_TRIPS"] === "all" && existsSync(bowl)) found.push({ path: bowl, format: "dsb2018" });
  const movie = join(shared, "ctc-mitocheck-h2b");
  if (existsSync(movie)) found.push({ path: movie, format: "ctc" });
  const phase = join(shared, "usiigaci-phase/train");
  if (existsSync(phase)) {
    const folder = join(work, "usiigaci");
    for (const [from, to] of [
      ["raw.tif", "images/set1.tif"],
      ["instances_ids.png", "labels/set1.png"],
    ] as const)
      cpSync(join(phase, "set1", from), join(folder, to));
    found.push({ path: folder, format: "pairs", compartment: "wholeCell" });
  }
  return found;
}

async function run(spec: Parameters<typeof runJobHere>[2]): Promise<Job> {
  let fault: unknown;
  const job = await runJobHere(store, actor, spec, {
    onFault: (_id, error) => {
      fault = error;
    },
  });
  if (fault !== undefined) throw fault;
  expect(job.error, JSON.stringify(job.error)).toBeNull();
  expect(job.items.filter(({ state }) => state === "failed")).toEqual([]);
  return job;
}

function importFolder(
  projectId: string,
  path: string,
  { format, compartment }: Partial<Folder>,
): Promise<Job> {
  const params = {
    rootPath: path,
    ...(format === undefined ? {} : { format }),
    answers: { mpp: "unknown", ...(compartment === undefined ? {} : { compartment }) },
  };
  return run({ kind: "ingest", projectId, title: "import", params });
}

/** Real labels have holes and cells in pieces; they are accepted, because they must come back as they are. */
async function freeze(projectId: string, name: string): Promise<DatasetVersionDetail> {
  for (const id of await imageIdsForQuery(store, projectId, { type: "all" })) await checkImageById(store, id);
  const { items } = await listFindings(store, { projectId, limit: 1_000 });
  for (const rule of new Set(items.map(({ rule }) => rule)))
    await waiveFindings(store, actor, { projectId, rule }, "real data, kept as they are");
  const rules = Object.keys(leakRules) as LeakWaiver["rule"][];
  const waivers = rules.map((rule): LeakWaiver => ({ rule, key: null, reason: "the split is not used" }));
  return freezeDataset(store, actor, { projectId, name, query: "", waivers });
}

/** Two focal planes and two channels of real pixels, nuclei and whole cells, types, a pixel size. */
async function insertStack(projectId: string): Promise<void> {
  const read = async (folder: string, file: string) =>
    new Uint8Array(readFileSync(join(samples, folder, file)));
  const planes = await Promise.all(
    ["813f41ef", "930f246a", "9d429167", "aa4d989d"].map(async (name) => {
      const { image } = await readImage(await read("images", `${name}.png`), { name });
      const labels = await readLabels(await read("labels", `${name}.tif`), { name });
      return { name, image, labels };
    }),
  );
  const size = Math.min(...planes.map(({ labels }) => Math.min(labels.height, labels.width)));
  const data = new Uint16Array(4 * size * size);
  planes.forEach(({ image }, i) => {
    const { data: pixels, width } = channelPlane(image, {});
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++)
        data[(i * size + y) * size + x] = (pixels[y * width + x] as number) * 257;
  });
  const cut = (i: number, z: number) => {
    const { labels } = planes[i] as (typeof planes)[number];
    const crop = new Int32Array(size * size);
    for (let y = 0; y < size; y++)
      crop.set(labels.data.subarray(y * labels.width, y * labels.width + size), y * size);
    return [...objectShapesFromLabels({ dtype: "int32", height: size, width: size, data: crop }, { z })];
  };
  const typed = (list: readonly (readonly [number, ObjectShape])[]) =>
    list.map(([label, shape], i) => ({ label, shape, ...(i % 3 === 0 ? { cellType: "mitotic" } : {}) }));
  await insertImage(store, actor, {
    projectId,
    name: "stack of real planes",
    image: imageArray("uint16", "czyx", [2, 2, size, size], data),
    channels: [
      { index: 0, name: "DAPI", role: "nuclear" },
      { index: 1, name: "CD45", role: "membrane" },
    ],
    mpp: { y: 0.5, x: 0.25 },
    group: "donor 7",
    metadata: { organ: "lung", platform: "CODEX", stain: 'says "hello", twice' },
    source: { title: "Composed", licence: "CC0-1.0" },
    layers: [
      { compartment: "nuclear", objects: typed([...cut(0, 0), ...cut(1, 1)]) },
      { compartment: "wholeCell", objects: typed([...cut(2, 0), ...cut(3, 1)]) },
    ],
  });
}

/** One plane as it must come back. */
interface Plane {
  readonly objects: VersionObject[];
  readonly mpp: unknown;
  readonly group: string;
  readonly metadata: Readonly<Record<string, string>>;
}

interface View {
  readonly compartment: string;
  /** Only this channel, chosen by the role the compartment needs. */
  readonly oneChannel?: boolean;
  readonly cellTypes: boolean;
}

type Source = Awaited<ReturnType<typeof exportImages>>;

/** Planes of all images that have a layer of the compartment, by digest of their values. */
async function planesOf(images: Source, { compartment, oneChannel = false, cellTypes }: View) {
  const planes = new Map<string, Plane>();
  for (const image of images) {
    const layer = image.layers.find((one) => one.compartment === compartment && one.name === "");
    if (layer === undefined) continue;
    const array = await readArray(store, image.arrayDigest);
    const { objects } = await exportObjects(store, layer);
    const length = (axis: string): number => array.shape[array.axes.indexOf(axis)] ?? 1;
    const wanted = compartment === "nuclear" ? ["nuclear"] : ["membrane", "phase"];
    const one = Math.max(
      0,
      image.channels.findIndex(({ role }) => wanted.includes(role)),
    );
    const channels = oneChannel && length("c") > 1 ? [one] : Array.from({ length: length("c") }, (_, c) => c);
    for (let t = 0; t < length("t"); t++)
      for (let z = 0; z < length("z"); z++) {
        const hash = createHash("sha256");
        for (const c of channels) hash.update(Float64Array.from(channelPlane(array, { t, z, c }).data));
        const here = objects.filter(({ shape }) => shape.t === t && shape.z === z);
        planes.set(hash.digest("hex"), {
          objects: here.map(({ uid, shape, cellType }) => ({
            id: uid,
            shape: { ...shape, t: 0, z: 0 },
            cellType: cellTypes ? cellType : null,
          })),
          mpp: image.mpp,
          group: image.group,
          metadata: image.metadata,
        });
      }
  }
  return planes;
}

/** Under the names that sheets give to fields: "sequence" is a "movie" there. */
function asSheet(metadata: Plane["metadata"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([field, word]) => [fieldOf(field.toLowerCase())?.name ?? field, word]),
  );
}

async function imagesOf(projectId: string): Promise<Source> {
  return exportImages(store, await imageIdsForQuery(store, projectId, { type: "all" }));
}

/** Links as pairs of places, which numbers do not enter. */
async function linksOf(images: Source, layerName: string): Promise<string[]> {
  const pairs: string[] = [];
  for (const image of images) {
    const layer = image.layers.find(({ name }) => name === layerName);
    if (layer === undefined) continue;
    const { objects, links } = await exportObjects(store, layer);
    const place = new Map(objects.map(({ uid, shape: { t, bbox } }) => [uid, `${t}:${bbox.join(",")}`]));
    for (const { from, to, kind } of links) pairs.push(`${place.get(from)} ${kind} ${place.get(to)}`);
  }
  return pairs.sort();
}

interface Trip {
  readonly format: string;
  /** Name of the layout, when it differs. */
  readonly layout?: string;
  readonly oneChannel?: boolean;
  readonly cellTypes?: boolean;
  readonly mpp?: boolean;
  /** Where the movie's tracks come back: folder to import when it is another one, and name of the layer. */
  readonly tracks?: { readonly folder?: string; readonly layer: string };
}

const trips: readonly Trip[] = [
  { format: "ome-zarr", cellTypes: false, mpp: true, tracks: { layer: "nuclear-tracking-markers" } },
  { format: "coco", cellTypes: true, mpp: true },
  { format: "cellpose", mpp: true },
  { format: "stardist", mpp: true },
  { format: "geojson", cellTypes: true, mpp: true },
  { format: "imagej-roi", mpp: true },
  { format: "ctc", oneChannel: true, mpp: true, tracks: { layer: "tracking markers" } },
  { format: "trk", tracks: { folder: "nuclear-tracking-markers", layer: "" } },
  { format: "geff", mpp: true, tracks: { folder: "nuclear-tracking-markers", layer: "" } },
  { format: "trackmate", mpp: true, tracks: { folder: "nuclear-tracking-markers", layer: "" } },
  { format: "track-csv", mpp: true, tracks: { folder: "nuclear-tracking-markers", layer: "" } },
  { format: "deepcell-label", cellTypes: true, tracks: { layer: "feature 2" } },
];

/** Formats with a folder per layer. */
const perLayer = new Set([
  "cellpose",
  "stardist",
  "geojson",
  "imagej-roi",
  "ctc",
  "trk",
  "geff",
  "trackmate",
  "track-csv",
]);

async function exported(format: string, of: DatasetVersionDetail, name = format): Promise<string> {
  const outPath = join(work, `out-${name}`);
  const job = await run({
    kind: "export",
    projectId: of.projectId,
    title: "export",
    params: { format, datasetVersionId: of.id, outPath },
  });
  expect(job.result).toMatchObject({ imageCount: of.itemCount });
  return outPath;
}

describe("written and imported again", () => {
  test.each(trips)(
    "$format",
    async (trip) => {
      const { format, oneChannel = false, cellTypes = false } = trip;
      const folder = await exported(format, version);
      const before = await imagesOf(version.projectId);
      for (const compartment of ["nuclear", "wholeCell"] as const) {
        const project = await ensureProject(store, actor, `${format} ${compartment}`);
        const root = perLayer.has(format) ? join(folder, compartment) : folder;
        await importFolder(project.id, root, {
          format: trip.layout ?? format,
          ...(perLayer.has(format) ? { compartment } : {}),
        });
        const after = await imagesOf(project.id);
        const view = { compartment, oneChannel, cellTypes };
        const [expected, found] = [await planesOf(before, view), await planesOf(after, view)];
        expect(expected.size).toBeGreaterThan(0);
        const missing = [...expected.keys()].filter((key) => !found.has(key));
        expect(missing, "planes whose pixels came back").toEqual([]);
        for (const [key, plane] of expected) {
          const back = found.get(key) as Plane;
          const diff = diffObjects(plane.objects, back.objects, { identity: "place" });
          expect(diff.changes).toEqual([]);
          expect(diff.identical).toBe(plane.objects.length);
          expect(back.group).toBe(plane.group);
          expect(back.metadata).toMatchObject(asSheet(plane.metadata));
          if (trip.mpp === true) expect(back.mpp).toEqual(plane.mpp);
        }
        if (!perLayer.has(format)) break;
      }
    },
    600_000,
  );
});

describe.skipIf(!existsSync(join(shared, "ctc-mitocheck-h2b")))("tracks written and imported again", () => {
  test.each(trips.filter(({ tracks }) => tracks !== undefined))(
    "$format",
    async ({ format, tracks }) => {
      const folder = join(work, `out-${format}`, tracks?.folder ?? "");
      let name = `${format} nuclear`;
      if (tracks?.folder !== undefined) {
        name = `${format} tracks`;
        const project = await ensureProject(store, actor, name);
        await importFolder(project.id, folder, { format, compartment: "nuclear" });
      }
      const back = await ensureProject(store, actor, name);
      const expected = await linksOf(await imagesOf(version.projectId), "tracking markers");
      expect(expected.length).toBeGreaterThan(500);
      expect(await linksOf(await imagesOf(back.id), tracks?.layer ?? "")).toEqual(expected);
    },
    120_000,
  );
});

test("importing our own OME-Zarr reproduces every digest of pixels and of shapes", async () => {
  const folder = join(work, "out-ome-zarr");
  expect(existsSync(folder)).toBe(true);
  const project = await ensureProject(store, actor, "ome-zarr nuclear");
  const digests = async (images: Source) => {
    const list: string[] = [];
    for (const image of images) {
      const shapes: string[] = [];
      for (const layer of image.layers.filter(({ name }) => name === ""))
        for (const { digest } of (await exportObjects(store, layer)).objects)
          shapes.push(`${layer.compartment} ${digest}`);
      list.push(`${image.arrayDigest} ${image.axes} ${image.dtype} ${shapes.sort().join(" ")}`);
    }
    return list.sort();
  };
  expect(await digests(await imagesOf(project.id))).toEqual(await digests(await imagesOf(version.projectId)));
});

test("NumPy archives in TissueNet's layout give the same objects back", async () => {
  const folder = await exported("npz", squareVersion);
  const project = await ensureProject(store, actor, "npz");
  await importFolder(project.id, folder, { format: "tissuenet" });
  // X holds nuclear and membrane; only the first is ours.
  const view = { compartment: "nuclear", oneChannel: true, cellTypes: false };
  const expected = await planesOf(await imagesOf(squareVersion.projectId), view);
  const found = await planesOf(await imagesOf(project.id), view);
  expect(expected.size).toBe(4);
  for (const [key, plane] of expected) {
    const back = found.get(key) as Plane;
    expect(diffObjects(plane.objects, back.objects, { identity: "place" }).changes).toEqual([]);
    expect(back.group).toContain(plane.group);
  }
});

test("the same version gives the same bytes, in a folder and in a zip", async () => {
  const params = { format: "coco", datasetVersionId: version.id };
  const to = (outPath: string) =>
    run({ kind: "export", projectId: version.projectId, title: "export", params: { ...params, outPath } });
  const [again, zip, zipAgain] = [
    await to(join(work, "again")),
    await to(join(work, "one.zip")),
    await to(join(work, "two.zip")),
  ];
  expect(again.result?.["digest"]).toBe(zip.result?.["digest"]);
  expect(zipAgain.result?.["digest"]).toBe(zip.result?.["digest"]);
  const bytes = (name: string) =>
    createHash("sha256")
      .update(readFileSync(join(work, name)))
      .digest("hex");
  expect(bytes("one.zip")).toBe(bytes("two.zip"));
  const sums = readFileSync(join(work, "again", "SHA256SUMS"), "utf8");
  expect(sums).toMatch(/^[0-9a-f]{64} {2}LICENSE\.txt$/m);
});

test("a walk over one role gives the items of that role, named as in a walk over all", async () => {
  const source = await datasetSource(store, version);
  const all: string[] = [];
  for await (const { name, role } of source.items()) all.push(`${role} ${name}`);
  const byRole: string[] = [];
  for (const role of ["train", "validation", "test"] as const)
    for await (const item of source.items(role)) byRole.push(`${item.role} ${item.name}`);
  expect(byRole.sort()).toEqual(all.sort());
});

/** Debian's python3 with python3-numpy and python3-tifffile, where it is installed. */
const python = "/usr/bin/python3";
const hasPython = spawnSync(python, ["-c", "import numpy, tifffile"]).status === 0;

describe.skipIf(!hasPython)("load.py reads the export with NumPy and tifffile", () => {
  test.each([...trips.map(({ format }) => format), "npz", "huggingface"])(
    "%s",
    async (format) => {
      const folder = join(work, `out-${format}`);
      if (!existsSync(folder)) await exported(format, version);
      const ran = spawnSync(python, ["load.py"], { cwd: folder, encoding: "utf8" });
      expect(ran.stderr).toBe("");
      expect(ran.status).toBe(0);
      // Each prints what it found; the assertions inside compare shapes, counts and areas.
      expect(ran.stdout).toMatch(
        format === "npz" ? /256, 256, 2/ : /\d+ (cells|tracks|regions|rows|pictures)|uint/,
      );
      const check = spawnSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: folder });
      if (check.error === undefined) expect(check.status).toBe(0);
    },
    60_000,
  );
});
