/**
 * Planes through a network of fixed size: tiles cut, run, put together; every output as [channel, y, x] of its own size.
 */
import { FoundryError } from "#core/errors.ts";
import type { Session, Tensor } from "../engine/engine.ts";
import type { FixedTile } from "./fixed-tiles.ts";
import { mirrored, planFixedTiles } from "./fixed-tiles.ts";
import type { AdapterOutput, ModelAdapter, TensorAxes } from "./model-adapter.ts";
import type { AxesTensor } from "./processing-steps.ts";
import { applySteps } from "./processing-steps.ts";

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

const lengths = (axes: TensorAxes, sizes: Readonly<Record<string, number>>): number[] =>
  [...axes].map((axis) => sizes[axis] as number);

/** Element steps of channel, y and x in a tensor of these axes. */
function strides(axes: TensorAxes, shape: readonly number[]): { c: number; y: number; x: number } {
  const found: Record<string, number> = { c: 0, y: 0, x: 0 };
  let step = 1;
  for (let a = axes.length - 1; a >= 0; a--) {
    found[axes[a] as string] = step;
    step *= shape[a] as number;
  }
  return found as { c: number; y: number; x: number };
}

/** One window of the planes, mirrored beyond their edges, in the network's order of axes. */
function cutWindow(planes: AxesTensor, tile: FixedTile, { axes, tile: size }: ModelAdapter["input"]): Tensor {
  const [channels, height, width] = planes.shape as [number, number, number];
  const shape = lengths(axes, { b: 1, c: channels, y: size.height, x: size.width });
  const to = strides(axes, shape);
  const data = new Float32Array(channels * size.height * size.width);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < size.height; y++) {
      const row = (c * height + mirrored(tile.y + y, height)) * width;
      for (let x = 0; x < size.width; x++) {
        data[c * to.c + y * to.y + x * to.x] = planes.data[row + mirrored(tile.x + x, width)] as number;
      }
    }
  }
  return { shape, data };
}

/** Size of an output for a whole image. */
const outputSize = (output: AdapterOutput, length: number): number => Math.ceil(length * output.scale);

/**
 * Runs the network over preprocessed planes.
 *
 * @param planes axes channel, y, x. @returns one tensor per output of the adapter, axes channel, y, x.
 * @throws FoundryError `model.invalid` for answers of another size than in the trial; `job.canceled`.
 * Memory: the planes, the outputs, one tile.
 */
export async function runAdapter(
  session: Session,
  adapter: ModelAdapter,
  planes: AxesTensor,
  options: RunOptions = {},
): Promise<AxesTensor[]> {
  const [, height, width] = planes.shape as [number, number, number];
  const results = adapter.outputs.map((output): AxesTensor => {
    const shape = [output.channels, outputSize(output, height), outputSize(output, width)];
    return { axes: ["channel", "y", "x"], shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
  });
  const align = Math.max(1, ...adapter.outputs.map(({ scale }) => Math.round(1 / scale)));
  const tiles = planFixedTiles({ height, width }, adapter.input.tile, adapter.haloPx, align);
  for (const [i, tile] of tiles.entries()) {
    if (options.signal?.aborted === true)
      throw new FoundryError("job.canceled", { message: "The prediction was cancelled." });
    const answers = await session.run({ [adapter.input.name]: cutWindow(planes, tile, adapter.input) });
    adapter.outputs.forEach((output, o) => {
      pasteCore(results[o] as AxesTensor, tile, output, answers[output.name], adapter.input.tile);
    });
    options.onProgress?.((i + 1) / tiles.length);
  }
  return results.map((result, o) => applySteps(result, (adapter.outputs[o] as AdapterOutput).steps));
}

function pasteCore(
  into: AxesTensor,
  tile: FixedTile,
  output: AdapterOutput,
  answer: Tensor | undefined,
  size: { readonly height: number; readonly width: number },
): void {
  const { scale, cropPx } = output;
  const [channels, height, width] = into.shape as [number, number, number];
  const rows = Math.round(size.height * scale) - 2 * cropPx;
  const columns = Math.round(size.width * scale) - 2 * cropPx;
  const shape = lengths(output.axes, { b: 1, c: channels, y: rows, x: columns });
  if (
    answer === undefined ||
    !(answer.data instanceof Float32Array) ||
    answer.shape.join() !== shape.join()
  ) {
    throw new FoundryError("model.invalid", {
      message: `The model's output "${output.name}" has the shape [${answer?.shape.join(", ") ?? "none"}]; [${shape.join(", ")}] is expected.`,
      hint: "Import the model again with the right axes.",
    });
  }
  const from = strides(output.axes, shape);
  const [y0, x0, y1, x1] = tile.core.map((edge, k) =>
    Math.min(k % 2 === 0 ? height : width, Math.ceil(edge * scale)),
  ) as [number, number, number, number];
  const [top, left] = [Math.round(tile.y * scale) + cropPx, Math.round(tile.x * scale) + cropPx];
  for (let c = 0; c < channels; c++) {
    for (let y = Math.max(y0, top); y < Math.min(y1, top + rows); y++) {
      const row = (c * height + y) * width;
      const source = c * from.c + (y - top) * from.y - left * from.x;
      for (let x = Math.max(x0, left); x < Math.min(x1, left + columns); x++) {
        into.data[row + x] = answer.data[source + x * from.x] as number;
      }
    }
  }
}
