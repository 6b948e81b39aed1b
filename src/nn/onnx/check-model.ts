/**
 * An ONNX file from outside, looked at without a runtime: what it is, or why it is refused and what to do.
 *
 * Parsing only: no weight is copied, nothing is allocated by what the file declares. Where the file passes, a trial run
 * in a process of bounded memory follows (jobs/models); this check keeps what is plainly wrong away from the runtime, a
 * large program in C++ that reads files with few questions.
 */
import { FoundryError } from "#core/errors.ts";
import { checkGraph, defaultGraphLimits, type GraphCounts, type GraphLimits } from "./check-graph.ts";
import { elementTypeName } from "./check-tensor.ts";
import { opsetRange } from "./operators.ts";
import { readFields } from "./protobuf-reader.ts";
import type { Message } from "./wire-message.ts";
import {
  bytesOf,
  exportAgain,
  longTextOf,
  messagesOf,
  refusal,
  single,
  textOf,
  wholeOf,
} from "./wire-message.ts";

/** A graph input or output. */
export interface PortFacts {
  readonly name: string;
  /** "float32", "uint8" … */
  readonly elementType: string;
  /** A text is a size decided at run time; null one that is not stated. */
  readonly shape: readonly (number | string | null)[];
}

export interface ModelFacts {
  readonly irVersion: number;
  readonly producer: string;
  /** Versions of operator sets; "" is the standard one. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Inputs that must be fed; weights that older files list among the inputs are left out. */
  readonly inputs: readonly PortFacts[];
  readonly outputs: readonly PortFacts[];
  readonly nodeCount: number;
  readonly operators: Readonly<Record<string, number>>;
  readonly parameterCount: number;
  readonly weightBytes: number;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ModelLimits extends GraphLimits {
  readonly fileBytesMax: number;
  readonly portsMax: number;
}

export const defaultModelLimits: ModelLimits = {
  ...defaultGraphLimits,
  // Transformers for cells (Cellpose-SAM) have 1.2 GB in float32, half of it in float16; U-Nets and StarDist 2 to 130 MB.
  fileBytesMax: 2 ** 30,
  portsMax: 64,
};

/** IR versions since 2017 that the runtime reads. */
const irVersions = [3, 13] as const;

/**
 * Checks the bytes of an `.onnx` file from outside.
 *
 * @returns what the file says of itself. @throws FoundryError `model.invalid` with place and remedy, `limit.bytes`.
 * Cost: linear in the number of fields; weights are not read.
 */
export function checkModel(bytes: Uint8Array, limits: ModelLimits = defaultModelLimits): ModelFacts {
  if (bytes.length > limits.fileBytesMax) {
    throw new FoundryError("limit.bytes", {
      message: `The model file has ${bytes.length} bytes; the limit is ${limits.fileBytesMax}.`,
      hint: "Use a smaller network, or store its weights as float16.",
    });
  }
  if (bytes.length === 0) throw refusal("file", "it is empty", exportAgain);
  const model = readFields(bytes);
  refuseParts(model);
  const irVersion = wholeOf(single(model, 1, "file"), "file");
  if (irVersion < irVersions[0] || irVersion > irVersions[1]) {
    throw refusal(
      "file",
      `its format version is ${irVersion}; ${irVersions[0]} to ${irVersions[1]} are read`,
      "Check that the file is an ONNX model, or export it with a current tool.",
    );
  }
  const opsets = checkOpsets(model);
  const field = single(model, 7, "file");
  if (field === undefined) throw refusal("file", "it holds no graph", exportAgain);
  const graph = readFields(bytesOf(field, "file"));
  const counts: GraphCounts = { nodes: 0, parameters: 0, weightBytes: 0, operators: new Map() };
  checkGraph(graph, counts, limits);
  const weights = new Set(
    messagesOf(graph, 5, "graph").map((one) => textOf(single(one, 8, "graph"), "graph")),
  );
  const inputs = portsOf(graph, 11, limits).filter(({ name }) => !weights.has(name));
  const outputs = portsOf(graph, 12, limits);
  if (inputs.length === 0) throw refusal("graph", "it takes no input", exportAgain);
  if (outputs.length === 0) throw refusal("graph", "it gives no output", exportAgain);
  return {
    irVersion,
    producer: textOf(single(model, 2, "file"), "file"),
    opsets,
    inputs,
    outputs,
    nodeCount: counts.nodes,
    operators: Object.fromEntries([...counts.operators].sort()),
    parameterCount: counts.parameters,
    weightBytes: counts.weightBytes,
    metadata: metadataOf(model),
  };
}

/** Parts of the format that hold programs of their own. */
function refuseParts(model: Message): void {
  if (model.some(({ field }) => field === 20))
    throw refusal("file", "it holds a training graph", "Export the model for inference only.");
  if (model.some(({ field }) => field === 25))
    throw refusal(
      "file",
      "it defines functions of its own",
      "Inline them before the export (in Python: onnx.inliner.inline_local_functions).",
    );
}

function checkOpsets(model: Message): Record<string, number> {
  const opsets: Record<string, number> = {};
  for (const entry of messagesOf(model, 8, "operator sets")) {
    const domain = textOf(single(entry, 1, "operator sets"), "operator sets");
    const version = wholeOf(single(entry, 2, "operator sets"), "operator sets");
    const range = Object.hasOwn(opsetRange, domain) ? opsetRange[domain] : undefined;
    // A set that no node uses does no harm; nodes are checked against the allowed sets.
    if (range !== undefined && (version < range[0] || version > range[1])) {
      throw refusal(
        "operator sets",
        `version ${version} of "${domain === "" ? "ai.onnx" : domain}" is not among ${range[0]} to ${range[1]}`,
        "Export the model with operator set 17, which every current program reads.",
      );
    }
    if (Object.hasOwn(opsets, domain)) throw refusal("operator sets", "one stands twice", exportAgain);
    Object.defineProperty(opsets, domain, { value: version, enumerable: true });
  }
  if (Object.hasOwn(opsets, "") || Object.hasOwn(opsets, "ai.onnx")) return opsets;
  throw refusal("operator sets", "it does not say which operators it means", exportAgain);
}

function portsOf(graph: Message, field: 11 | 12, { portsMax }: ModelLimits): PortFacts[] {
  const messages = messagesOf(graph, field, "graph");
  // Old files list every weight as an input, so only outputs have a limit here and inputs one after that is sorted out.
  if (field === 12 && messages.length > portsMax)
    throw refusal(
      "graph",
      `it has ${messages.length} outputs; the limit is ${portsMax}`,
      "Export fewer outputs.",
    );
  return messages.map((message) => {
    const name = textOf(single(message, 1, "graph"), "graph");
    const place = `${field === 11 ? "input" : "output"} "${name.slice(0, 100)}"`;
    const type = single(message, 2, place);
    const tensor = type === undefined ? undefined : single(readFields(bytesOf(type, place)), 1, place);
    if (tensor === undefined)
      throw refusal(place, "it is not a tensor", "Export the model with tensors as inputs and outputs.");
    const fields = readFields(bytesOf(tensor, place));
    return {
      name,
      elementType: elementTypeName(wholeOf(single(fields, 1, place), place)),
      shape: shapeOf(fields, place),
    };
  });
}

function shapeOf(tensor: Message, place: string): (number | string | null)[] {
  const shape = single(tensor, 2, place);
  if (shape === undefined) return [];
  return messagesOf(readFields(bytesOf(shape, place)), 1, place).map((dimension) => {
    const size = single(dimension, 1, place);
    const symbol = single(dimension, 2, place);
    if (size !== undefined) {
      const length = wholeOf(size, place);
      if (length < 0) throw refusal(place, `it has the length ${length}`, exportAgain);
      return length;
    }
    return symbol === undefined ? null : textOf(symbol, place);
  });
}

function metadataOf(model: Message): Record<string, string> {
  const entries = messagesOf(model, 14, "metadata").map((entry) => [
    textOf(single(entry, 1, "metadata"), "metadata"),
    longTextOf(single(entry, 2, "metadata"), "metadata"),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}
