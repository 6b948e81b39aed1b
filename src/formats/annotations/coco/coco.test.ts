import { describe, expect, test } from "vitest";
import {
  type ObjectShape,
  objectShapeFromMask,
  objectShapesFromLabels,
  renderObjects,
  shapeFromRings,
  shapeToPolygons,
} from "#core/labels/index.ts";
import { memoryFiles, readAll } from "#testing/import-files.ts";
import { forSeeds, maskOf, pictureOf, randomLabels } from "#testing/index.ts";
import { refusal } from "../../fixtures/fixtures.ts";
import { writePng } from "../../pixels/png/write-png.ts";
import { joinHoles } from "./keyhole.ts";
import { cocoLayout } from "./layout.ts";
import { countsFromShape, packCounts, shapeFromCounts, unpackCounts } from "./rle.ts";
import { type CocoSource, cocoAnnotation, writeCoco } from "./write-coco.ts";

const shapeOf = (...rows: string[]) => objectShapeFromMask(maskOf(...rows)) as ObjectShape;
const ascii = (text: string) => new TextEncoder().encode(text);

describe("run-length masks", () => {
  test("counts go down the columns, outside first", () => {
    const shape = shapeOf("....", ".11.", ".1..");
    expect(countsFromShape(shape, { height: 3, width: 4 })).toEqual([4, 2, 1, 1, 4]);
    expect(countsFromShape(shapeOf("11", "11"), { height: 2, width: 2 })).toEqual([0, 4]);
  });

  test("packed by hand after the rule", () => {
    // 40 = 8 + 32: 'X' '1'; 5 - 40 = -35 = 29 - 2 * 32: 'm' 'N'; 21 - 5 = 16 needs a second group for its sign: '`' '0'.
    expect(packCounts([6, 1, 40, 4, 5, 4, 5, 4, 21])).toBe("61X13mN000`0");
    expect(unpackCounts("61X13mN000`0")).toEqual([6, 1, 40, 4, 5, 4, 5, 4, 21]);
  });

  test("law: shape -> counts -> text -> counts -> shape", () =>
    forSeeds(300, (random) => {
      const labels = randomLabels(random);
      for (const shape of objectShapesFromLabels(labels).values()) {
        const counts = countsFromShape(shape, labels);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(labels.height * labels.width);
        expect(unpackCounts(packCounts(counts))).toEqual(counts);
        expect(shapeFromCounts(counts, labels)).toEqual(shape);
      }
      const wild = Array.from({ length: random.int(9) }, () => random.int(2 ** random.int(28)));
      expect(unpackCounts(packCounts(wild))).toEqual(wild);
    }));

  test("damaged ones are refused", async () => {
    const frame = { height: 2, width: 2 };
    expect((await refusal(() => unpackCounts("~~~"))).code).toBe("format.coco");
    expect((await refusal(() => unpackCounts("oooooooooooooooo"))).message).toMatch(/text is damaged/);
    expect((await refusal(() => shapeFromCounts([1, 9], frame))).message).toMatch(
      /sum to 10, the image has 4/,
    );
    expect((await refusal(() => shapeFromCounts([-1, 2], frame))).message).toMatch(/count -1/);
    expect(shapeFromCounts([4], frame)).toBeNull();
    expect(shapeFromCounts([], frame)).toBeNull();
  });
});

test("law: a polygon with its holes joined to one ring holds the same pixels", () =>
  forSeeds(200, (random) => {
    const labels = randomLabels(random);
    for (const shape of objectShapesFromLabels(labels).values()) {
      const rings = shapeToPolygons(shape).map(joinHoles);
      expect(shapeFromRings(rings, labels)).toEqual(shape);
    }
  }));

const holed = shapeOf("11111.", "1...1.", "1.1.1.", "1...1.", "11111.");
const apart = shapeOf("......", ".11...", "......", "......", ".....1");
const png = writePng({ height: 5, width: 6, channels: 1, data: new Uint8Array(30) });
const images: readonly CocoSource[] = [
  {
    fileName: "a.png",
    height: 5,
    width: 6,
    objects: [{ shape: holed }, { shape: apart, category: "lymphocyte" }],
  },
  { fileName: "b.png", height: 5, width: 6, objects: [] },
];

describe("files", () => {
  test.each(["packed", "counts", "polygons"] as const)(
    "written as %s and read again: the same shapes",
    async (segmentation) => {
      const text = [...writeCoco(images, { segmentation, licence: { name: "CC0", url: "https://x" } })].join(
        "",
      );
      expect(JSON.parse(text).annotations.length).toBe(2);
      // The second object lies in the hole of the first in part; nothing is moved.
      const result = await readAll(
        cocoLayout,
        memoryFiles("memory", {
          "set/anno.json": ascii(text),
          "set/images/a.png": png,
          "set/b.png": png,
          "c.png": png,
        }),
      );
      expect(
        result!.items.map(({ item, read }) => [item.name, read.layers.map(({ objects }) => objects)]),
      ).toEqual([
        [
          "a",
          [
            [
              { label: 1, shape: holed },
              { label: 2, shape: apart, cellType: "lymphocyte" },
            ],
          ],
        ],
        ["b", [[]]],
      ]);
      expect(result!.plan.licence).toBe("CC0, https://x");
      expect(result!.plan.ignored).toEqual([{ path: "c.png", reason: "no COCO file lists it" }]);
    },
  );

  const base = { id: 1, file_name: "a.png", height: 5, width: 6 };
  const square = [0, 0, 2, 0, 2, 2, 0, 2];
  const read = async (json: unknown) =>
    readAll(cocoLayout, memoryFiles("memory", { "a.json": ascii(JSON.stringify(json)), "a.png": png }));
  const draw = (objects: Parameters<typeof renderObjects>[2]) => pictureOf(renderObjects(5, 6, objects));

  test("annotations as an object, no area, ids as text, parts joined by union", async () => {
    const result = await read({
      annotations: {
        "7": { id: 7, image_id: "1", category_id: 1, segmentation: [square, [1, 1, 3, 1, 3, 3, 1, 3]] },
      },
      categories: [{ id: 1, name: "cell" }],
      images: [base],
    });
    const { layers, notes } = result!.items[0]!.read;
    expect(draw(layers[0]!.objects)).toEqual(["11....", "111...", ".11...", "......", "......"]);
    expect([layers[0]!.compartment, layers[0]!.coverage, notes]).toEqual([
      "wholeCell",
      "exhaustive",
      ["a.json: 1 annotations have no area; it is computed from their pixels."],
    ]);
  });

  test("an image listed twice has two layers; overlaps are resolved and told", async () => {
    const result = await read({
      images: [base, { ...base, id: 2 }],
      categories: [{ id: 1, name: "cell" }],
      annotations: [
        { image_id: 1, category_id: 1, area: 4, segmentation: [square] },
        { image_id: 2, category_id: 1, area: 4, segmentation: [square] },
        { image_id: 2, category_id: 1, area: 4, segmentation: [[1, 0, 3, 0, 3, 2, 1, 2]] },
      ],
    });
    const { layers, notes } = result!.items[0]!.read;
    expect(layers.map(({ name, objects }) => [name, draw(objects).slice(0, 2)])).toEqual([
      ["", ["11....", "11...."]],
      ["annotation 2", ["112...", "112..."]],
    ]);
    expect(result!.plan.notes[0]).toMatch(/1 images are listed again/);
    expect(notes[0]).toMatch(/2 pixels belong to two objects \(1 pairs\)/);
  });

  test("categories choose layer and type; crowds and boxes are no objects", async () => {
    const result = await read({
      images: [base],
      categories: [
        { id: 1, name: "Nucleus" },
        { id: 2, name: "Cell" },
        { id: 3, name: "A172" },
      ],
      annotations: [
        { image_id: 1, category_id: 1, area: 1, segmentation: [square] },
        { image_id: 1, category_id: 3, area: 1, segmentation: { size: [5, 6], counts: [0, 5] } },
        { image_id: 1, category_id: 2, area: 1, iscrowd: 1, segmentation: { size: [5, 6], counts: [0, 5] } },
        { image_id: 1, category_id: 2, area: 1, bbox: [0, 0, 1, 1], segmentation: [] },
        { image_id: 99, category_id: 2, area: 1, segmentation: [square] },
      ],
    });
    const { layers, notes } = result!.items[0]!.read;
    expect(
      layers.map(({ compartment, coverage, objects }) => [
        compartment,
        coverage,
        objects.map(({ cellType }) => cellType),
      ]),
    ).toEqual([
      ["nuclear", "sparse", [undefined]],
      ["wholeCell", "sparse", ["A172"]],
    ]);
    expect(notes.map((note) => note.replace(/^.*?: /, ""))).toEqual([
      expect.stringMatching(/1 annotations belong to no image/),
      expect.stringMatching(/1 regions of many objects/),
      expect.stringMatching(/1 annotations have only a box/),
    ]);
  });

  test.each<[string, unknown, RegExp]>([
    [
      "two images with one id",
      { images: [base, { ...base, file_name: "b.png" }] },
      /two images have the id 1/,
    ],
    ["no size", { images: [{ id: 1, file_name: "a.png" }] }, /no usable height and width/],
    [
      "odd polygon",
      { images: [base], annotations: [{ image_id: 1, segmentation: [[1, 2, 3]] }] },
      /not a list of x, y pairs/,
    ],
    [
      "mask of another size",
      { images: [base], annotations: [{ image_id: 1, segmentation: { size: [6, 5], counts: [30] } }] },
      /6 x 5 pixels, its image 5 x 6/,
    ],
    ["image of another size", { images: [{ ...base, width: 7 }], annotations: [] }, /5 x 7 pixels/],
  ])("refused: %s", async (_, json, message) => {
    expect((await refusal(() => read(json))).message).toMatch(message);
  });

  test("annotations that cover an image over and over stop at a limit", async () => {
    const side = 256;
    const all = {
      image_id: 1,
      category_id: 1,
      area: 1,
      segmentation: [[0, 0, side, 0, side, side, 0, side]],
    };
    const error = await refusal(() =>
      readAll(
        cocoLayout,
        memoryFiles("memory", {
          "a.json": ascii(
            JSON.stringify({
              images: [{ ...base, height: side, width: side }],
              annotations: new Array(1025).fill(all),
            }),
          ),
          "a.png": writePng({ height: side, width: side, channels: 1, data: new Uint8Array(side * side) }),
        }),
      ),
    );
    expect(error.code).toBe("limit.pixels");
  });

  test("other JSON files are not taken", async () => {
    expect(
      await cocoLayout.plan(
        memoryFiles("memory", {
          "a.json": ascii('{"type":"FeatureCollection","features":[]}'),
          "a.png": png,
        }),
      ),
    ).toBeNull();
    expect(
      await cocoLayout.plan(
        memoryFiles("memory", {
          "a.json": ascii(JSON.stringify({ images: [{ ...base, file_name: "z.png" }] })),
          "a.png": png,
        }),
      ),
    ).toBeNull();
  });
});

test("one annotation has area and box as COCO counts them", () => {
  expect(cocoAnnotation(apart, { height: 5, width: 6 })).toMatchObject({
    area: 3,
    bbox: [1, 1, 5, 4],
    iscrowd: 0,
  });
});
