/**
 * Active-contour fit of one cell: how much of a badly drawn outline it mends.
 *
 * Cells of the sample images are drawn wrongly: moved by 2 pixels and grown or shrunk by 2, other cells as they are. The tool
 * of the key C fits each; told is the IoU with the label before and after, and how many became better or worse.
 *
 * Usage: node test/bench/fit-cells.ts [--cells 10]   (of each image, at most)
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../../scripts/find-node.mjs";
import { channelPlane } from "../../src/core/array/index.ts";
import {
  applyChangesInPlace,
  createCanvas,
  drawMask,
  fitObject,
  growObjects,
} from "../../src/core/edits/index.ts";
import {
  type ObjectShape,
  objectShapesFromLabels,
  shapeArea,
  shapeContains,
  shapeToMask,
} from "../../src/core/labels/index.ts";
import { rng } from "../../src/core/rng.ts";
import { readImage, readLabels } from "../../src/formats/index.ts";

const { values } = parseArgs({ options: { cells: { type: "string", default: "10" } } });
const folder = join(root, "samples", "nuclei");

function iou(a: ObjectShape, b: ObjectShape): number {
  const [y0, x0, y1, x1] = a.bbox;
  let both = 0;
  for (let y = y0; y < y1; y++)
    for (let x = x0; x < x1; x++) if (shapeContains(a, y, x) && shapeContains(b, y, x)) both++;
  return both / (shapeArea(a) + shapeArea(b) - both);
}

const rows: { before: number; after: number }[] = [];
for (const file of readdirSync(join(folder, "images")).sort()) {
  const name = file.replace(".png", "");
  const { image } = await readImage(readFileSync(join(folder, "images", file)), { name: file });
  const labels = await readLabels(readFileSync(join(folder, "labels", `${name}.tif`)), { name });
  const raw = { y0: 0, x0: 0, plane: channelPlane(image, {}) };
  const shapes = new Map(
    [...objectShapesFromLabels(labels)].map(([label, shape]) => [String(label), shape] as const),
  );
  const random = rng("fit", name);
  const chosen = random
    .shuffle([...shapes])
    .filter(([, shape]) => shapeArea(shape) >= 60)
    .slice(0, Number(values.cells));
  for (const [uid, truth] of chosen) {
    const objects = new Map([...shapes].filter(([other]) => other !== uid));
    const canvas = createCanvas({ height: labels.height, width: labels.width, objects });
    const by = random.pick([-2, 2]);
    const [y0, x0, y1, x1] = truth.bbox;
    const [dy, dx] = random.pick([
      [0, 2],
      [0, -2],
      [2, 0],
      [-2, 0],
    ] as const);
    const box = [y0 + dy, x0 + dx, y1 + dy, x1 + dx] as const;
    applyChangesInPlace(canvas, drawMask(canvas, { uid, box, mask: shapeToMask(truth), mode: "exclude" }));
    applyChangesInPlace(canvas, growObjects(canvas, [uid], by, { y: 1, x: 1 }));
    const wrong = canvas.shapes.get(uid);
    if (wrong === undefined) continue;
    applyChangesInPlace(canvas, fitObject(canvas, { uid, raw }));
    const fitted = canvas.shapes.get(uid);
    rows.push({ before: iou(wrong, truth), after: fitted === undefined ? 0 : iou(fitted, truth) });
  }
}
const mean = (of: "before" | "after"): string =>
  (rows.reduce((sum, row) => sum + row[of], 0) / rows.length).toFixed(3);
const better = rows.filter(({ before, after }) => after > before).length;
const good = (of: "before" | "after"): number => rows.filter((row) => row[of] >= 0.8).length;
console.log(`${rows.length} cells: mean IoU ${mean("before")} before, ${mean("after")} after the fit`);
console.log(
  `${better} better, ${rows.length - better} not; at IoU 0.8 or more ${good("before")} before, ${good("after")} after`,
);
