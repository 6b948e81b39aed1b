/**
 * A trained prompt model: the file, read back and run.
 *
 * The file is plain ONNX; what its planes mean and at which size it looks is in the metadata, and compared with this program
 * when it is opened, because a plane of another meaning would go unnoticed.
 */
import { canonicalJson } from "#core/canonical-json.ts";
import { FoundryError } from "#core/errors.ts";
import type { Engine } from "../engine/engine.ts";
import type { NamedTensor } from "../layers/index.ts";
import { decodeModel } from "../onnx/index.ts";
import { clickReachPx } from "./prompt-maps.ts";
import {
  type PromptArchitecture,
  promptFoldModel,
  promptInferenceModel,
  promptPlanes,
} from "./prompt-network.ts";
import { cellPx, viewSide } from "./prompt-view.ts";

const METADATA = "cellfoundry.prompt";

interface PromptContract {
  readonly version: 1;
  readonly architecture: PromptArchitecture;
  readonly planes: readonly string[];
  readonly viewSide: number;
  readonly cellPx: number;
  readonly clickReachPx: number;
}

const contractOf = (architecture: PromptArchitecture): PromptContract => ({
  ...{ version: 1, architecture, planes: promptPlanes },
  ...{ viewSide, cellPx, clickReachPx },
});

/** The model file of a parameter vector. Deterministic on one kind of processor. */
export async function encodePromptModel(
  engine: Engine,
  architecture: PromptArchitecture,
  theta: Float32Array,
): Promise<Uint8Array> {
  const session = await engine.createSession(promptFoldModel(architecture));
  const outputs = await session.run({ theta: { shape: [theta.length], data: theta } });
  await session.release();
  const tensors = new Map<string, NamedTensor>();
  for (const name of session.outputNames) {
    const tensor = outputs[name];
    if (tensor?.data instanceof Float32Array) tensors.set(name, { shape: tensor.shape, data: tensor.data });
  }
  return promptInferenceModel(architecture, tensors, { [METADATA]: canonicalJson(contractOf(architecture)) });
}

export interface PromptModel {
  /** Planes [7, viewSide, viewSide] to the answer, 0..1, `viewSide` squared. */
  ask(planes: Float32Array): Promise<Float32Array>;
  release(): Promise<void>;
}

/** @throws FoundryError `model.invalid` for a file that is no prompt model, or one of another meaning. */
export async function openPromptModel(engine: Engine, bytes: Uint8Array): Promise<PromptModel> {
  readContract(bytes);
  const session = await engine.createSession(bytes);
  return {
    async ask(planes) {
      const outputs = await session.run({
        planes: { shape: [1, promptPlanes.length, viewSide, viewSide], data: planes },
      });
      const data = outputs["cell"]?.data;
      if (data instanceof Float32Array) return data;
      throw new FoundryError("engine.failed", { message: 'The prompt model gave no output "cell".' });
    },
    release: () => session.release(),
  };
}

/** Kind of such a model in a registry. */
export const promptModelKind = "prompt";

/**
 * What a registry keeps of a prompt model, as plain JSON.
 *
 * @throws FoundryError `model.invalid` for a file that is no prompt model, or one of another meaning.
 */
export const describePromptModel = (bytes: Uint8Array): Readonly<Record<string, unknown>> => ({
  kind: promptModelKind,
  ...readContract(bytes),
});

function readContract(bytes: Uint8Array): PromptContract {
  const text = decodeModel(bytes).metadata[METADATA];
  const refuse = (what: string): FoundryError =>
    new FoundryError("model.invalid", {
      message: `This is not a prompt model of this program: ${what}.`,
      hint: "Use the prompt model that came with this version.",
    });
  if (text === undefined) throw refuse("it does not say what its planes are");
  let found: PromptContract;
  try {
    found = JSON.parse(text) as PromptContract;
  } catch {
    throw refuse("its description is damaged");
  }
  if (canonicalJson(contractOf(found.architecture)) !== canonicalJson(found))
    throw refuse("its planes are others");
  return found;
}
