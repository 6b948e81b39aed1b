/**
 * A network from elsewhere, asked as our own are.
 *
 * Preprocessing takes its statistics over the whole image, as the programs do in which such networks were trained; then
 * tiles, answer, labels. What the adapter does not have is left out: sliders work on maps of our own heads only, and a
 * range of training images is not known.
 */
import type { ImageArray, LabelImage, Plane } from "#core/array/index.ts";
import { axisLength, imageArray } from "#core/array/index.ts";
import { assert, FoundryError } from "#core/errors.ts";
import { resampleLabels, resamplePlane } from "#core/image/index.ts";
import type { InputContract } from "../contract/index.ts";
import { cellDiameters } from "../contract/index.ts";
import type { Engine, Session } from "../engine/engine.ts";
import { sizeForModel } from "../inference/choose-scale.ts";
import type {
  LabelRows,
  PredictOptions,
  RowSegmentation,
  RowSource,
  Segmentation,
  SegmentationModel,
} from "../inference/index.ts";
import { channelsForModel, loadSegmentationModel, mapNames, modelPlanes } from "../inference/index.ts";
import type { ModelFacts } from "../onnx/index.ts";
import { decodeOutputs } from "./decode-outputs.ts";
import type { AdaptedContract } from "./model-adapter.ts";
import { assertAdaptedContract, hasAdapter } from "./model-adapter.ts";
import type { AxesTensor } from "./processing-steps.ts";
import { applySteps } from "./processing-steps.ts";
import { runAdapter } from "./run-adapter.ts";

// 2^26 pixels (8,192 squared): planes, outputs of a 32-ray network and scratch at this size need about 12 GB.
const PIXELS_MAX = 2 ** 26;

/** Rows of labels given at once by an image that came in rows. */
const ROWS_GIVEN = 512;

/**
 * Loads a model version, whichever kind it is.
 *
 * @param stored its contract. @throws FoundryError `model.invalid` when file or contract is damaged or they do not fit.
 */
export async function loadModel(
  engine: Engine,
  onnx: Uint8Array,
  stored: unknown,
): Promise<SegmentationModel> {
  if (!hasAdapter(stored)) return loadSegmentationModel(engine, onnx, stored);
  assertAdaptedContract(stored);
  const contract = stored;
  const session = await engine.createSession(onnx);
  const { input, outputs } = contract.adapter;
  const fits =
    session.inputNames.join() === input.name &&
    outputs.every(({ name }) => session.outputNames.includes(name));
  if (!fits) {
    await session.release();
    throw new FoundryError("model.invalid", {
      message: `The model has inputs (${session.inputNames.join(", ")}) and outputs (${session.outputNames.join(", ")}); its adapter says ${input.name} to ${outputs.map(({ name }) => name).join(", ")}.`,
      hint: "Import the model again.",
    });
  }
  return {
    contract,
    predict: (image, options = {}) => segment(session, contract, image, options),
    predictRows: (source, give, options = {}) => segmentRows(session, contract, source, give, options),
    release: () => session.release(),
  };
}

/** Whether a contract speaks of the inputs and outputs that a graph has. @throws FoundryError `model.invalid` when damaged. */
export function contractFits(contract: InputContract, facts: ModelFacts): boolean {
  const inputs = facts.inputs.map(({ name }) => name).join();
  const outputs = new Set(facts.outputs.map(({ name }) => name));
  if (!hasAdapter(contract))
    return inputs === "image" && mapNames(contract.compartments).every((name) => outputs.has(name));
  assertAdaptedContract(contract);
  const { input, outputs: named } = contract.adapter;
  return inputs === input.name && named.every(({ name }) => outputs.has(name));
}

function stackPlanes(planes: readonly Plane[], height: number, width: number): AxesTensor {
  const data = new Float32Array(planes.length * height * width);
  planes.forEach((plane, c) => {
    const fitting =
      plane.height === height && plane.width === width ? plane : resamplePlane(plane, height, width);
    data.set(fitting.data, c * height * width);
  });
  return { axes: ["channel", "y", "x"], shape: [planes.length, height, width], data };
}

async function segment(
  session: Session,
  contract: AdaptedContract,
  image: ImageArray,
  options: PredictOptions,
): Promise<Segmentation> {
  const { adapter } = contract;
  const { indices } = options;
  const fitting = indices === undefined ? channelsForModel(image, contract) : image;
  const originals = modelPlanes(fitting, contract, { indices });
  const full = { height: axisLength(image, "y"), width: axisLength(image, "x") };
  const { size, scale } = sizeForModel(full, contract, options.mpp ?? null, options.scale ?? "auto", null);
  if (size.height * size.width > PIXELS_MAX) {
    throw new FoundryError("limit.pixels", {
      message: `The image would be ${size.height} x ${size.width} pixels for the model; the limit of imported models is ${PIXELS_MAX} pixels.`,
      hint: "Crop the image, or check its pixel size or scale.",
    });
  }
  const planes = applySteps(stackPlanes(originals, size.height, size.width), adapter.input.steps);
  const outputs = await runAdapter(session, adapter, planes, options);
  const found = decodeOutputs(adapter, outputs, size);
  const same = size.height === full.height && size.width === full.width;
  const labels = same ? found.labels : resampleLabels(found.labels, full.height, full.width);
  const diameters = cellDiameters(found.labels);
  const [compartment] = contract.compartments;
  assert(compartment !== undefined, "a checked contract has a compartment");
  return {
    labels,
    confidence: found.confidence,
    compartments: [{ compartment: compartment.compartment, labels, confidence: found.confidence }],
    pairs: [],
    maps: [],
    scale,
    diameterPx: diameters[diameters.length >> 1] ?? null,
    warnings: [],
  };
}

/** Gathers the rows: statistics of the whole image come first in these models, so nothing can be given earlier. */
async function segmentRows(
  session: Session,
  contract: AdaptedContract,
  source: RowSource,
  give: (rows: LabelRows) => Promise<void>,
  options: PredictOptions,
): Promise<RowSegmentation> {
  const { height, width, present } = source;
  if (height * width > PIXELS_MAX) {
    throw new FoundryError("limit.pixels", {
      message: `The image has ${height} x ${width} pixels; the limit of imported models is ${PIXELS_MAX} pixels.`,
      hint: "Crop the image, or use a model trained here, which reads images of any size in strips.",
    });
  }
  const data = new Float32Array(present.length * height * width);
  for (let c = 0; c < present.length; c++) {
    if (present[c] !== true) continue;
    for (let y = 0; y < height; y += ROWS_GIVEN) {
      const rows = await source.readRows(c, y, Math.min(ROWS_GIVEN, height - y));
      data.set(rows.data, (c * height + y) * width);
    }
  }
  const image = imageArray("float32", "cyx", [present.length, height, width], data);
  const result = await segment(session, contract, image, {
    ...options,
    indices: present.map((has, c) => (has ? c : null)),
  });
  for (let y0 = 0; y0 < height; y0 += ROWS_GIVEN)
    await give({ compartment: 0, y0, labels: rowsOf(result.labels, y0) });
  const [one] = result.compartments;
  assert(one !== undefined, "a prediction has a compartment");
  return {
    compartments: [
      {
        compartment: one.compartment,
        cellCount: result.confidence.size,
        confidence: result.confidence,
        joins: new Map(),
        diameterPx: result.diameterPx,
      },
    ],
    scale: result.scale,
    diameterPx: result.diameterPx,
    warnings: [],
  };
}

function rowsOf({ height, width, data }: LabelImage, y0: number): LabelImage {
  const rows = Math.min(ROWS_GIVEN, height - y0);
  return { dtype: "int32", height: rows, width, data: data.slice(y0 * width, (y0 + rows) * width) };
}
