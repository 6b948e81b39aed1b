/**
 * How an imported network is fed: from its description, or from the ONNX file alone and what a person says.
 */
import { FoundryError } from "#core/errors.ts";
import type { ChannelRole, Compartment, PixelSize } from "../contract/index.ts";
import type { ModelFacts, PortFacts } from "../onnx/index.ts";
import type { AdapterInput, AdapterKind, TensorAxes } from "./model-adapter.ts";
import { tensorAxes } from "./model-adapter.ts";
import type {
  AxisDescription,
  DescribedStep,
  ModelDescription,
  TensorDescription,
} from "./model-description.ts";
import type { ProcessingStep } from "./processing-steps.ts";

/** What a person says about a model; what is missing is taken from its description, or guessed and told. */
export interface AdapterRequest {
  readonly kind?: AdapterKind | undefined;
  /** One per input channel. */
  readonly roles?: readonly ChannelRole[] | undefined;
  readonly compartment?: Compartment | undefined;
  readonly mpp?: PixelSize | undefined;
  /** For files without a description; default percentiles 1 to 99.8. */
  readonly normalisation?: "percentile" | "zscore" | "none" | undefined;
}

export interface InputPlan {
  readonly input: AdapterInput;
  readonly channels: number;
  readonly channelNames: readonly string[];
  readonly mpp: PixelSize | null;
}

/** Side of a tile where the model leaves it open: what our own networks use. */
const TILE_PX = 512;

/** Channels that images have; a length above is a side. */
const IMAGE_CHANNELS_MAX = 16;

const cannot = (what: string, hint: string): FoundryError =>
  new FoundryError("model.invalid", { message: `The model cannot be used for planes: ${what}.`, hint });

const planesOnly = "Only models that take one image of axes y and x, with channels, can be imported.";

/** Letters b, c, y, x of a described tensor. @throws FoundryError `model.invalid` for t, z and index axes. */
export function lettersOf(tensor: TensorDescription): TensorAxes {
  const letters = tensor.axes
    .map((axis) =>
      axis.type === "batch" ? "b" : axis.type === "channel" ? "c" : axis.type === "space" ? axis.id : "?",
    )
    .join("");
  if ((tensorAxes as readonly string[]).includes(letters)) return letters as TensorAxes;
  throw cannot(`"${tensor.id}" has the axes ${tensor.axes.map(({ id }) => id).join(", ")}`, planesOnly);
}

/** Steps in the form this program applies. The casts to float32 around them change nothing here. */
export function stepsFrom(described: readonly DescribedStep[]): ProcessingStep[] {
  return described.flatMap((step): ProcessingStep[] => {
    switch (step.id) {
      case "ensure_dtype":
        return step.kwargs.dtype === "float32" ? [] : [{ id: step.id, dtype: step.kwargs.dtype }];
      case "scale_range": {
        const { axes, min_percentile, max_percentile, eps, reference_tensor } = step.kwargs;
        if (typeof reference_tensor === "string")
          throw cannot("a step scales by another tensor", "Export the model with scaling by its own input.");
        return [
          {
            id: step.id,
            ...given({ axes }),
            minPercentile: min_percentile,
            maxPercentile: max_percentile,
            eps,
          },
        ];
      }
      case "clip": {
        const { min, max, min_percentile, max_percentile, axes } = step.kwargs;
        const limits = given({
          min,
          max,
          minPercentile: min_percentile,
          maxPercentile: max_percentile,
          axes,
        });
        return [{ id: step.id, ...limits }];
      }
      case "zero_mean_unit_variance":
        return [{ id: step.id, ...given({ axes: step.kwargs.axes }), eps: step.kwargs.eps }];
      case "scale_linear":
        return [
          {
            id: step.id,
            ...given({ axis: step.kwargs.axis }),
            gain: step.kwargs.gain,
            offset: step.kwargs.offset,
          },
        ];
      case "fixed_zero_mean_unit_variance":
        return [
          { id: step.id, ...given({ axis: step.kwargs.axis }), mean: step.kwargs.mean, std: step.kwargs.std },
        ];
      case "binarize":
        return [{ id: step.id, ...given({ axis: step.kwargs.axis }), threshold: step.kwargs.threshold }];
      case "softmax":
        return [{ id: step.id, axis: step.kwargs.axis }];
      case "sigmoid":
        return [{ id: step.id }];
      default:
        // Those of star polygons and flows, which the head does.
        return [];
    }
  });
}

type Given<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** Leaves out what is null or undefined. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  ) as Given<T>;
}

function sideOf(axis: AxisDescription | undefined, description: ModelDescription): number {
  if (axis?.type !== "space") return TILE_PX;
  const { size } = axis;
  if (typeof size === "number") return size;
  if ("step" in size) return size.min + Math.max(0, Math.floor((TILE_PX - size.min) / size.step)) * size.step;
  const tensor = [...description.inputs, ...description.outputs].find(({ id }) => id === size.tensor_id);
  const target = tensor?.axes.find(({ id }) => id === size.axis_id);
  return target?.type === "space" && (typeof target.size === "number" || "step" in target.size)
    ? sideOf(target, description) + size.offset
    : TILE_PX;
}

function mppOf(axes: readonly AxisDescription[]): PixelSize | null {
  const um = (id: string): number | null => {
    const axis = axes.find((one) => one.id === id);
    if (axis?.type !== "space") return null;
    if (axis.unit === "micrometer") return axis.scale;
    return axis.unit === "nanometer" ? axis.scale / 1000 : null;
  };
  const [y, x] = [um("y"), um("x")];
  return y === null || x === null ? null : { y, x };
}

/** From a model description. @throws FoundryError `model.invalid` for several inputs, volumes and movies. */
export function planDescribedInput(description: ModelDescription, facts: ModelFacts): InputPlan {
  const needed = description.inputs.filter(({ optional }) => !optional);
  const [tensor] = needed;
  const port = facts.inputs[0];
  if (needed.length !== 1 || tensor === undefined || facts.inputs.length !== 1 || port === undefined)
    throw cannot(`it takes ${facts.inputs.length} inputs`, planesOnly);
  assertFloat(port);
  const axes = lettersOf(tensor);
  const channel = tensor.axes.find((axis) => axis.type === "channel");
  const channelNames = channel?.type === "channel" ? channel.channel_names : ["intensity"];
  const side = (id: string): number =>
    sideOf(
      tensor.axes.find((axis) => axis.id === id),
      description,
    );
  const tile = { height: side("y"), width: side("x") };
  return {
    input: { name: port.name, axes, tile, steps: stepsFrom(tensor.preprocessing) },
    channels: channelNames.length,
    channelNames,
    mpp: mppOf(tensor.axes),
  };
}

function assertFloat({ name, elementType }: PortFacts): void {
  if (elementType !== "float32")
    throw cannot(`its input "${name}" takes ${elementType}`, "Export the model with a float32 input.");
}

function axesOfShape(shape: PortFacts["shape"]): TensorAxes {
  const isChannels = (length: unknown): boolean => typeof length === "number" && length <= IMAGE_CHANNELS_MAX;
  if (shape.length === 4) return !isChannels(shape[1]) && isChannels(shape[3]) ? "byxc" : "bcyx";
  if (shape.length === 3) return !isChannels(shape[0]) && isChannels(shape[2]) ? "yxc" : "cyx";
  if (shape.length === 2) return "yx";
  throw cannot(`its input has ${shape.length} axes`, planesOnly);
}

/** From the ONNX file alone. */
export function planPlainInput(facts: ModelFacts, request: AdapterRequest): InputPlan {
  const [port] = facts.inputs;
  if (facts.inputs.length !== 1 || port === undefined)
    throw cannot(`it takes ${facts.inputs.length} inputs`, planesOnly);
  assertFloat(port);
  const axes = axesOfShape(port.shape);
  const length = (letter: string): number | undefined => {
    const size = port.shape[axes.indexOf(letter)];
    return typeof size === "number" && size > 0 ? size : undefined;
  };
  const channels = axes.includes("c") ? (length("c") ?? request.roles?.length ?? 1) : 1;
  const joint = ["y", "x"];
  const steps: Record<NonNullable<AdapterRequest["normalisation"]>, ProcessingStep[]> = {
    percentile: [{ id: "scale_range", axes: joint, minPercentile: 1, maxPercentile: 99.8, eps: 1e-6 }],
    zscore: [{ id: "zero_mean_unit_variance", axes: joint, eps: 1e-6 }],
    none: [],
  };
  return {
    input: {
      name: port.name,
      axes,
      tile: { height: length("y") ?? TILE_PX, width: length("x") ?? TILE_PX },
      steps: steps[request.normalisation ?? "percentile"],
    },
    channels,
    channelNames: Array.from({ length: channels }, (_, c) => `channel ${c + 1}`),
    mpp: null,
  };
}
