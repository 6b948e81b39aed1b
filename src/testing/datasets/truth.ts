/**
 * What a made-up data set holds, exactly: files true to the published layout with its traps, and the objects an import
 * must give.
 */
import type { LabelImage } from "#core/array/index.ts";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import type { LayerCompartment } from "#formats/index.ts";

export interface TrueLayer {
  readonly compartment: LayerCompartment;
  readonly objects: readonly { readonly shape: ObjectShape; readonly cellType?: string }[];
}

export interface TrueImage {
  readonly layers: readonly TrueLayer[];
  /** Words that must be found on this image and no other. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface MadeDataset {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** In the order of the data set's items. */
  readonly images: readonly TrueImage[];
}

export function layerOfLabels(compartment: LayerCompartment, labels: LabelImage): TrueLayer {
  return { compartment, objects: [...objectShapesFromLabels(labels).values()].map((shape) => ({ shape })) };
}

/** Interleaves planes of one size: (y, x, c). */
export function channelsLast(
  planes: readonly ArrayLike<number>[],
  out: { [index: number]: number },
  at: number,
): void {
  const count = planes.length;
  for (const [c, plane] of planes.entries())
    for (let i = 0; i < plane.length; i++) out[at + i * count + c] = plane[i]!;
}

/** The part of each cell around its middle: nuclei that lie in their cells. */
export function shrink(labels: LabelImage): LabelImage {
  const { height, width, data } = labels;
  const out = { ...labels, data: new Int32Array(data.length) };
  const same = (i: number, y: number, x: number) =>
    y >= 0 && x >= 0 && y < height && x < width && data[y * width + x] === data[i];
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    const [y, x] = [Math.floor(i / width), i % width];
    const inside = [-2, 0, 2].every((dy) => [-2, 0, 2].every((dx) => same(i, y + dy, x + dx)));
    if (inside) out.data[i] = data[i]!;
  }
  return out;
}
