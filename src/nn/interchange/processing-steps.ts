/**
 * Steps between an image and a network, and between a network and its answer, as model descriptions state them.
 *
 * The same steps by the same formulas as the BioImage.IO model description 0.5, so that an imported model sees what its
 * maker's program showed it. Names of fields are that specification's. Axes are ids: "batch", "channel", "y", "x".
 */
import { FoundryError } from "#core/errors.ts";
import { percentiles } from "#core/image/index.ts";

export type ProcessingStep =
  | { readonly id: "ensure_dtype"; readonly dtype: string }
  | { readonly id: "scale_linear"; readonly axis?: string; readonly gain: Numbers; readonly offset: Numbers }
  | {
      readonly id: "scale_range";
      readonly axes?: readonly string[];
      readonly minPercentile: number;
      readonly maxPercentile: number;
      readonly eps: number;
    }
  | { readonly id: "zero_mean_unit_variance"; readonly axes?: readonly string[]; readonly eps: number }
  | {
      readonly id: "fixed_zero_mean_unit_variance";
      readonly axis?: string;
      readonly mean: Numbers;
      readonly std: Numbers;
    }
  | {
      readonly id: "clip";
      readonly min?: number;
      readonly max?: number;
      readonly minPercentile?: number;
      readonly maxPercentile?: number;
      readonly axes?: readonly string[];
    }
  | { readonly id: "sigmoid" }
  | { readonly id: "softmax"; readonly axis: string }
  | { readonly id: "binarize"; readonly axis?: string; readonly threshold: Numbers };

type Numbers = number | readonly number[];

/** Values with named axes, row-major. */
export interface AxesTensor {
  readonly axes: readonly string[];
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Applies steps in order. @returns new values; the argument is not changed. @throws FoundryError `model.invalid`. */
export function applySteps(tensor: AxesTensor, steps: readonly ProcessingStep[]): AxesTensor {
  const data = tensor.data.slice();
  const result: AxesTensor = { ...tensor, data };
  for (const step of steps) applyInPlace(result, step);
  return result;
}

/**
 * Number of the group of each element, elements along `joint` in one group.
 *
 * @returns for each axis the step of the group number per index.
 */
function groupSteps({ axes, shape }: AxesTensor, joint: readonly string[] | undefined): number[] {
  let count = 1;
  const steps = new Array<number>(axes.length).fill(0);
  for (let a = axes.length - 1; a >= 0; a--) {
    if (joint === undefined || joint.includes(axes[a] as string)) continue;
    steps[a] = count;
    count *= shape[a] as number;
  }
  return [...steps, count];
}

/** Calls `visit` with each element's index and group; one running counter per axis, nothing is allocated per element. */
function forEachInGroup(
  tensor: AxesTensor,
  joint: readonly string[] | undefined,
  visit: (i: number, group: number) => void,
): number {
  const { shape, data } = tensor;
  const steps = groupSteps(tensor, joint);
  const index = new Int32Array(shape.length);
  let group = 0;
  for (let i = 0; i < data.length; i++) {
    visit(i, group);
    for (let a = shape.length - 1; a >= 0; a--) {
      index[a]!++;
      group += steps[a] as number;
      if ((index[a] as number) < (shape[a] as number)) break;
      group -= (steps[a] as number) * (shape[a] as number);
      index[a] = 0;
    }
  }
  return steps[shape.length] as number;
}

function applyInPlace(tensor: AxesTensor, step: ProcessingStep): void {
  switch (step.id) {
    case "ensure_dtype":
      ensureDtype(tensor.data, step.dtype);
      break;
    case "scale_linear":
      scaleLinear(tensor, step.axis, step.gain, step.offset);
      break;
    case "fixed_zero_mean_unit_variance":
      fixedMoments(tensor, step);
      break;
    case "zero_mean_unit_variance":
      ownMoments(tensor, step.axes, step.eps);
      break;
    case "scale_range":
      scaleRange(tensor, step);
      break;
    case "clip":
      clip(tensor, step);
      break;
    case "sigmoid":
      for (let i = 0; i < tensor.data.length; i++)
        tensor.data[i] = 1 / (1 + Math.exp(-(tensor.data[i] as number)));
      return;
    case "softmax":
      softmax(tensor, step.axis);
      break;
    case "binarize": {
      const at = alongAxis(tensor, step.axis, step.threshold);
      forEachInGroup(tensor, at.joint, (i, group) => {
        tensor.data[i] = (tensor.data[i] as number) > at.value(group) ? 1 : 0;
      });
    }
  }
}

const integerRanges: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  uint32: [0, 4_294_967_295],
  int32: [-2_147_483_648, 2_147_483_647],
};

/** Casting to whole numbers cuts fractions off; values stay float32 in memory. */
function ensureDtype(data: Float32Array, dtype: string): void {
  const range = integerRanges[dtype];
  if (dtype === "bool") for (let i = 0; i < data.length; i++) data[i] = data[i] === 0 ? 0 : 1;
  if (range === undefined) return;
  for (let i = 0; i < data.length; i++)
    data[i] = Math.min(range[1], Math.max(range[0], Math.trunc(data[i] as number)));
}

/** One number for all, or one per index of an axis. */
function alongAxis(
  { axes, shape }: AxesTensor,
  axis: string | undefined,
  numbers: Numbers,
): { readonly joint: readonly string[] | undefined; readonly value: (group: number) => number } {
  if (typeof numbers === "number") return { joint: undefined, value: () => numbers };
  const name = axis ?? "channel";
  const length = shape[axes.indexOf(name)];
  if (length !== numbers.length) {
    throw new FoundryError("model.invalid", {
      message: `A step of the model gives ${numbers.length} numbers for the axis "${name}", which has ${length ?? "no"} entries.`,
      hint: "Correct the description of the model.",
    });
  }
  return { joint: axes.filter((one) => one !== name), value: (group) => numbers[group] as number };
}

function scaleLinear(tensor: AxesTensor, axis: string | undefined, gain: Numbers, offset: Numbers): void {
  const g = alongAxis(tensor, axis, gain);
  const o = alongAxis(tensor, axis, offset);
  forEachInGroup(tensor, g.joint ?? o.joint, (i, group) => {
    tensor.data[i] = (tensor.data[i] as number) * g.value(group) + o.value(group);
  });
}

function fixedMoments(
  tensor: AxesTensor,
  { axis, mean, std }: { readonly axis?: string; readonly mean: Numbers; readonly std: Numbers },
): void {
  const m = alongAxis(tensor, axis, mean);
  const s = alongAxis(tensor, axis, std);
  forEachInGroup(tensor, m.joint ?? s.joint, (i, group) => {
    tensor.data[i] = ((tensor.data[i] as number) - m.value(group)) / s.value(group);
  });
}

/** (value - mean) / (deviation + eps), moments in float64 by two passes. */
function ownMoments(tensor: AxesTensor, joint: readonly string[] | undefined, eps: number): void {
  const { data } = tensor;
  const groups = forEachInGroup({ ...tensor, data: data.subarray(0, 0) }, joint, () => undefined);
  const sums = new Float64Array(groups);
  const squares = new Float64Array(groups);
  const each = data.length / groups;
  forEachInGroup(tensor, joint, (i, group) => {
    sums[group]! += data[i] as number;
  });
  forEachInGroup(tensor, joint, (i, group) => {
    squares[group]! += ((data[i] as number) - sums[group]! / each) ** 2;
  });
  forEachInGroup(tensor, joint, (i, group) => {
    data[i] = ((data[i] as number) - sums[group]! / each) / (Math.sqrt(squares[group]! / each) + eps);
  });
}

/** Percentiles of each group, by linear interpolation as NumPy does. */
function groupPercentiles(
  tensor: AxesTensor,
  joint: readonly string[] | undefined,
  wanted: readonly number[],
): number[][] {
  const { data } = tensor;
  const groups = forEachInGroup({ ...tensor, data: data.subarray(0, 0) }, joint, () => undefined);
  const each = data.length / groups;
  const parts = new Float32Array(data.length);
  const filled = new Int32Array(groups);
  forEachInGroup(tensor, joint, (i, group) => {
    parts[group * each + filled[group]!++] = data[i] as number;
  });
  return Array.from({ length: groups }, (_, group) => {
    const values = parts.subarray(group * each, (group + 1) * each);
    return percentiles({ dtype: "float32", height: 1, width: each, data: values }, wanted);
  });
}

function scaleRange(
  tensor: AxesTensor,
  step: {
    readonly axes?: readonly string[];
    readonly minPercentile: number;
    readonly maxPercentile: number;
    readonly eps: number;
  },
): void {
  const limits = groupPercentiles(tensor, step.axes, [step.minPercentile, step.maxPercentile]);
  forEachInGroup(tensor, step.axes, (i, group) => {
    const [low, high] = limits[group] as [number, number];
    tensor.data[i] = ((tensor.data[i] as number) - low) / (high - low + step.eps);
  });
}

function clip(tensor: AxesTensor, step: Extract<ProcessingStep, { readonly id: "clip" }>): void {
  const wanted = [step.minPercentile ?? 0, step.maxPercentile ?? 100];
  const byRank = step.minPercentile !== undefined || step.maxPercentile !== undefined;
  const joint = byRank ? step.axes : undefined;
  const limits = byRank ? groupPercentiles(tensor, joint, wanted) : [[-Infinity, Infinity]];
  forEachInGroup(tensor, joint, (i, group) => {
    const [low, high] = limits[group] as [number, number];
    const floor = step.min ?? (step.minPercentile === undefined ? -Infinity : low);
    const ceiling = step.max ?? (step.maxPercentile === undefined ? Infinity : high);
    tensor.data[i] = Math.min(ceiling, Math.max(floor, tensor.data[i] as number));
  });
}

function softmax(tensor: AxesTensor, axis: string): void {
  const joint = [axis];
  const groups = forEachInGroup({ ...tensor, data: tensor.data.subarray(0, 0) }, joint, () => undefined);
  const top = new Float64Array(groups).fill(-Infinity);
  const sum = new Float64Array(groups);
  forEachInGroup(tensor, joint, (i, group) => {
    top[group] = Math.max(top[group]!, tensor.data[i] as number);
  });
  forEachInGroup(tensor, joint, (i, group) => {
    sum[group]! += Math.exp((tensor.data[i] as number) - top[group]!);
  });
  forEachInGroup(tensor, joint, (i, group) => {
    tensor.data[i] = Math.exp((tensor.data[i] as number) - top[group]!) / sum[group]!;
  });
}
