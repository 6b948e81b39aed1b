/**
 * Convolutions and their gradients on channel blocks (layouts.ts), written for the runtime's own kernels.
 *
 * The gradient of the weights is a convolution too, whose kernel is the whole image: a kernel tensor in the runtime's
 * layout (outputs/b, inputs, height, width, b) is, byte by byte, a gradient dY in blocks with pixels as kernel positions,
 * and rows of X in blocks are an input whose columns lie b apart. So nothing is copied but X into a frame of zero columns,
 * and the product runs at the speed of the processor's multipliers.
 */
import type { ConvolutionGeometry } from "./convolution-geometry.ts";
import type { Emitter } from "./emitter.ts";
import { int, ints, string } from "./emitter.ts";
import type { Shape, Value } from "./graph.ts";
import type { Layouts } from "./layouts.ts";
import { BLOCKED_DOMAIN } from "./layouts.ts";

type Four = readonly [number, number, number, number];
const four = (shape: Shape): Four => shape as Four;

const reshaped = (name: string, shape: Shape, emitter: Emitter): string =>
  emitter.node("Reshape", [name, emitter.integers(shape)]);
const transposed = (name: string, order: readonly number[], emitter: Emitter): string =>
  emitter.node("Transpose", [name], { perm: ints(order) });

/** Inputs are in blocks, or so few that the kernels read them plain. */
export function convolvesInBlocks(weights: Value, block: number): boolean {
  const [o, c] = four(weights.shape);
  return o % block === 0 && (c % block === 0 || c < block);
}

/** Weights [o, c, k, k] in the order of the kernels: (o/b, c/b, k, k, b of c, b of o), or (o/b, c, k, k, b) for few c. */
export function blockedWeights(name: string, shape: Shape, block: number, emitter: Emitter): string {
  const [o, c, k] = four(shape);
  if (c < block) {
    const split = reshaped(name, [o / block, block, c, k, k], emitter);
    return reshaped(transposed(split, [0, 2, 3, 4, 1], emitter), shape, emitter);
  }
  const split = reshaped(name, [o / block, block, c / block, block, k, k], emitter);
  return reshaped(transposed(split, [0, 2, 4, 5, 3, 1], emitter), shape, emitter);
}

/** As `blockedWeights` for the kernels turned round with inputs and outputs exchanged; `shape` is that of `name`. */
export function blockedTurnedWeights(name: string, shape: Shape, block: number, emitter: Emitter): string {
  const [o, c, k] = four(shape);
  const few = o < block;
  const split = few
    ? reshaped(name, [o, c / block, block, k * k], emitter)
    : reshaped(name, [o / block, block, c / block, block, k * k], emitter);
  const ordered = transposed(split, few ? [1, 0, 3, 2] : [2, 0, 4, 1, 3], emitter);
  const turned =
    k === 1
      ? ordered
      : emitter.node("Slice", [
          ordered,
          emitter.integers([-1]),
          emitter.integers([-(2 ** 31)]),
          emitter.integers([2]),
          emitter.integers([-1]),
        ]);
  return reshaped(turned, [c, o, k, k], emitter);
}

export interface BlockedConvolution {
  readonly x: Value;
  /** Shape [o, c, k, k] of the weights; `weights` is their name, in blocks. */
  readonly shape: Shape;
  readonly weights: string;
  readonly bias: Value | null;
  readonly geometry: ConvolutionGeometry;
  readonly relu: boolean;
}

export function writeBlockedConvolution(
  node: BlockedConvolution,
  layouts: Layouts,
  emitter: Emitter,
): string {
  const [, c, k] = four(node.shape);
  const { stride, padding } = node.geometry;
  const x = c < layouts.block ? layouts.plain(node.x) : layouts.blocked(node.x);
  return emitter.node(
    "Conv",
    node.bias === null ? [x, node.weights] : [x, node.weights, layouts.plain(node.bias)],
    {
      kernel_shape: ints([k, k]),
      strides: ints([stride, stride]),
      pads: ints([padding, padding, padding, padding]),
      ...(node.relu ? { activation: string("Relu") } : {}),
    },
    BLOCKED_DOMAIN,
  );
}

/** Sum over batch, rows and columns of dY in blocks: [o]. The mean over pixels is what the kernels offer. */
export function writeBlockedBiasGradient(dy: Value, layouts: Layouts, emitter: Emitter): string {
  const [n, o, h, w] = four(dy.shape);
  const means = emitter.node("GlobalAveragePool", [layouts.blocked(dy)], {}, BLOCKED_DOMAIN);
  const rows = reshaped(means, [n, o], emitter);
  const sums = emitter.node("ReduceSum", [rows, emitter.integers([0])], { keepdims: int(0) });
  return emitter.node("Mul", [sums, emitter.floats([], new Float32Array([h * w]))]);
}

/** The batch is the number of groups, and in all as many channels as the kernels read plain or in whole blocks. */
const fitsGroups = (n: number, block: number): boolean => n < block || n % block === 0;

/**
 * The convolution whose kernel is `lanes` (in blocks, [n, l, h, w]) over `positions` [n, p, h, w]: for every channel of
 * both and every offset of the kernel the sum over pixels, still apart by image.
 *
 * @returns memory (p/b, n, l/b, k, k, b of p, b of l); with plain positions (p, n, l/b, k, k, b of l).
 */
function writePixelProducts(
  lanes: Value,
  positions: Value,
  kernel: number,
  layouts: Layouts,
  emitter: Emitter,
): string {
  const { block } = layouts;
  const [n, p, h, w] = four(positions.shape);
  const l = lanes.shape[1] as number;
  const inBlocks = p % block === 0;
  const step = inBlocks ? block : 1;
  const outer = p / step;
  const reach = (kernel - 1) / 2;
  let images = inBlocks ? layouts.blocked(positions) : layouts.plain(positions);
  // One block of channels after the other, each with all images as groups.
  if (n > 1 && outer > 1) {
    images = transposed(reshaped(images, [n, outer, h * w * step], emitter), [1, 0, 2], emitter);
  }
  images = reshaped(images, [outer, n, h, w * step], emitter);
  if (reach > 0) {
    const edge = [0, 0, 0, reach * step];
    images = emitter.node("Pad", [images, emitter.integers([...edge, ...edge])]);
  }
  return emitter.node(
    "Conv",
    [images, reshaped(layouts.blocked(lanes), [n * l, 1, h, w], emitter)],
    {
      kernel_shape: ints([h, w]),
      strides: ints([1, 1]),
      dilations: ints([1, step]),
      pads: ints([reach, 0, reach, 0]),
      group: int(n),
    },
    BLOCKED_DOMAIN,
  );
}

/**
 * Gradient of the weights of a "same" convolution of stride 1, or null where the kernels do not fit: its name, shape
 * [o, c, k, k], plain.
 */
export function writeBlockedWeightGradient(
  x: Value,
  dy: Value,
  { shape, geometry }: { readonly shape: Shape; readonly geometry: ConvolutionGeometry },
  layouts: Layouts,
  emitter: Emitter,
): string | null {
  const { block } = layouts;
  const [o, c, k] = four(shape);
  const n = x.shape[0] as number;
  const same = geometry.stride === 1 && k % 2 === 1 && geometry.padding === (k - 1) / 2;
  if (!same || !fitsGroups(n, block)) return null;
  const sumOverImages = (name: string, apart: Shape): string => {
    const split = reshaped(name, apart, emitter);
    return emitter.node("ReduceSum", [split, emitter.integers([1])], { keepdims: int(0) });
  };
  if (o % block === 0 && (c % block === 0 || c < block)) {
    const products = writePixelProducts(dy, x, k, layouts, emitter);
    if (c < block) {
      const summed = sumOverImages(products, [c, n, o / block, k, k, block]);
      return reshaped(transposed(summed, [1, 4, 0, 2, 3], emitter), shape, emitter);
    }
    const summed = sumOverImages(products, [c / block, n, o / block, k, k, block, block]);
    return reshaped(transposed(summed, [1, 5, 0, 4, 2, 3], emitter), shape, emitter);
  }
  // Few outputs, as in a head: the roles of X and dY exchanged.
  if (k === 1 && c % block === 0 && o < block) {
    return reshaped(sumOverImages(writePixelProducts(x, dy, k, layouts, emitter), [o, n, c]), shape, emitter);
  }
  return null;
}
