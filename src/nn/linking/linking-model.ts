/**
 * A trained linker: the model file, read back, and the scorer that solvers use.
 *
 * The file is plain ONNX; what its columns mean and its temperatures are in the metadata, and are compared with this
 * program when it is opened, because a feature of another meaning would go unnoticed.
 */
import { canonicalJson } from "#core/canonical-json.ts";
import { FoundryError } from "#core/errors.ts";
import type { CandidateScores, CandidateWindow } from "#core/tracking/index.ts";
import type { Engine, Session } from "../engine/engine.ts";
import type { NamedTensor } from "../layers/index.ts";
import { decodeModel } from "../onnx/index.ts";
import { nodeFeatures } from "./detection-features.ts";
import { divisionFeatures } from "./division-features.ts";
import { linkFeatures } from "./link-features.ts";
import { type LinkingArchitecture, linkingInferenceModel, linkingLayout } from "./link-network.ts";
import { type LinkingLogits, type LinkingTemperatures, probabilities } from "./link-probabilities.ts";
import { waysMax } from "./link-tables.ts";
import { inputFeeds, sizeOf } from "./linking-feeds.ts";
import { type WindowInputs, windowInputs } from "./window-inputs.ts";

const METADATA = "cellfoundry.linking";

interface LinkingContract {
  readonly version: 1;
  readonly architecture: LinkingArchitecture;
  readonly features: {
    readonly nodes: readonly string[];
    readonly links: readonly string[];
    readonly divisions: readonly string[];
  };
  readonly waysMax: number;
  readonly temperatures: LinkingTemperatures;
}

const contractOf = (
  architecture: LinkingArchitecture,
  temperatures: LinkingTemperatures,
): LinkingContract => ({
  version: 1,
  architecture,
  features: { nodes: nodeFeatures, links: linkFeatures, divisions: divisionFeatures },
  waysMax,
  temperatures,
});

/** The model file of a parameter vector. Deterministic. */
export function encodeLinkingModel(
  architecture: LinkingArchitecture,
  theta: Float32Array,
  temperatures: LinkingTemperatures,
): Uint8Array {
  const layout = linkingLayout(architecture);
  const tensors = new Map<string, NamedTensor>();
  layout.specs.forEach((spec, i) => {
    const data = theta.slice(layout.offsets[i], layout.offsets[i + 1] ?? layout.total);
    tensors.set(spec.name, { shape: spec.shape, data });
  });
  return linkingInferenceModel(architecture, tensors, {
    [METADATA]: canonicalJson(contractOf(architecture, temperatures)),
  });
}

/** A scorer that answers asynchronously: called between `Tracker.push` and `Tracker.commit`. */
export interface LearnedScorer {
  /** Recorded with results. */
  readonly name: string;
  score(candidates: CandidateWindow): Promise<CandidateScores>;
  release(): Promise<void>;
}

/** @throws FoundryError `model.invalid` for a file that is no linker, or one of other features. */
export async function openLinkingModel(engine: Engine, bytes: Uint8Array): Promise<LearnedScorer> {
  const { temperatures } = readContract(bytes);
  const session = await engine.createSession(bytes);
  return {
    name: "learned",
    async score(window) {
      if (window.frameOf.length === 0) {
        const none = (): Float32Array => new Float32Array(0);
        return { link: none(), division: none(), appearance: none(), disappearance: none() };
      }
      const inputs = windowInputs(window);
      return probabilities(window, inputs.tables, await linkingLogits(session, inputs), temperatures);
    },
    release: () => session.release(),
  };
}

/** Runs the network on one window of at least one detection. */
export async function linkingLogits(session: Session, inputs: WindowInputs): Promise<LinkingLogits> {
  const { detections, links, divisions } = sizeOf(inputs);
  // No axis may be empty: a column that no table names stands for "none".
  const room = { detections, links: Math.max(1, links), divisions: Math.max(1, divisions) };
  const outputs = await session.run(inputFeeds(inputs, room, false));
  const floats = (name: string): Float32Array => {
    const data = outputs[name]?.data;
    if (data instanceof Float32Array) return data;
    throw new FoundryError("engine.failed", { message: `The linking model gave no output "${name}".` });
  };
  const ways = floats("ways");
  const joined = new Float32Array(links + divisions);
  joined.set(ways.subarray(0, links));
  joined.set(ways.subarray(room.links, room.links + divisions), links);
  return { ways: joined, appears: floats("appears"), vanishes: floats("vanishes"), real: floats("real") };
}

/**
 * What a registry keeps of a linker: kind "linking", architecture, features in their order, temperatures. Plain JSON.
 *
 * @throws FoundryError `model.invalid` for a file that is no linker, or one of other features.
 */
export const describeLinkingModel = (bytes: Uint8Array): Readonly<Record<string, unknown>> => ({
  kind: "linking",
  ...readContract(bytes),
});

function readContract(bytes: Uint8Array): LinkingContract {
  const text = decodeModel(bytes).metadata[METADATA];
  const refuse = (what: string): FoundryError =>
    new FoundryError("model.invalid", {
      message: `This is not a linking model of this program: ${what}.`,
      hint: "Choose a tracking model, or train one with this version.",
    });
  if (text === undefined) throw refuse("it does not say what its inputs are");
  let found: LinkingContract;
  try {
    found = JSON.parse(text) as LinkingContract;
    const expected = contractOf(found.architecture, found.temperatures);
    if (canonicalJson(expected) !== canonicalJson(found)) throw refuse("its features are others");
  } catch (error) {
    if (error instanceof FoundryError) throw error;
    throw refuse("its description is damaged");
  }
  const sane = Object.values(found.temperatures).every((value) => Number.isFinite(value) && value > 0);
  if (!sane) throw refuse("its temperatures are not positive numbers");
  return found;
}
