import { describe, expect, test } from "vitest";
import {
  type ObjectShape,
  objectShapeFromMask,
  objectShapesFromLabels,
  renderObjects,
} from "#core/labels/index.ts";
import { memoryFiles, readAll } from "#testing/import-files.ts";
import { forSeeds, maskOf, pictureOf, randomLabels } from "#testing/index.ts";
import { sourceOfBytes } from "../../byte-source.ts";
import { refusal } from "../../fixtures/fixtures.ts";
import { writePng } from "../../pixels/png/write-png.ts";
import { geojsonLayout } from "./layout.ts";
import { readGeoJson } from "./read-geojson.ts";
import { writeGeoJson } from "./write-geojson.ts";

const shapeOf = (...rows: string[]) => objectShapeFromMask(maskOf(...rows)) as ObjectShape;
const ascii = (text: string) => new TextEncoder().encode(text);
const png = (height: number, width: number) =>
  writePng({ height, width, channels: 1, data: new Uint8Array(height * width) });
const draw = (objects: Parameters<typeof renderObjects>[2], height = 5, width = 6) =>
  pictureOf(renderObjects(height, width, objects));
const read = (json: unknown) =>
  readAll(
    geojsonLayout,
    memoryFiles("memory", { "a.geojson": ascii(JSON.stringify(json)), "a.ome.tif": png(5, 6) }),
  );

const square = (x: number, y: number, side: number) => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
  [x, y],
];
const feature = (coordinates: unknown, properties: object = {}, type = "Polygon", more: object = {}) => ({
  type: "Feature",
  id: "4cfb0a35-4a6f-4b0d-9bd5-6f2d94f7ab5e",
  geometry: { type, coordinates },
  properties,
  ...more,
});

describe("what QuPath exports", () => {
  test("cells give two layers with class; annotations around them are left out", async () => {
    const cell = feature(
      [square(0, 0, 4)],
      { objectType: "cell", classification: { name: "Tumor: Ki67", color: [200, 0, 0] } },
      "Polygon",
      {
        nucleusGeometry: { type: "Polygon", coordinates: [square(1, 1, 2)] },
      },
    );
    const region = feature([square(0, 0, 6)], { objectType: "annotation" });
    const result = await read({ type: "FeatureCollection", features: [region, cell] });
    const { layers, notes } = result!.items[0]!.read;
    expect(result!.plan.items[0]!.layers).toEqual(["wholeCell", "nuclear"]);
    expect(
      layers.map(({ compartment, objects }) => [compartment, objects[0]!.cellType, draw(objects)]),
    ).toEqual([
      ["wholeCell", "Tumor: Ki67", ["1111..", "1111..", "1111..", "1111..", "......"]],
      ["nuclear", "Tumor: Ki67", ["......", ".11...", ".11...", "......", "......"]],
    ]);
    expect(notes).toEqual(["a.geojson: 1 annotations around the 1 detections were left out."]);
  });

  test("annotations alone, holes, several polygons, derived classes, points", async () => {
    const result = await read([
      feature([square(0, 0, 3), square(1, 1, 1)], {
        object_type: "annotation",
        classification: { names: ["A", "B"] },
      }),
      feature([[square(4, 0, 1)], [square(4, 3, 2)]], { classification: "old" }, "MultiPolygon"),
      feature([1, 1], {}, "Point"),
    ]);
    const { layers, notes } = result!.items[0]!.read;
    expect(draw(layers[0]!.objects)).toEqual(["111.2.", "1.1...", "111...", "....22", "....22"]);
    expect(layers[0]!.objects.map(({ cellType, manual }) => [cellType, manual])).toEqual([
      ["A: B", true],
      ["old", undefined],
    ]);
    expect(notes).toEqual(["a.geojson: 1 points or lines have no area and were left out."]);
  });

  test("files without an image of their name, and other JSON, are left aside", async () => {
    const collection = ascii('{"type":"FeatureCollection","features":[]}');
    const plan = await geojsonLayout.plan(
      memoryFiles("memory", {
        "a.png": png(5, 6),
        "a.png.geojson": collection,
        "a.json": collection,
        "z.geojson": collection,
        "s.json": ascii("{}"),
      }),
    );
    expect(plan!.items.map(({ locator }) => locator)).toEqual(["a.json"]);
    expect(plan!.ignored.map(({ path }) => path).toSorted()).toEqual([
      "a.png.geojson",
      "s.json",
      "z.geojson",
    ]);
    expect(
      await geojsonLayout.plan(
        memoryFiles("memory", { "a.png": png(5, 6), "a.json": ascii('{"images":[]}') }),
      ),
    ).toBeNull();
  });
});

test("law: written objects come back, with class, nucleus and plane", async () => {
  const cases: { labels: ReturnType<typeof randomLabels>; shapes: ObjectShape[] }[] = [];
  forSeeds(100, (random) => {
    const labels = randomLabels(random);
    cases.push({ labels, shapes: [...objectShapesFromLabels(labels).values()] });
  });
  for (const { labels, shapes } of cases) {
    const text = [
      ...writeGeoJson(shapes.map((shape, i) => ({ shape, cellType: `type ${i % 2}`, colour: 0xff8000 }))),
    ].join("");
    const result = await readAll(
      geojsonLayout,
      memoryFiles("memory", { "a.geojson": ascii(text), "a.png": png(labels.height, labels.width) }),
    );
    expect(result!.items[0]!.read.layers[0]!.objects).toEqual(
      shapes.map((shape, i) => ({ label: i + 1, shape, cellType: `type ${i % 2}` })),
    );
  }
  const cell = shapeOf("1111", "1111");
  const nucleus = { ...shapeOf("....", ".11."), t: 2, z: 3 };
  const text = [...writeGeoJson([{ shape: { ...cell, t: 2, z: 3 }, nucleus, name: "x" }])].join("");
  const [back] = await readGeoJson(sourceOfBytes(ascii(text), "a"));
  expect(back).toMatchObject({
    objectType: "cell",
    name: "x",
    plane: { t: 2, z: 3 },
    nucleus: [[[1, 1, 3, 1, 3, 2, 1, 2]]],
  });
  expect(JSON.parse(text).features[0].geometry.coordinates[0].at(-1)).toEqual([0, 0]);
});

describe("refusals", () => {
  test.each<[string, unknown, RegExp]>([
    ["not features", { type: "FeatureCollection", features: [{ type: "Polygon" }] }, /not a Feature/],
    ["no rings", [feature(7)], /no list of rings/],
    ["no corners", [feature([[7]])], /not a pair of numbers/],
    ["text for a number", [feature([[["1", 2]]])], /not a pair of numbers/],
    ["no polygons", [feature("x", {}, "MultiPolygon")], /no list of polygons/],
  ])("%s", async (_, json, message) => {
    const error = await refusal(() => readGeoJson(sourceOfBytes(ascii(JSON.stringify(json)), "a.geojson")));
    expect([error.code, error.message]).toEqual(["format.geojson", expect.stringMatching(message)]);
  });

  test("no features at all", async () => {
    expect((await refusal(() => readGeoJson(sourceOfBytes(ascii("{}"), "a")))).code).toBe("format.geojson");
  });
});
