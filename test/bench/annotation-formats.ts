/**
 * How fast annotations of real images are written and read in every two-way format, that they come back the same, and
 * that a COCO file and an npz beyond any string or buffer are read with flat memory.
 *
 * Usage: node test/bench/annotation-formats.ts [--data ../shared/data] [--gigabytes 1]
 */
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  type ObjectShape,
  objectShapesFromLabels,
  renderObjects,
  shapeFromPolygons,
  shapesEqual,
} from "#core/labels/index.ts";
import { readCellposeSeg } from "../../src/formats/annotations/cellpose/read-seg.ts";
import { writeCellposeSeg } from "../../src/formats/annotations/cellpose/write-seg.ts";
import { indexAnnotations, readCocoHead } from "../../src/formats/annotations/coco/coco-file.ts";
import { cocoShape } from "../../src/formats/annotations/coco/coco-shape.ts";
import { type CocoSource, writeCoco } from "../../src/formats/annotations/coco/write-coco.ts";
import { readGeoJson } from "../../src/formats/annotations/geojson/read-geojson.ts";
import { writeGeoJson } from "../../src/formats/annotations/geojson/write-geojson.ts";
import { readRoiSet } from "../../src/formats/annotations/roi/roi-set.ts";
import { roiToShape } from "../../src/formats/annotations/roi/roi-shape.ts";
import { writeRoiSet } from "../../src/formats/annotations/roi/write-roi.ts";
import { type ByteSource, sourceOfBytes } from "../../src/formats/byte-source.ts";
import { pixelBudget } from "../../src/formats/pixel-budget.ts";
import { readLabels } from "../../src/formats/read-labels.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    data: { type: "string", default: join(root, "..", "shared", "data") },
    gigabytes: { type: "string", default: "1" },
  },
});

interface Sample {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly shapes: readonly ObjectShape[];
}

async function loadSamples(): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const [folder, pattern] of [
    ["dsb2018/labels", /\.tif$/],
    ["dsb2018-more/labels", /\.tif$/],
    ["usiigaci-phase/train", /instances_ids\.png$/],
  ] as const) {
    const path = join(values.data, folder);
    if (!existsSync(path)) continue;
    for (const file of readdirSync(path, { recursive: true, encoding: "utf8" }).filter((one) =>
      pattern.test(one),
    )) {
      const labels = await readLabels(new Uint8Array(readFileSync(join(path, file))), { name: file });
      const shapes = [...objectShapesFromLabels(labels).values()];
      samples.push({ name: file, height: labels.height, width: labels.width, shapes });
    }
  }
  return samples;
}

const bytesOf = (pieces: Iterable<string>) => new TextEncoder().encode([...pieces].join(""));
const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

type Read = (bytes: Uint8Array, sample: Sample) => (ObjectShape | null)[] | Promise<(ObjectShape | null)[]>;

async function measure(
  name: string,
  samples: readonly Sample[],
  write: (sample: Sample) => Uint8Array,
  read: Read,
): Promise<void> {
  let [writeMs, readMs, bytes, objects, different] = [0, 0, 0, 0, 0];
  for (const sample of samples) {
    const start = performance.now();
    const written = write(sample);
    const between = performance.now();
    const back = await read(written, sample);
    writeMs += between - start;
    readMs += performance.now() - between;
    bytes += written.length;
    objects += sample.shapes.length;
    sample.shapes.forEach((shape, i) => {
      const found = back[i];
      if (found === null || found === undefined || !shapesEqual(found, shape)) different++;
    });
  }
  const rate = (ms: number) => `${Math.round(objects / (ms / 1000)).toLocaleString("en")} objects/s`;
  console.log(
    `${name}: ${objects} objects, ${different} different, ${mebibytes(bytes)} MiB, write ${rate(writeMs)}, read ${rate(readMs)}`,
  );
}

async function readCoco(bytes: Uint8Array, sample: Sample): Promise<(ObjectShape | null)[]> {
  const source = sourceOfBytes(bytes, sample.name);
  const annotations = await indexAnnotations(source, await readCocoHead(source));
  const budget = pixelBudget(sample);
  return (await annotations.ofImage("1")).map(({ segmentation }) =>
    cocoShape(segmentation, sample, sample.name, budget),
  );
}

const cocoImage = ({ name, height, width, shapes }: Sample): CocoSource => ({
  fileName: name,
  height,
  width,
  objects: shapes.map((shape) => ({ shape })),
});

/** A file read by place, as an import reads it. */
function fileSource(path: string): ByteSource & { close(): void } {
  const file = openSync(path, "r");
  return {
    name: path,
    size: statSync(path).size,
    async read(from, to) {
      const bytes = new Uint8Array(to - from);
      readSync(file, bytes, 0, bytes.length, from);
      return bytes;
    },
    close: () => closeSync(file),
  };
}

/** The same images again and again under new names until the file is large enough. */
function* repeated(samples: readonly Sample[], images: number): Generator<CocoSource> {
  for (let i = 0; i < images; i++)
    yield { ...cocoImage(samples[i % samples.length] as Sample), fileName: `${i}.png` };
}

async function measureLarge(samples: readonly Sample[], gigabytes: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "coco-bench-"));
  try {
    const path = join(folder, "large.json");
    const one = bytesOf(writeCoco(samples.map(cocoImage), { segmentation: "polygons" })).length;
    const images = Math.ceil((gigabytes * 2 ** 30) / (one / samples.length));
    const out = openSync(path, "w");
    let text = "";
    for (const piece of writeCoco(repeated(samples, images), { segmentation: "polygons" })) {
      text += piece;
      if (text.length < 2 ** 20) continue;
      writeSync(out, text);
      text = "";
    }
    writeSync(out, text);
    closeSync(out);
    const source = fileSource(path);
    const before = process.memoryUsage().rss;
    let peak = before;
    const watched: ByteSource = {
      ...source,
      read(from, to) {
        peak = Math.max(peak, process.memoryUsage().rss);
        return source.read(from, to);
      },
    };
    const start = performance.now();
    const head = await readCocoHead(watched);
    const headS = (performance.now() - start) / 1000;
    const annotations = await indexAnnotations(watched, head);
    const indexS = (performance.now() - start) / 1000 - headS;
    const middle = Math.floor(images / 2);
    const open = performance.now();
    const found = (await annotations.ofImage(String(middle + 1))).map(({ segmentation }) => {
      const sample = samples[middle % samples.length] as Sample;
      return cocoShape(segmentation, sample, "large", pixelBudget(sample));
    });
    const openMs = performance.now() - open;
    const expected = (samples[middle % samples.length] as Sample).shapes;
    const equal = expected.every((shape, i) => shapesEqual(shape, found[i] as ObjectShape));
    source.close();
    console.log(
      `COCO of ${(source.size / 2 ** 30).toFixed(2)} GiB, ${head.images.length} images, ${annotations.count} annotations: ` +
        `images and categories ${headS.toFixed(1)} s, finding annotations ${indexS.toFixed(1)} s, one image ${openMs.toFixed(0)} ms (equal: ${equal}), ` +
        `memory at most ${mebibytes(peak - before)} MiB above ${mebibytes(before)} MiB`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const samples = await loadSamples();
if (samples.length === 0) throw new Error("no images: give --data");
console.log(`${samples.length} label images`);
for (const segmentation of ["packed", "counts", "polygons"] as const) {
  await measure(
    `COCO ${segmentation}`,
    samples,
    (sample) => bytesOf(writeCoco([cocoImage(sample)], { segmentation })),
    readCoco,
  );
}
await measure(
  "GeoJSON",
  samples,
  ({ shapes }) => bytesOf(writeGeoJson(shapes.map((shape) => ({ shape })))),
  async (bytes, sample) =>
    (await readGeoJson(sourceOfBytes(bytes, sample.name))).map(({ polygons }) =>
      shapeFromPolygons(polygons ?? [], sample),
    ),
);
await measure(
  "ImageJ RoiSet.zip",
  samples,
  ({ shapes }) => writeRoiSet(shapes.map((shape) => ({ shape }))),
  (bytes, sample) => readRoiSet(bytes, { name: sample.name }).map((roi) => roiToShape(roi, sample)),
);
await measure(
  "Cellpose _seg.npy",
  samples,
  ({ name, height, width, shapes }) =>
    writeCellposeSeg(
      renderObjects(
        height,
        width,
        shapes.map((shape, i) => ({ label: i + 1, shape })),
      ),
      { imageName: name },
    ),
  (bytes, { name }) =>
    readCellposeSeg(bytes, { name }).planes.flatMap((plane) => [...objectShapesFromLabels(plane).values()]),
);
await measureLarge(samples, Number(values.gigabytes));
