/** What a schema of fields cannot say of a model description: ids that must be unique, references that must lead somewhere. */
import type {
  AxisDescription,
  DescribedStep,
  ModelDescription,
  TensorDescription,
} from "./model-description.ts";

type SpaceAxis = Extract<AxisDescription, { readonly type: "space" }>;

/** Fields of a step that name axes or tensors. */
interface StepAxes {
  readonly axes?: readonly string[] | null;
  readonly axis?: unknown;
  readonly reference_tensor?: string | null;
}

const stepsOf = (tensor: TensorDescription): readonly DescribedStep[] =>
  "preprocessing" in tensor ? tensor.preprocessing : tensor.postprocessing;

function doubled(ids: readonly string[]): string | undefined {
  return ids.find((id, i) => ids.indexOf(id) !== i);
}

function faultsOfTensor(tensor: TensorDescription, inputs: readonly string[]): string[] {
  const faults: string[] = [];
  const ids = tensor.axes.map(({ id }) => id);
  const twice = doubled(ids);
  if (twice !== undefined) faults.push(`${tensor.id}.axes: the axis "${twice}" stands twice`);
  for (const step of stepsOf(tensor)) {
    const kwargs: StepAxes = "kwargs" in step && step.kwargs !== undefined ? (step.kwargs as StepAxes) : {};
    const named = [...(kwargs.axes ?? []), ...(typeof kwargs.axis === "string" ? [kwargs.axis] : [])];
    const odd = named.find((axis) => !ids.includes(axis));
    if (odd !== undefined)
      faults.push(`${tensor.id}: ${step.id} names the axis "${odd}", which the tensor lacks`);
    const reference = kwargs.reference_tensor;
    if (typeof reference === "string" && !inputs.includes(reference))
      faults.push(`${tensor.id}: ${step.id} refers to the tensor "${reference}", which is no input`);
  }
  return faults;
}

/** Sizes that are taken from another axis; that axis must have a size of its own. */
function faultsOfSizes(tensor: TensorDescription, all: readonly TensorDescription[]): string[] {
  const faults: string[] = [];
  for (const axis of tensor.axes) {
    if (axis.type !== "space" || typeof axis.size === "number" || !("tensor_id" in axis.size)) continue;
    const { tensor_id, axis_id } = axis.size;
    const target = all.find(({ id }) => id === tensor_id)?.axes.find(({ id }) => id === axis_id);
    const place = `${tensor.id}.${axis.id}`;
    if (target === undefined)
      faults.push(`${place}: its size refers to "${tensor_id}.${axis_id}", which is not there`);
    else if (tensor_id === tensor.id && axis_id === axis.id)
      faults.push(`${place}: its size refers to itself`);
    else if (target.type === "space" && isReference(target))
      faults.push(`${place}: its size refers to an axis whose size refers on`);
    else if (target.type === "space" && (target.unit ?? null) !== (axis.unit ?? null))
      faults.push(`${place}: its unit differs from that of the axis its size refers to`);
  }
  return faults;
}

const isReference = ({ size }: SpaceAxis): boolean => typeof size !== "number" && "tensor_id" in size;

/** Faults in words, with their places; empty when there are none. */
export function checkReferences(description: ModelDescription): string[] {
  const { inputs, outputs } = description;
  const all = [...inputs, ...outputs];
  const faults = all.flatMap((tensor) => [
    ...faultsOfTensor(
      tensor,
      inputs.map(({ id }) => id),
    ),
    ...faultsOfSizes(tensor, all),
  ]);
  const twice = doubled(all.map(({ id }) => id));
  if (twice !== undefined) faults.push(`the tensor "${twice}" stands twice`);
  const { onnx, ...others } = description.weights;
  const parent = onnx?.parent;
  if (typeof parent === "string" && !(parent in others))
    faults.push(`weights.onnx.parent names no weights: ${parent}`);
  return faults;
}
