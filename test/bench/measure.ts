/**
 * How long it takes to measure a large image: shapes, neighbours, light by channel, and the table as a file.
 *
 * Usage: node test/bench/measure.ts [--side 4096] [--cells 20000] [--channels 4]
 *
 * Processor time of one thread. The same at half the side with a quarter of the cells shows whether cost goes by pixels.
 */
import { parseArgs } from "node:util";
import { plane } from "#core/array/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { objectShapeFromMask } from "#core/labels/index.ts";
import { createMeasurer, type MeasuredCell, type MeasureTable } from "#core/measure/index.ts";
import { rng } from "#core/rng.ts";
import { measureCsv, measureParquet } from "#formats/measure/index.ts";

const { values } = parseArgs({
  options: {
    side: { type: "string", default: "4096" },
    cells: { type: "string", default: "20000" },
    channels: { type: "string", default: "4" },
  },
});
const [side, cellCount, channelCount] = [values.side, values.cells, values.channels].map(Number) as [
  number,
  number,
  number,
];

/** Discs on a grid that fill about half the image, none alike in place. */
function scene(size: number, count: number): MeasuredCell[] {
  const columns = Math.ceil(Math.sqrt(count));
  const pitch = size / columns;
  const radius = pitch * 0.42;
  const random = rng(1, "measure");
  return Array.from({ length: count }, (_, i): MeasuredCell => {
    const r = radius * random.uniform(0.7, 1);
    const width = Math.ceil(2 * r) + 1;
    const data = Uint8Array.from({ length: width * width }, (__, p) =>
      (Math.floor(p / width) - r) ** 2 + ((p % width) - r) ** 2 <= r * r ? 1 : 0,
    );
    const place = {
      y: Math.min(size - width, Math.floor(Math.floor(i / columns) * pitch)),
      x: Math.min(size - width, Math.floor((i % columns) * pitch)),
    };
    const mask = { dtype: "uint8", height: width, width, data } as const;
    return { id: `cell-${i}`, shape: objectShapeFromMask(mask, place) as ObjectShape };
  });
}

const seconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

function timed<T>(name: string, work: () => T): T {
  const start = seconds();
  const result = work();
  console.log(`${name}: ${(seconds() - start).toFixed(2)} s`);
  return result;
}

function measure(size: number, count: number): MeasureTable {
  const cells = scene(size, count);
  const random = rng(2, "light");
  const light = plane(
    "uint16",
    size,
    size,
    Uint16Array.from({ length: size * size }, () => random.int(4096)),
  );
  console.log(`\n${size}² pixels, ${count} cells, ${channelCount} channels`);
  const settings = {
    height: size,
    width: size,
    mpp: { y: 0.5, x: 0.5 },
    channels: Array.from({ length: channelCount }, (_, c) => `Channel ${c + 1}`),
    neighbourDistance: 30,
  };
  const measurer = timed("shapes and neighbours", () => createMeasurer(cells, settings));
  timed("light", () => {
    for (const group of measurer.groups)
      for (let c = 0; c < channelCount; c++) measurer.addLight(group, c, { y0: 0, x0: 0, plane: light });
  });
  return measurer.finish();
}

measure(side / 2, Math.round(cellCount / 4));
const table = measure(side, cellCount);
console.log(`${table.columns.length} columns`);
const csv = timed("CSV", () => {
  let bytes = 0;
  for (const piece of measureCsv(table, "uid")) bytes += piece.length;
  return bytes;
});
const start = seconds();
let parquet = 0;
for await (const piece of measureParquet(table, "uid", [], { createdBy: "bench" })) parquet += piece.length;
console.log(`Parquet: ${(seconds() - start).toFixed(2)} s`);
console.log(`CSV ${(csv / 1e6).toFixed(1)} MB, Parquet ${(parquet / 1e6).toFixed(1)} MB`);
console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
