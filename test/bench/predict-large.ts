/**
 * A 20,000 x 20,000 OME-TIFF predicted in bounded memory: seconds, peak memory, and whether tiles can be seen.
 *
 * Makes the file (tiled, Deflate, 16 bits, bright cells on an uneven ground), predicts it in a process of its own by rows
 * of the file, and reads the peak of that process's memory from the system. Then an inner part of 4,096 squared, cut so
 * that no edge lies on a tile border, is predicted in one piece with the same normalisation; objects of the middle must
 * be the same pixel sets. Last, objects that cross borders of post-processing tiles are looked at: none may end there.
 *
 * Usage: node test/bench/predict-large.ts [--side 20000] [--part 4096] [--model FOLDER] [--keep FOLDER]
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { deflateSync } from "node:zlib";
import { rng } from "#core/rng.ts";
import { openTiffImages } from "#formats/index.ts";
import { createOrtNodeEngine } from "#nn/engine/ort-node.ts";
import "../../src/jobs/wasm-decoders.ts";
import { loadSegmentationModel, upgradeContract } from "#nn/index.ts";
import { createLabelFile, rowsOfTiff, sourceOfPath } from "../../src/jobs/predict/rows.ts";
import { labelMaps, mapNames, pairMaps } from "../../src/nn/inference/label-maps.ts";
import { openModelRows } from "../../src/nn/inference/model-rows.ts";
import { predictMaps } from "../../src/nn/inference/predict-planes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    side: { type: "string", default: "20000" },
    part: { type: "string", default: "4096" },
    model: { type: "string", default: join(root, "models", "nuclei-fluorescence", "1.2.0") },
    keep: { type: "string" },
    /** Internal: predict FILE to FILE in this process. */
    predict: { type: "string" },
    out: { type: "string" },
  },
});
const side = Number(values.side);
const partSide = Number(values.part);

const TILE = 512;

/** Bright discs of 8 to 16 pixels radius in clumps, on a ground that rises to the right, with noise. */
async function makeImage(path: string): Promise<void> {
  const random = rng(20);
  const cells = Array.from({ length: Math.round((side * side) / 2200) }, () => ({
    y: random.next() * side,
    x: random.next() * side,
    r: 8 + 8 * random.next(),
    light: 4000 + 9000 * random.next(),
  }));
  const across = Math.ceil(side / TILE);
  const byTile = new Map<number, typeof cells>();
  for (const cell of cells) {
    const [top, left] = [Math.floor((cell.y - 30) / TILE), Math.floor((cell.x - 30) / TILE)];
    const [bottom, right] = [Math.floor((cell.y + 30) / TILE), Math.floor((cell.x + 30) / TILE)];
    for (let row = Math.max(0, top); row <= Math.min(across - 1, bottom); row++)
      for (let column = Math.max(0, left); column <= Math.min(across - 1, right); column++) {
        const key = row * across + column;
        byTile.set(key, [...(byTile.get(key) ?? []), cell]);
      }
  }
  const file = await open(path, "w");
  const offsets: number[] = [];
  const counts: number[] = [];
  let at = 8;
  for (let tile = 0; tile < across * across; tile++) {
    const [y0, x0] = [Math.floor(tile / across) * TILE, (tile % across) * TILE];
    const pixels = drawTile(y0, x0, byTile.get(tile) ?? []);
    const packed = deflateSync(new Uint8Array(pixels.buffer), { level: 1 });
    await file.write(packed, 0, packed.length, at);
    offsets.push(at);
    counts.push(packed.length);
    at += packed.length + (packed.length & 1);
  }
  await writeDirectory(file, at, offsets, counts);
  await file.close();
}

function drawTile(
  y0: number,
  x0: number,
  cells: readonly { y: number; x: number; r: number; light: number }[],
) {
  const random = rng(21, y0, x0);
  const light = new Float32Array(TILE * TILE);
  for (const { y, x, r, light: peak } of cells) {
    for (let py = Math.max(0, Math.floor(y - r - 3 - y0)); py < Math.min(TILE, y + r + 3 - y0); py++)
      for (let px = Math.max(0, Math.floor(x - r - 3 - x0)); px < Math.min(TILE, x + r + 3 - x0); px++) {
        const distance = Math.hypot(py + y0 - y, px + x0 - x);
        const value = peak / (1 + Math.exp((distance - r) / 0.8));
        const i = py * TILE + px;
        if (value > (light[i] as number)) light[i] = value;
      }
  }
  return Uint16Array.from(light, (value, i) => {
    const x = x0 + (i % TILE);
    return 600 + (800 * x) / side + value + 150 * (random.next() + random.next() - 1);
  });
}

/** Classic TIFF with OME-XML that states 0.5 µm per pixel. */
async function writeDirectory(
  file: FileHandle,
  at: number,
  offsets: number[],
  counts: number[],
): Promise<void> {
  const xml = `<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint16" SizeX="${side}" SizeY="${side}" SizeC="1" SizeZ="1" SizeT="1" PhysicalSizeX="0.5" PhysicalSizeY="0.5"><Channel ID="Channel:0:0" Name="DAPI" SamplesPerPixel="1"/><TiffData/></Pixels></Image></OME>\0`;
  const text = new TextEncoder().encode(xml);
  const numbers = (list: number[]): Uint8Array => new Uint8Array(Uint32Array.from(list).buffer);
  const tags: [number, number, number, number | Uint8Array][] = [
    [256, 4, 1, side],
    [257, 4, 1, side],
    [258, 3, 1, 16],
    [259, 3, 1, 8],
    [262, 3, 1, 1],
    [270, 2, text.length, text],
    [277, 3, 1, 1],
    [322, 4, 1, TILE],
    [323, 4, 1, TILE],
    [324, 4, offsets.length, numbers(offsets)],
    [325, 4, counts.length, numbers(counts)],
  ];
  const table = new Uint8Array(2 + 12 * tags.length + 4);
  const view = new DataView(table.buffer);
  view.setUint16(0, tags.length, true);
  let valueAt = at + table.length + (table.length & 1);
  for (const [i, [id, type, count, value]] of tags.entries()) {
    const entry = 2 + 12 * i;
    view.setUint16(entry, id, true);
    view.setUint16(entry + 2, type, true);
    view.setUint32(entry + 4, count, true);
    if (typeof value === "number") {
      view.setUint32(entry + 8, value, true);
      continue;
    }
    view.setUint32(entry + 8, valueAt, true);
    await file.write(value, 0, value.length, valueAt);
    valueAt += value.length + (value.length & 1);
  }
  await file.write(table, 0, table.length, at);
  const header = Uint8Array.of(0x49, 0x49, 42, 0, 0, 0, 0, 0);
  new DataView(header.buffer).setUint32(4, at, true);
  await file.write(header, 0, 8, 0);
}

async function openRows(path: string) {
  const tiff = await openTiffImages(sourceOfPath(path, statSync(path).size, "large.ome.tif"));
  const [info] = tiff.images;
  if (info === undefined) throw new Error("the file holds no image");
  return rowsOfTiff(tiff, info, { indices: [0] }, "large.ome.tif");
}

async function loadModel() {
  const engine = await createOrtNodeEngine();
  const onnx = new Uint8Array(readFileSync(join(values.model, "model.onnx")));
  const contract = upgradeContract(
    JSON.parse(readFileSync(join(values.model, "card.json"), "utf8")).contract,
  );
  return { engine, onnx, contract };
}

/** What the child does; prints one line of JSON. */
async function predict(path: string, out: string): Promise<void> {
  const { engine, onnx, contract } = await loadModel();
  const model = await loadSegmentationModel(engine, onnx, contract);
  const source = await openRows(path);
  const startedAt = performance.now();
  const labels = await createLabelFile(out, { height: source.height, width: source.width });
  const result = await model.predictRows(source, (rows) => labels.add(rows), {
    scale: 1,
    onProgress: (fraction) => process.stderr.write(`\r${(100 * fraction).toFixed(0)} %  `),
  });
  const [one] = result.compartments;
  await labels.finish(one?.joins ?? new Map());
  const peak =
    Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? Number.NaN) / 2 ** 20;
  console.log(
    JSON.stringify({
      seconds: (performance.now() - startedAt) / 1000,
      peakGiB: peak,
      cells: one?.cellCount,
      joins: one?.joins.size,
    }),
  );
}

function predictApart(path: string, out: string): Promise<Record<string, number>> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(import.meta.url), "--predict", path, "--out", out, "--model", values.model],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`ended with ${code}`)),
    );
  });
}

/** The same part from the written labels and from one prediction of the part alone. */
async function comparePart(path: string, out: string): Promise<void> {
  const { engine, onnx, contract } = await loadModel();
  const session = await engine.createSession(onnx);
  const source = await openRows(path);
  // Context so that the cut changes nothing in the part itself; the offset keeps the part off every multiple of 256.
  const context = 600;
  const y0 = Math.max(0, Math.floor((side - partSide) / 2) - 77);
  // Pooling halves at multiples of the stride, so the cut must begin at one, as tiles do.
  const top = Math.max(0, Math.floor((y0 - context) / contract.stride) * contract.stride);
  const bottom = Math.min(side, y0 + partSide + context);
  const rows = await openModelRows(source, source, contract);
  const [band] = await rows.rows(top, bottom);
  if (band === undefined) throw new Error("no rows");
  const width = bottom - top;
  const plane = {
    dtype: "float32",
    height: bottom - top,
    width,
    data: new Float32Array((bottom - top) * width),
  } as const;
  for (let y = 0; y < plane.height; y++)
    plane.data.set(band.data.subarray(y * side + top, y * side + top + width), y * width);
  const maps = await predictMaps(session, [plane], mapNames(contract.compartments), {
    stride: contract.stride,
    reach: contract.receptiveRadiusPx,
    tileCorePx: 2 ** 14,
  });
  const whole = labelMaps(pairMaps(maps), contract.compartments).compartments[0]?.labels;
  const tiff = await openTiffImages(sourceOfPath(out, statSync(out).size, "labels.tif"));
  const tiled = await tiff.readRegion({ y0, x0: y0, height: partSide, width: partSide });
  if (whole === undefined) throw new Error("no labels");
  const offset = y0 - top;
  let [differing, foreground] = [0, 0];
  const pairs = new Map<number, number>();
  const back = new Map<number, number>();
  const wrong = new Set<number>();
  for (let y = 0; y < partSide; y++)
    for (let x = 0; x < partSide; x++) {
      const a = whole.data[(y + offset) * width + x + offset] as number;
      const b = tiled.data[y * partSide + x] as number;
      if (a !== 0) foreground++;
      if (!pairs.has(a)) pairs.set(a, b);
      if (!back.has(b)) back.set(b, a);
      if (pairs.get(a) !== b || back.get(b) !== a) {
        differing++;
        wrong.add(a);
      }
    }
  console.log(
    `part of ${partSide}²: ${pairs.size - 1} objects, ${wrong.size} of them not the same pixel set; ${differing} of ${foreground} object pixels differ`,
  );
}

/** Along every border of post-processing tiles: how often the label changes across it, beside other lines. */
async function continuity(out: string): Promise<void> {
  const tiff = await openTiffImages(sourceOfPath(out, statSync(out).size, "labels.tif"));
  const changes = async (y: number): Promise<{ both: number; cut: number }> => {
    const { data } = await tiff.readRegion({ y0: y - 1, x0: 0, height: 2, width: side });
    let [both, cut] = [0, 0];
    for (let x = 0; x < side; x++) {
      const [a, b] = [data[x] as number, data[side + x] as number];
      if (a === 0 || b === 0) continue;
      both++;
      if (a !== b) cut++;
    }
    return { both, cut };
  };
  const sum = async (offset: number) => {
    let [both, cut] = [0, 0];
    for (let y = 2048; y < side - 300; y += 2048) {
      const found = await changes(y + offset);
      both += found.both;
      cut += found.cut;
    }
    return `${cut} of ${both} (${((100 * cut) / Math.max(1, both)).toFixed(2)} %)`;
  };
  console.log(
    `neighbouring object pixels with different labels: across tile borders ${await sum(0)}, 137 rows below ${await sum(137)}, 251 below ${await sum(251)}`,
  );
}

async function run(): Promise<void> {
  const folder = values.keep ?? mkdtempSync(join(tmpdir(), "cellfoundry-large-"));
  const path = join(folder, `large-${side}.ome.tif`);
  const out = join(folder, `labels-${side}.tif`);
  try {
    if (!existsSync(path)) await makeImage(path);
    console.log(`image ${side} x ${side}, ${(statSync(path).size / 2 ** 20).toFixed(0)} MiB`);
    const result = await predictApart(path, out);
    console.log(
      `predicted: ${JSON.stringify(result)}; labels ${(statSync(out).size / 2 ** 20).toFixed(0)} MiB`,
    );
    await comparePart(path, out);
    await continuity(out);
  } finally {
    if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

if (values.predict !== undefined) await predict(values.predict, values.out ?? "");
else await run();
