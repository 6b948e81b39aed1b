/** What the benchmarks of label versions have in common: layers in a temporary store, edits, words. */

import { type LabelImage, labelImage } from "#core/array/index.ts";
import type { ObjectChange } from "#core/edits/index.ts";
import { type ObjectShape, objectShapeFromMask, shapeToMask } from "#core/labels/index.ts";
import * as store from "#store/index.ts";
import { sampleImage } from "#store/testing/sample-labels.ts";

export interface World {
  readonly db: store.Store;
  readonly actor: store.Agent;
  readonly projectId: string;
}

export function say(what: string, figure: string): void {
  console.log(`${what.padEnd(64)} ${figure}`);
}

export const ms = (value: number): string => `${value.toFixed(value < 20 ? 1 : 0)} ms`;

export function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

export async function timed<T>(work: () => Promise<T> | T): Promise<[T, number]> {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

let imageSeed = 0;

export async function newLayer({ db, actor, projectId }: World, labels: LabelImage): Promise<string> {
  const inserted = await store.insertImage(db, actor, {
    projectId,
    name: `image ${++imageSeed}`,
    image: sampleImage(labels.height, labels.width, imageSeed),
    labels,
    group: "bench",
    source: { title: "bench", licence: "CC0-1.0" },
  });
  if (inserted.state !== "inserted" || inserted.layerId === null)
    throw new Error("the image is there already");
  return inserted.layerId;
}

/** Cells of 8 x 8 on a grid of 12: room to grow for each. */
export function gridLabels(count: number): LabelImage {
  const columns = Math.ceil(Math.sqrt(count));
  const labels = labelImage(columns * 12, columns * 12);
  for (let k = 0; k < count; k++) {
    const [y, x] = [Math.floor(k / columns) * 12 + 2, (k % columns) * 12 + 2];
    for (let row = y; row < y + 8; row++)
      labels.data.fill(k + 1, row * labels.width + x, row * labels.width + x + 8);
  }
  return labels;
}

/** The shape with another row or column of pixels at one side. */
export function grown(shape: ObjectShape, side: number): ObjectShape {
  const mask = shapeToMask(shape);
  const [height, width] = [mask.height + 2, mask.width + 2];
  const data = new Uint8Array(height * width);
  const [dy, dx] = [
    [0, 1],
    [0, -1],
    [1, 0],
    [-1, 0],
  ][side % 4] as [number, number];
  for (let y = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++) {
      if (mask.data[y * mask.width + x] === 0) continue;
      data[(y + 1) * width + x + 1] = 1;
      data[(y + 1 + dy) * width + x + 1 + dx] = 1;
    }
  }
  const at = { t: shape.t, z: shape.z, y: shape.bbox[0] - 1, x: shape.bbox[1] - 1 };
  return objectShapeFromMask({ dtype: "uint8", height, width, data }, at) as ObjectShape;
}

let saved = 0;

/** Edits saved so far. */
export const editCount = (): number => saved;

export async function save(
  world: World,
  layerId: string,
  kind: "draw" | "split" | "merge" | "fill" | "delete",
  changes: ObjectChange[],
) {
  saved++;
  const operation = {
    operationId: world.db.ids.next(),
    kind,
    tool: kind,
    changes,
    msSpent: 2_000 + (saved % 1_000),
  };
  const [result] = await store.appendEdits(world.db, world.actor, layerId, [operation]);
  if (result?.state !== "saved") throw new Error(`refused: ${JSON.stringify(result)}`);
}
