/**
 * One call of a network: a window of normalised planes in, maps of the window's size out.
 */
import type { Plane } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { Session, Tensor } from "../engine/engine.ts";
import type { Tile } from "./tiles.ts";

/** Pixels of a window of all planes; beyond the planes their edge pixels are repeated. */
function cutWindow(planes: readonly Plane<"float32">[], [y0, x0, y1, x1]: Tile["window"]): Float32Array {
  const width = x1 - x0;
  const cut = new Float32Array(planes.length * (y1 - y0) * width);
  let at = 0;
  for (const plane of planes) {
    const inside = Math.min(x1, plane.width);
    for (let y = y0; y < y1; y++, at += width) {
      const row = Math.min(y, plane.height - 1) * plane.width;
      cut.set(plane.data.subarray(row + x0, row + inside), at);
      if (inside < x1) cut.fill(plane.data[row + plane.width - 1] as number, at + inside - x0, at + width);
    }
  }
  return cut;
}

/**
 * Runs a network on one window.
 *
 * @param planes one per channel of the network, all of one size.
 * @param window [y0, x0, y1, x1) within the planes but for a rest beyond their lower and right edges.
 * @param names of the outputs wanted. @returns their values in this order, each of the window's size.
 * @throws FoundryError `model.invalid` when an output is missing or has another size, `engine.failed`.
 */
export async function runTile(
  session: Session,
  planes: readonly Plane<"float32">[],
  window: Tile["window"],
  names: readonly string[],
): Promise<Float32Array[]> {
  const [y0, x0, y1, x1] = window;
  const shape = [1, planes.length, y1 - y0, x1 - x0];
  const outputs = await session.run({ image: { shape, data: cutWindow(planes, window) } });
  return names.map((name) => outputValues(outputs, name, (y1 - y0) * (x1 - x0)));
}

function outputValues(outputs: Readonly<Record<string, Tensor>>, name: string, count: number): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array && data.length === count) return data;
  throw new FoundryError("model.invalid", {
    message: `The model gave no usable output "${name}".`,
    hint: "Use a segmentation model exported by this program.",
  });
}

/** @throws FoundryError `job.canceled` when the signal is aborted. */
export function checkNotCanceled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new FoundryError("job.canceled", { message: "The prediction was cancelled." });
}
