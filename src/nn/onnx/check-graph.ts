/**
 * The nodes of a graph, one after the other: allowed operators, defined inputs, sizes that follow from sizes.
 *
 * The rule behind it: no result may have a size that depends on pixel values. Then memory and time of a run follow from
 * the size of the input alone, one run at a size proves every later run at that size, and a model that behaved in its
 * trial cannot turn on some particular image. Loops are not allowed; a branch only when sizes decide it.
 */
import type { TensorFacts } from "./check-tensor.ts";
import { checkTensor } from "./check-tensor.ts";
import { foldedValues, growthOfNode, type Known } from "./fold-constants.ts";
import { allowedOperators, sizeInputs } from "./operators.ts";
import { readFields } from "./protobuf-reader.ts";
import type { Message } from "./wire-message.ts";
import {
  bytesOf,
  exportAgain,
  messagesOf,
  refusal,
  single,
  textOf,
  textsOf,
  wholesOf,
} from "./wire-message.ts";

export interface GraphLimits {
  /** Nodes with those of branches. The largest networks for cells have some thousand. */
  readonly nodesMax: number;
  /** Elements of a tensor whose size the file states. */
  readonly elementsMax: number;
  /** Elements per element of the input, counted along any way through the graph. */
  readonly growthMax: number;
  /** Branches inside branches. */
  readonly depthMax: number;
}

export const defaultGraphLimits: GraphLimits = {
  nodesMax: 50_000,
  // 1 GiB of float32: no image tile needs a constant or a resized plane of this size.
  elementsMax: 2 ** 28,
  // A thousandfold along each side: eight doublings of a U-Net come to 65,536, multi-scale heads to a few times that.
  growthMax: 2 ** 20,
  depthMax: 4,
};

export interface GraphCounts {
  nodes: number;
  parameters: number;
  weightBytes: number;
  readonly operators: Map<string, number>;
}

type Scope = Map<string, Known>;

interface NodeFacts {
  readonly operator: string;
  readonly domain: string;
  readonly place: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const constant = (tensor: TensorFacts): Known => ({ kind: "constant", values: tensor.values, growth: 0 });

/**
 * Walks a graph. Adds to `counts`.
 *
 * @param outer values of the graphs around a branch.
 * @throws FoundryError `model.invalid` with the place.
 */
export function checkGraph(
  graph: Message,
  counts: GraphCounts,
  limits: GraphLimits,
  outer: Scope = new Map(),
  depth = 0,
): Scope {
  const at = depth === 0 ? "graph" : "branch";
  if (depth > limits.depthMax) throw refusal(at, "branches lie too deep in each other", exportAgain);
  if (graph.some(({ field }) => field === 15))
    throw refusal(at, "it has sparse weights, which are not read", "Export the model with dense weights.");
  const scope: Scope = new Map(outer);
  for (const input of messagesOf(graph, 11, at)) {
    scope.set(textOf(single(input, 1, at), at), { kind: "data", growth: 1 });
  }
  for (const message of messagesOf(graph, 5, at)) {
    const tensor = checkTensor(message, at);
    if (tensor.name === "") throw refusal(at, "a weight has no name", exportAgain);
    counts.parameters += tensor.elements;
    counts.weightBytes += tensor.bytes;
    scope.set(tensor.name, constant(tensor));
  }
  for (const message of messagesOf(graph, 1, at)) {
    counts.nodes++;
    if (counts.nodes > limits.nodesMax)
      throw refusal(at, `it has more than ${limits.nodesMax} nodes`, "Use a smaller network.");
    checkNode(message, scope, counts, limits, depth);
  }
  for (const output of messagesOf(graph, 12, at)) {
    const name = textOf(single(output, 1, at), at);
    if (!scope.has(name)) throw refusal(at, `its output "${name}" is made by no node`, exportAgain);
  }
  return scope;
}

function nodeFacts(node: Message, number: number): NodeFacts {
  const near = `node ${number}`;
  const operator = textOf(single(node, 4, near), near);
  const name = textOf(single(node, 3, near), near).slice(0, 100);
  const domain = textOf(single(node, 7, near), near);
  return {
    operator,
    domain: domain === "ai.onnx" ? "" : domain,
    place: `node ${number} ("${name}", ${operator.slice(0, 60)})`,
    inputs: textsOf(node, 1, near),
    outputs: textsOf(node, 2, near),
  };
}

function checkNode(
  message: Message,
  scope: Scope,
  counts: GraphCounts,
  limits: GraphLimits,
  depth: number,
): void {
  const node = nodeFacts(message, counts.nodes);
  const { operator, domain, place } = node;
  if (allowedOperators[domain]?.has(operator) !== true) {
    const set = domain === "" ? "" : ` of the set "${domain.slice(0, 60)}"`;
    throw refusal(
      place,
      `the operator "${operator.slice(0, 60)}"${set} is not one that image models may use here`,
      "Loops, random numbers and results whose size depends on pixel values are not allowed; put such steps into post-processing and export the network alone.",
    );
  }
  counts.operators.set(operator, (counts.operators.get(operator) ?? 0) + 1);
  const inputs = node.inputs.map((name) => {
    if (name === "") return undefined;
    const known = scope.get(name);
    if (known === undefined)
      throw refusal(place, `its input "${name}" is made by no earlier node`, exportAgain);
    return known;
  });
  refuseSizesFromPixels(node, inputs);
  const result = resultOf(message, node, inputs, { scope, counts, limits, depth });
  for (const name of node.outputs) {
    if (name === "") continue;
    if (scope.has(name)) throw refusal(place, `"${name}" is made twice`, exportAgain);
    scope.set(name, result);
  }
}

function refuseSizesFromPixels({ operator, place }: NodeFacts, inputs: readonly (Known | undefined)[]): void {
  for (const at of sizeInputs[operator] ?? []) {
    if (inputs[at]?.kind !== "data") continue;
    throw refusal(
      place,
      "the size of its result depends on pixel values, so memory could not be bounded",
      "Export the network without post-processing; the adapter does it.",
    );
  }
}

interface Surroundings {
  readonly scope: Scope;
  readonly counts: GraphCounts;
  readonly limits: GraphLimits;
  readonly depth: number;
}

function resultOf(
  message: Message,
  node: NodeFacts,
  inputs: readonly (Known | undefined)[],
  around: Surroundings,
): Known {
  const { operator, place } = node;
  const { limits } = around;
  const attributes = new Map<string, readonly number[]>();
  let stored: TensorFacts | undefined;
  const branches: Known[] = [];
  for (const attribute of messagesOf(message, 5, place)) {
    const name = textOf(single(attribute, 1, place), place);
    refuseOddAttribute(attribute, name, place);
    const tensor = single(attribute, 5, place);
    if (tensor !== undefined) stored = checkTensor(readFields(bytesOf(tensor, place)), place);
    const branch = single(attribute, 6, place);
    if (branch !== undefined) branches.push(checkBranch(bytesOf(branch, place), node, around));
    attributes.set(name, [...wholesOf(attribute, 3), ...wholesOf(attribute, 8)]);
  }
  if (stored !== undefined && operator === "Constant") return constant(stored);
  if (operator === "Constant") return { kind: "constant", values: integersOf(attributes), growth: 0 };
  const known = [...inputs, ...branches].filter((one) => one !== undefined);
  const kinds = known.map((one) => one.kind);
  const kind = kinds.includes("data") ? "data" : kinds.includes("shape") ? "shape" : "constant";
  if (operator === "Shape" || operator === "Size") return { kind: "shape", growth: 0 };
  const { elements, factor } = growthOfNode(operator, inputs, attributes);
  if (!(elements <= limits.elementsMax)) {
    throw refusal(
      place,
      `it makes ${elements} values, more than the ${limits.elementsMax} a run may hold`,
      exportAgain,
    );
  }
  const growths = known.map((one) => one.growth);
  // Joining copies: a chain of nodes that join a value with itself doubles with every link.
  const growth = operator === "Concat" ? growths.reduce((a, b) => a + b, 0) : Math.max(0, ...growths);
  if (growth * factor > limits.growthMax) {
    throw refusal(place, `it blows the image up more than ${limits.growthMax} times`, exportAgain);
  }
  return { kind, values: foldedValues(operator, inputs), growth: growth * factor };
}

function integersOf(attributes: ReadonlyMap<string, readonly number[]>): readonly number[] | undefined {
  return attributes.get("value_int") ?? attributes.get("value_ints");
}

/** Lists of tensors, of graphs, types and sparse tensors belong to operators that are not allowed. */
function refuseOddAttribute(attribute: Message, name: string, place: string): void {
  const odd = attribute.find(({ field }) => [10, 11, 14, 15, 22, 23].includes(field));
  if (odd === undefined) return;
  throw refusal(place, `its attribute "${name.slice(0, 60)}" is of a kind that is not read`, exportAgain);
}

function checkBranch(bytes: Uint8Array, { operator, place }: NodeFacts, around: Surroundings): Known {
  if (operator !== "If") throw refusal(place, "it holds a graph, which only If may", exportAgain);
  const graph = readFields(bytes);
  const scope = checkGraph(graph, around.counts, around.limits, around.scope, around.depth + 1);
  const outputs = messagesOf(graph, 12, place).map((one) => scope.get(textOf(single(one, 1, place), place)));
  const found = outputs.filter((one) => one !== undefined);
  return {
    kind: found.some((one) => one.kind === "data")
      ? "data"
      : found.some((one) => one.kind === "shape")
        ? "shape"
        : "constant",
    growth: Math.max(0, ...found.map((one) => one.growth)),
  };
}
