/**
 * Cell-culture sets: NeurIPS CellSeg with images of several formats; LIVECell with images annotated twice, cells outlined
 * twice and annotations stored as an object; EVICAN with half of its cells annotated.
 */
import { type ObjectShape, objectShapesFromLabels, shapeToRings } from "#core/labels/index.ts";
import { writeLabelTiff, writePng, writeTiffStack } from "#formats/index.ts";
import { makeSyntheticCells } from "../synthetic-cells.ts";
import { layerOfLabels, type MadeDataset, shrink, type TrueImage } from "./truth.ts";

const SIDE = 40;

/** BMP, PNG and TIFF images with `_label.tiff` each, and one image without labels. */
export function makeNeuripsCellSeg({ seed }: { readonly seed: number | string }): MadeDataset {
  const files: Record<string, Uint8Array> = {};
  const images: TrueImage[] = [];
  for (const [i, extension] of ["bmp", "png", "tif", "png"].entries()) {
    const stem = `cell_0000${i + 1}`;
    const { labels, image } = makeSyntheticCells({ height: SIDE, width: SIDE, seed: `${seed}/${i}` });
    const grey = Uint8Array.from(image.data, (value) => value >> 8);
    files[`Training-labeled/images/${stem}.${extension}`] =
      extension === "bmp"
        ? writeGreyBmp(grey, SIDE, SIDE)
        : extension === "png"
          ? writePng({ height: SIDE, width: SIDE, channels: 1, data: grey })
          : writeTiffStack("uint16", SIDE, SIDE, [image.data]);
    if (i < 3) files[`Training-labeled/labels/${stem}_label.tiff`] = writeLabelTiff(labels);
    images.push({
      layers: i < 3 ? [layerOfLabels("wholeCell", labels)] : [],
      metadata: { sourceSplit: "train" },
    });
  }
  return { files, images };
}

/** Windows bitmap with 24 bits per pixel, rows from the bottom, padded to four bytes. */
function writeGreyBmp(grey: Uint8Array, height: number, width: number): Uint8Array {
  const rowBytes = Math.ceil((3 * width) / 4) * 4;
  const out = new Uint8Array(54 + rowBytes * height);
  const view = new DataView(out.buffer);
  out.set([0x42, 0x4d]);
  view.setUint32(2, out.length, true);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      out.fill(
        grey[y * width + x]!,
        54 + (height - 1 - y) * rowBytes + 3 * x,
        54 + (height - 1 - y) * rowBytes + 3 * x + 3,
      );
  return out;
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** A COCO annotation with polygons along pixel edges; ids as the set counts them. */
function annotation(id: number, imageId: number, categoryId: number, shape: ObjectShape, area?: number) {
  const rings = shapeToRings(shape);
  return {
    id,
    image_id: imageId,
    category_id: categoryId,
    iscrowd: 0,
    segmentation: rings,
    ...(area === undefined ? {} : { area }),
  };
}

/** Cells without holes or detached parts, which polygons of these sets cannot hold. */
function simpleShapes(seed: string, side = 2 * SIDE): { shapes: ObjectShape[]; image: Uint16Array } {
  const { labels, image } = makeSyntheticCells({
    height: side,
    width: side,
    seed,
    touching: 0,
    cellCount: 14,
    radiusPx: [6, 8],
  });
  return { shapes: [...objectShapesFromLabels(labels).values()], image: image.data };
}

/** The same outline moved by one pixel: IoU about 0.8, the way a second annotator draws. */
function drawnAgain(shape: ObjectShape): ObjectShape {
  const [y0, x0, y1, x1] = shape.bbox;
  return { ...shape, bbox: [y0, x0 + 1, y1, x1 + 1] };
}

/**
 * Four crops of two wells in train and one in test. The first is annotated twice, the second time with fewer cells; in
 * the second crop every third cell is outlined twice; the list of the test part is an object; a file per cell line
 * lists the same images once more.
 */
export function makeLivecell({ seed }: { readonly seed: number | string }): MadeDataset {
  const side = 2 * SIDE;
  const crops = [
    ["test", "MCF7_Phase_E4_1_01d00h00m_1.tif"],
    ["train_val", "A172_Phase_A7_1_00d00h00m_1.tif"],
    ["train_val", "A172_Phase_A7_1_00d04h00m_2.tif"],
    ["train_val", "A172_Phase_B7_2_00d00h00m_1.tif"],
  ] as const;
  const files: Record<string, Uint8Array> = {};
  const images: TrueImage[] = [];
  const listed = { train: [] as object[], test: [] as object[] };
  const annotations = { train: [] as object[], test: [] as object[] };
  let next = 1;
  for (const [i, [part, file]] of crops.entries()) {
    const split = part === "test" ? "test" : "train";
    const { shapes, image } = simpleShapes(`${seed}/${file}`, side);
    const folder = part === "test" ? "livecell_test_images" : "livecell_train_val_images";
    files[`images/${folder}/${file.split("_")[0]}/${file}`] = writeTiffStack("uint8", side, side, [
      Uint8Array.from(image, (value) => value >> 8),
    ]);
    const entry = { file_name: file, original_filename: file, height: side, width: side };
    const id = 100 * (i + 1);
    if (i === 1) {
      // The incomplete listing comes first.
      listed[split].push({ ...entry, id: id + 1 });
      for (const shape of shapes.slice(0, 3))
        annotations[split].push(annotation(next++, id + 1, 1, shape, 1));
    }
    listed[split].push({ ...entry, id });
    for (const [k, shape] of shapes.entries()) {
      annotations[split].push(annotation(next++, id, 1, shape, 1));
      if (i === 2 && k % 3 === 0) annotations[split].push(annotation(next++, id, 1, drawnAgain(shape), 1));
    }
    const [cellLine, , well] = file.split("_") as [string, string, string];
    images.push({
      layers: [{ compartment: "wholeCell", objects: shapes.map((shape) => ({ shape })) }],
      metadata: { cellLine, well, sourceSplit: split },
    });
  }
  const categories = [{ id: 1, name: "cell", supercategory: "cell" }];
  const asObject = Object.fromEntries(annotations.test.map((one, i) => [String(i), one]));
  files["annotations/LIVECell/livecell_coco_train.json"] = json({
    images: listed.train,
    annotations: annotations.train,
    categories,
  });
  files["annotations/LIVECell/livecell_coco_test.json"] = json({
    images: listed.test,
    annotations: asObject,
    categories,
  });
  files["annotations/LIVECell_single_cells/a172/train.json"] = json({
    images: listed.train.slice(1),
    annotations: [],
    categories,
  });
  return { files, images };
}

/** Two images of which every second cell is annotated, without areas; nuclei are a category of their own. */
export function makeEvican({ seed }: { readonly seed: number | string }): MadeDataset {
  const side = 2 * SIDE;
  const files: Record<string, Uint8Array> = {};
  const images: TrueImage[] = [];
  const listed: object[] = [];
  const annotations: object[] = [];
  let next = 1;
  for (const i of [1, 2]) {
    const { labels, image } = makeSyntheticCells({
      height: side,
      width: side,
      seed: `${seed}/${i}`,
      touching: 0,
      cellCount: 12,
      radiusPx: [7, 9],
    });
    const half = (plane: typeof labels) =>
      [...objectShapesFromLabels(plane)].filter(([label]) => label % 2 === 0).map(([, shape]) => ({ shape }));
    const [cells, nuclei] = [half(labels), half(shrink(labels))];
    files[`EVICAN_train2019/${i}_ACHN.jpg`] = writePng({
      height: side,
      width: side,
      channels: 1,
      data: Uint8Array.from(image.data, (value) => value >> 8),
    });
    listed.push({ id: i, file_name: `${i}_ACHN.jpg`, height: side, width: side });
    for (const { shape } of cells) annotations.push(annotation(next++, i, 1, shape));
    for (const { shape } of nuclei) annotations.push(annotation(next++, i, 2, shape));
    images.push({
      layers: [
        { compartment: "wholeCell", objects: cells },
        { compartment: "nuclear", objects: nuclei },
      ],
      metadata: { sourceSplit: "train" },
    });
  }
  const categories = [
    { id: 1, name: "Cell" },
    { id: 2, name: "Nucleus" },
  ];
  files["instances_train2019_EVICAN2.json"] = json({ images: listed, annotations, categories });
  const lines = [
    { id: 1, name: "ACHN_Cell" },
    { id: 2, name: "ACHN_Nucleus" },
  ];
  files["instances_train2019_EVICAN60.json"] = json({ images: listed, annotations: [], categories: lines });
  return { files, images };
}
