/** Laws that every exporter keeps, whatever the items: stacks, movies, strange names, no labels, no role. */
import { describe, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { combineLicences } from "#core/licence/index.ts";
import { labelsOf } from "#testing/index.ts";
import { readNpy } from "../containers/npy/read-npy.ts";
import { readZip } from "../containers/zip/read-zip.ts";
import type {
  Exporter,
  ExportFacts,
  ExportItem,
  ExportLayer,
  ExportRole,
  ExportSource,
} from "./export-item.ts";
import { exporterNamed, exporters } from "./exporters.ts";

const facts: ExportFacts = {
  name: "set",
  version: "1.0.0",
  digest: "ab".repeat(32),
  splitDigest: "cd".repeat(32),
  query: "",
  description: "A set.",
  licence: combineLicences([{ title: "Lab", licence: "CC0-1.0", url: "", citation: "", images: 5 }]),
  creators: ["Lab"],
  datePublished: "2026-11-22",
  url: "urn:x",
  counts: { images: 5, cells: 3, channels: 2 },
  models: [],
  tool: { name: "Cell Foundry", version: "1" },
};

/** Two cells, the second with a hole. */
const cells = labelsOf("11.222", "11.2.2", "...222");

function layer(
  compartment: ExportLayer["compartment"],
  places: readonly { t?: number; z?: number }[],
): ExportLayer {
  const shapes = places.flatMap((place) => [...objectShapesFromLabels(cells, place)]);
  return {
    compartment,
    name: "",
    truth: "gold",
    coverage: "exhaustive",
    root: "ef".repeat(32),
    objects: shapes.map(([, shape], i) => ({
      uid: `${compartment}${i}`,
      label: i + 1,
      shape,
      cellType: i === 0 ? "mitotic" : null,
      agentKind: i === 0 ? "model" : "person",
    })),
    links: [],
    spots: [],
  };
}

function item(
  name: string,
  axes: string,
  role: ExportRole | null,
  layers: readonly ExportLayer[],
): ExportItem {
  const sides: Readonly<Record<string, number>> = { t: 3, c: 2, z: 2, y: 3, x: 6 };
  const shape = [...axes].map((axis) => sides[axis] as number);
  const count = shape.reduce((product, side) => product * side, 1);
  return {
    name,
    axes,
    shape,
    dtype: "uint16",
    readImage: async () =>
      imageArray(
        "uint16",
        axes,
        shape,
        Uint16Array.from({ length: count }, (_, i) => 1000 + i),
      ),
    channels: axes.includes("c")
      ? [
          { name: "DAPI", role: "nuclear" },
          { name: "CD45", role: "membrane" },
        ]
      : [{ name: "DAPI", role: "nuclear" }],
    mpp: { y: 0.5, x: 0.5 },
    layers,
    metadata: { organ: "lung" },
    terms: {},
    buckets: {},
    role,
    group: "donor 1",
    source: { title: "Lab", licence: "CC0-1.0", url: "" },
    arrayDigest: "12".repeat(32),
  };
}

const items = [
  item("../a b/ä.tif", "yx", "train", [layer("nuclear", [{}])]),
  item("A-b-a", "cyx", "validation", [layer("nuclear", [{}]), layer("wholeCell", [{}])]),
  item("movie of stacks", "tczyx", "test", [layer("nuclear", [{ t: 0, z: 1 }, { t: 2 }])]),
  item("no cells", "yx", "test", [layer("nuclear", [])]),
  item("no labels", "yx", "train", []),
];

const sourceOf = (list: readonly ExportItem[]): ExportSource => ({
  async *items(role) {
    for (const one of list) if (role === undefined || one.role === role) yield one;
  },
});

async function filesOf(exporter: Exporter, list: readonly ExportItem[]) {
  const files: { path: string; bytes: Buffer; itemName: string | undefined }[] = [];
  for await (const { path, bytes, itemName } of exporter.write(sourceOf(list), facts)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) pieces.push(piece);
    files.push({ path, bytes: Buffer.concat(pieces), itemName });
  }
  return files;
}

describe.each(exporters.map((exporter) => [exporter.format, exporter] as const))(
  "%s",
  (_format, exporter) => {
    test("the same items give the same files, with safe names that differ also where case does not count", async () => {
      const files = await filesOf(exporter, items);
      const again = await filesOf(exporter, items);
      expect(again.map(({ path }) => path)).toEqual(files.map(({ path }) => path));
      for (const [i, file] of files.entries())
        expect(again[i]?.bytes.equals(file.bytes), file.path).toBe(true);
      const folded = files.map(({ path }) => path.toLowerCase());
      expect(new Set(folded).size).toBe(folded.length);
      // Hidden files only where Zarr version 2 asks for them.
      for (const path of folded)
        expect(path).toMatch(/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*(\/\.z(group|array|attrs))?$/);
      expect(files.length).toBeGreaterThan(0);
    });

    test("images without a role are written too", async () => {
      const bare = items.map((one) => ({ ...one, role: null }));
      const [with_, without] = [await filesOf(exporter, items), await filesOf(exporter, bare)];
      const shown = (files: typeof with_) => new Set(files.map(({ itemName }) => itemName)).size;
      expect(shown(without)).toBe(shown(with_));
    });

    test("nothing at all is no error", async () => {
      expect(await filesOf(exporter, [])).toBeInstanceOf(Array);
    });
  },
);

test("NumPy archives: images padded below and at the right, channels and compartments in TissueNet's order", async () => {
  const files = await filesOf(exporterNamed("npz"), items);
  const train = files.find(({ path }) => path === "train.npz");
  const read = (name: string) =>
    [...readZip(new Uint8Array(train?.bytes ?? []), "train").values()].find(
      ({ path }) => path === `${name}.npy`,
    );
  const [x, y] = ["X", "y"].map((name) => readNpy(read(name)?.read() ?? new Uint8Array(), { name }));
  // Two images of 3 x 6: sides of 6, two channels.
  expect([x?.shape, y?.shape]).toEqual([
    [2, 6, 6, 2],
    [2, 6, 6, 2],
  ]);
  const nuclear = Array.from({ length: 36 }, (_, i) => Number(y?.data[2 * i + 1]));
  expect(nuclear).toEqual([...cells.data, ...new Array(18).fill(0)]);
  const values = Array.from({ length: 36 }, (_, i) => Number(x?.data[2 * i]));
  expect(values).toEqual([...Array.from({ length: 18 }, (_, i) => 1000 + i), ...new Array(18).fill(0)]);
});

test("frames and focal planes are pictures of their own, named by both", async () => {
  const paths = (await filesOf(exporterNamed("stardist"), items)).map(({ path }) => path);
  const movie = paths.filter((path) => path.includes("images/movie"));
  expect(movie).toEqual(
    [0, 1, 2].flatMap((t) => [0, 1].map((z) => `nuclear/test/images/movie-of-stacks_t0${t}_z0${z}.tif`)),
  );
});
