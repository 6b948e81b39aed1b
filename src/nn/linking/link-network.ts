/**
 * The linking network: candidates that compete look at each other through the detections they share.
 *
 * Two rounds: every way (link or division) is judged with its ends; every detection gathers what comes in and what goes
 * out, by attention; then ways are judged again knowing what their ends could do instead. All layers are 1x1 convolutions
 * over columns, so the size of a window is free. Heads: one logit per way, and of each detection that it appears, that
 * nothing comes of it, and that its mask is true. The origins of a detection are a softmax over its ways in and "appears".
 */

import type { Graph, Value } from "../graph/index.ts";
import {
  add,
  concatenate,
  convolution,
  createGraph,
  divide,
  emitModel,
  exponential,
  gatherColumns,
  inputValue,
  multiply,
  offset,
  relu,
  scale,
  sigmoid,
  slice,
  sum,
} from "../graph/index.ts";
import type { NamedTensor, ParameterLayout, ParameterSource } from "../layers/index.ts";
import { layoutOf, parametersOfTensors } from "../layers/index.ts";
import { encodeModel } from "../onnx/index.ts";
import { nodeFeatures } from "./detection-features.ts";
import { divisionFeatures } from "./division-features.ts";
import { linkFeatures } from "./link-features.ts";
import { waysMax } from "./link-tables.ts";

export interface LinkingArchitecture {
  /** Channels of what is known of a way or a detection. */
  readonly width: number;
  readonly rounds: number;
}

export const defaultLinkingArchitecture: LinkingArchitecture = { width: 32, rounds: 2 };

/** Columns of a graph; with training the opposite tables are needed as well. */
export interface LinkingInputs {
  readonly nodes: Value;
  readonly links: Value;
  readonly divisions: Value;
  readonly source: Value;
  readonly targets: Value;
  readonly out: Value;
  readonly into: Value;
  readonly placeOut: Value | null;
  readonly placeIn: Value | null;
  readonly intoFlat: Value | null;
}

export interface LinkingOutputs {
  /** Logit of each way, links first: [1, 1, 1, ways]. */
  readonly ways: Value;
  /** Logits of each detection: [1, 1, 1, detections]. */
  readonly appears: Value;
  readonly vanishes: Value;
  readonly real: Value;
}

/** Logits lie within this, so that exponentials can be summed as they are. */
const logitMax = 15;

const boundedLogit = (x: Value): Value => scale(offset(sigmoid(scale(x, 2 / logitMax)), -0.5), 2 * logitMax);

function dense(source: ParameterSource, x: Value, name: string, outputs: number, gain = 2): Value {
  const inputs = x.shape[1] as number;
  const weights = source.parameter({
    name: `${name}.weights`,
    shape: [outputs, inputs, 1, 1],
    initial: { deviation: Math.sqrt(gain / inputs) },
    decays: true,
  });
  const bias = source.parameter({
    name: `${name}.bias`,
    shape: [outputs],
    initial: { constant: 0 },
    decays: false,
  });
  return convolution(x, weights, bias, { stride: 1, padding: 0 });
}

/** Mean of what the ways of each detection say, weighted by attention; zeros where there is none. */
function attend(ways: Value, attention: Value, table: Value, back: Value | null): Value {
  const weight = exponential(attention);
  const both = concatenate([multiply(ways, weight), weight], 1);
  const summed = sum(gatherColumns(both, table, back), [2]);
  const channels = ways.shape[1] as number;
  const total = offset(slice(summed, 1, channels, channels + 1), 1e-6);
  return divide(slice(summed, 1, 0, channels), total);
}

export function linkingOutputs(
  source: ParameterSource,
  inputs: LinkingInputs,
  { width, rounds }: LinkingArchitecture,
): LinkingOutputs {
  const layer = (x: Value, name: string, outputs = width): Value => relu(dense(source, x, name, outputs));
  const number = (x: Value, name: string): Value => boundedLogit(dense(source, x, name, 1, 0.1));
  let nodes = layer(inputs.nodes, "nodes");
  let ways = concatenate([layer(inputs.links, "links"), layer(inputs.divisions, "divisions")], 3);
  const judge = (name: string): Value => {
    // Who reads a node as its source are the ways out of it.
    const start = gatherColumns(nodes, inputs.source, inputs.placeOut === null ? null : inputs.out);
    const ends = sum(gatherColumns(nodes, inputs.targets, inputs.intoFlat), [2]);
    return add(ways, layer(layer(concatenate([ways, start, ends], 1), `${name}.first`), `${name}.second`));
  };
  for (let round = 0; round < rounds; round++) {
    const name = `round${round}`;
    ways = judge(`${name}.ways`);
    const [into, out] = [number(ways, `${name}.into`), number(ways, `${name}.out`)];
    const arriving = attend(ways, into, inputs.into, inputs.placeIn);
    const leaving = attend(ways, out, inputs.out, inputs.placeOut);
    nodes = add(nodes, layer(concatenate([nodes, arriving, leaving], 1), `${name}.nodes`));
  }
  ways = judge("last");
  return {
    ways: number(ways, "way"),
    appears: number(nodes, "appears"),
    vanishes: number(nodes, "vanishes"),
    real: number(nodes, "real"),
  };
}

export interface LinkingSize {
  readonly detections: number;
  readonly links: number;
  readonly divisions: number;
}

/** Inputs of a graph by name. @param training  with the opposite tables. */
export function linkingInputs(graph: Graph, size: LinkingSize, training: boolean): LinkingInputs {
  const ways = size.links + size.divisions;
  const columns = (name: string, features: number, count: number): Value =>
    inputValue(graph, name, [1, features, 1, count]);
  const table = (name: string, rows: number, count: number): Value => inputValue(graph, name, [rows, count]);
  return {
    nodes: columns("nodes", nodeFeatures.length, size.detections),
    links: columns("links", linkFeatures.length, size.links),
    divisions: columns("divisions", divisionFeatures.length, size.divisions),
    source: table("source", 1, ways),
    targets: table("targets", 2, ways),
    out: table("out", waysMax, size.detections),
    into: table("into", waysMax, size.detections),
    placeOut: training ? table("placeOut", 1, ways) : null,
    placeIn: training ? table("placeIn", 2, ways) : null,
    intoFlat: training ? table("intoFlat", waysMax, size.detections) : null,
  };
}

const smallSize: LinkingSize = { detections: 2, links: 1, divisions: 1 };

export function linkingLayout(architecture: LinkingArchitecture): ParameterLayout {
  const graph = createGraph();
  return layoutOf(graph, (source) => {
    linkingOutputs(source, linkingInputs(graph, smallSize, false), architecture);
  });
}

/** The released model: any number of columns. @param metadata  written into the file. */
export function linkingInferenceModel(
  architecture: LinkingArchitecture,
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = createGraph();
  const inputs = linkingInputs(graph, smallSize, false);
  const outputs = linkingOutputs(parametersOfTensors(graph, tensors), inputs, architecture);
  return encodeModel(
    emitModel(
      { ...outputs },
      {
        graphName: "linking",
        metadata,
        declaredShapes: {
          nodes: [1, nodeFeatures.length, 1, "detections"],
          links: [1, linkFeatures.length, 1, "links"],
          divisions: [1, divisionFeatures.length, 1, "divisions"],
          source: [1, "ways"],
          targets: [2, "ways"],
          out: [waysMax, "detections"],
          into: [waysMax, "detections"],
          ways: [1, 1, 1, "ways"],
          appears: [1, 1, 1, "detections"],
          vanishes: [1, 1, 1, "detections"],
          real: [1, 1, 1, "detections"],
        },
      },
    ),
  );
}
