import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { combineLicences } from "#core/licence/index.ts";
import { labelsOf } from "#testing/index.ts";
import {
  createFileNames,
  croissant,
  type ExportFacts,
  type ExportItem,
  huggingFaceCard,
  licenceText,
  objectTable,
  provenanceJson,
  roCrate,
  splitsCsv,
} from "./index.ts";

const facts: ExportFacts = {
  name: "nuclei",
  version: "1.2.0",
  digest: "ab".repeat(32),
  splitDigest: "cd".repeat(32),
  query: "kind=fluorescence",
  description: "Nuclei of two labs.",
  licence: combineLicences([
    {
      title: "Bowl",
      licence: "CC0-1.0",
      url: "https://example.org/bowl",
      citation: "Caicedo 2019",
      images: 1,
    },
    { title: "Lab", licence: "CC-BY-4.0", url: "", citation: "", images: 1 },
  ]),
  creators: ["Ada Lovelace"],
  datePublished: "2026-11-22",
  url: "https://example.org/nuclei",
  counts: { images: 2, cells: 3, channels: 2 },
  models: ["nuclei-fluorescence@1.0.0"],
  tool: { name: "Cell Foundry", version: "0.1.0" },
};

const labels = labelsOf("11..", "11..", "..22", "..22");

const item = (name: string, channels: number): ExportItem => ({
  name,
  axes: channels === 1 ? "yx" : "cyx",
  shape: channels === 1 ? [4, 4] : [channels, 4, 4],
  dtype: "uint8",
  readImage: async () =>
    imageArray(
      "uint8",
      channels === 1 ? "yx" : "cyx",
      channels === 1 ? [4, 4] : [channels, 4, 4],
      Uint8Array.from({ length: 16 * channels }, (_, i) => i),
    ),
  channels: Array.from({ length: channels }, (_, c) => ({ name: `c${c}`, role: "other" })),
  mpp: channels === 1 ? null : { y: 0.5, x: 0.5 },
  layers: [
    {
      compartment: "nuclear",
      name: "",
      truth: "gold",
      coverage: "exhaustive",
      root: "ef".repeat(32),
      objects: [...objectShapesFromLabels(labels)].map(([label, shape]) => ({
        uid: `${name}-${label}`,
        label,
        shape,
        cellType: label === 1 ? "T cell" : null,
        agentKind: "person",
      })),
      links: [],
      spots: [],
    },
  ],
  metadata: { kind: "fluorescence" },
  terms: {},
  buckets: {},
  role: "train",
  group: "plate 1",
  source: { title: "Bowl", licence: "CC0-1.0", url: "" },
  arrayDigest: "12".repeat(32),
});

async function* stream<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return new Uint8Array(await new Blob(all as BlobPart[]).arrayBuffer());
}

describe("the table of objects", () => {
  test("is read by an independent reader: places, sizes, light, nulls where nothing is known", async () => {
    const bytes = await bytesOf(objectTable(stream([item("a", 1), item("b", 2)]), facts));
    const rows = await parquetReadObjects({ file: bytes.buffer as ArrayBuffer });
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({
      image: "a",
      split: "train",
      uid: "a-1",
      label: 1,
      cell_type: "T cell",
      area_px: 4,
      centroid_y_px: 0.5,
      bbox_y1_px: 2,
      solidity: 1,
      // Pixels 0, 1, 4, 5.
      c0_mean: 2.5,
      c0_max: 5,
    });
    // No pixel size, no second channel, no type.
    expect(rows[0]?.["area_um2"] ?? null).toBeNull();
    expect(rows[0]?.["c1_mean"] ?? null).toBeNull();
    expect(rows[1]?.["cell_type"] ?? null).toBeNull();
    // Second channel of b: the same pixels plus 16; 4 pixels of 0.25 square micrometres.
    expect(rows[2]).toMatchObject({ image: "b", area_um2: 1, c0_mean: 2.5, c1_mean: 18.5, c1_min: 16 });
  });

  test("the same items give the same bytes; no items give an empty table", async () => {
    const make = () => bytesOf(objectTable(stream([item("a", 1)]), facts));
    expect(await make()).toEqual(await make());
    const empty = await bytesOf(objectTable(stream<ExportItem>([]), facts));
    expect(await parquetReadObjects({ file: empty.buffer as ArrayBuffer })).toEqual([]);
  });
});

describe("the papers of an export", () => {
  const files = [{ path: "splits.csv", bytes: 10, sha256: "00".repeat(32) }];
  const listed = [
    {
      name: '=cmd|"x"',
      path: "images/a.tif",
      role: "train",
      group: "plate, 1",
      source: "Bowl",
      licence: "CC0-1.0",
      arrayDigest: "12".repeat(32),
      layers: [{ compartment: "nuclear", root: "ef".repeat(32) }],
    },
  ];

  test("Croissant has all that version 1.1 requires, and its references lead somewhere", () => {
    const text = croissant(facts, files);
    const json = JSON.parse(text);
    for (const key of [
      "@context",
      "@type",
      "conformsTo",
      "description",
      "license",
      "name",
      "url",
      "creator",
      "datePublished",
    ])
      expect(json[key], key).toBeTruthy();
    expect(json.conformsTo).toBe("http://mlcommons.org/croissant/1.1");
    expect(json.license).toEqual([
      "https://spdx.org/licenses/CC-BY-4.0.html",
      "https://spdx.org/licenses/CC0-1.0.html",
    ]);
    const ids = new Set([...text.matchAll(/"@id": "([^"]+)"/g)].map(([, id]) => id));
    const columns = splitsCsv([]).trim().split(",");
    for (const field of json.recordSet[1].field) {
      expect(ids).toContain(field.source.fileObject["@id"]);
      expect(columns).toContain(field.source.extract.column);
    }
  });

  test("RO-Crate: descriptor, root with the four required fields, every file described", () => {
    const { "@graph": graph } = JSON.parse(
      roCrate(facts, [...files, { path: "a b/c#1.tif", bytes: 5, sha256: "" }]),
    );
    const byId = new Map(graph.map((node: { "@id": string }) => [node["@id"], node]));
    expect(byId.get("ro-crate-metadata.json")).toMatchObject({
      "@type": "CreativeWork",
      about: { "@id": "./" },
      conformsTo: { "@id": "https://w3id.org/ro/crate/1.2" },
    });
    const root = byId.get("./") as { hasPart: { "@id": string }[] };
    expect(root).toMatchObject({
      name: "nuclei",
      description: "Nuclei of two labs.",
      datePublished: "2026-11-22",
    });
    for (const { "@id": id } of root.hasPart) expect(byId.has(id), id).toBe(true);
    expect(byId.has("a%20b/c%231.tif")).toBe(true);
  });

  test("the card's front matter says the licence as the hub reads it", () => {
    const card = huggingFaceCard(facts, { train: "data/train-*.parquet" });
    expect(card).toMatch(
      /^---\nlicense: other\nlicense_name: "CC-BY-4.0 AND CC0-1.0"\nlicense_link: LICENSE.txt\n/,
    );
    expect(card).toContain('  - split: train\n    path: "data/train-*.parquet"');
    const one = {
      ...facts,
      licence: combineLicences([{ title: "Bowl", licence: "CC0-1.0", url: "", citation: "", images: 2 }]),
    };
    expect(huggingFaceCard(one, {})).toMatch(/^---\nlicense: cc0-1.0\n/);
    expect(licenceText(facts)).toContain("Bowl; 1 image; CC0-1.0; https://example.org/bowl; Caicedo 2019");
  });

  test("no cell of the split table runs as a formula, commas and quotes survive", () => {
    expect(splitsCsv(listed)).toBe(
      "name,path,split,group,source,licence,image_digest\r\n" +
        `"'=cmd|""x""",images/a.tif,train,"plate, 1",Bowl,CC0-1.0,${"12".repeat(32)}\r\n`,
    );
  });

  test("provenance names version, pixels and labels by digest", () => {
    expect(JSON.parse(provenanceJson(facts, listed))).toMatchObject({
      dataset: { digest: "ab".repeat(32), splitDigest: "cd".repeat(32), version: "1.2.0" },
      models: ["nuclei-fluorescence@1.0.0"],
      items: [{ arrayDigest: "12".repeat(32), layers: [{ root: "ef".repeat(32) }] }],
    });
  });
});

test("file names are safe, readable and unique, also where case does not count", () => {
  const nameOf = createFileNames();
  const names = [
    "a/b c.tif",
    "A-b-C",
    "../../etc/passwd",
    "Größe µ.ome.tiff",
    "con",
    "...",
    "细胞",
    "x".repeat(300),
  ];
  expect(names.map(nameOf)).toEqual([
    "a-b-c",
    "A-b-C-2",
    "etc-passwd",
    "Gro-e",
    "con-image",
    "image",
    "image-2",
    "x".repeat(120),
  ]);
});
