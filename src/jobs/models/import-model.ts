/**
 * Registers an inspected model as a version of a project.
 *
 * It starts as a candidate: a model from elsewhere is released by the same gate as one trained here. Its licence, where it
 * comes from, how its test went and how its answer becomes cells are kept on the card.
 */
import { FoundryError } from "#core/errors.ts";
import { type Agent, importModelVersion, listModels, type ModelVersion, type Store } from "#store/index.ts";
import type { InspectedModel } from "./inspect-model.ts";

export interface ImportModelOptions {
  readonly projectId: string;
  /** Name of the line; default the one suggested by the inspection. */
  readonly name?: string | undefined;
  /** Default: 1.0.0, or the next minor version of the line. */
  readonly version?: string | undefined;
  /** Said by a person where the file says none; a licence in the file wins. */
  readonly licence?: string | undefined;
  /** Import although the model does not reproduce its maker's answer. */
  readonly acceptFailedTest?: boolean | undefined;
}

/** @throws FoundryError `model.invalid` for a failed test, or a version that exists with other bytes. */
export async function importModel(
  store: Store,
  actor: Agent,
  model: InspectedModel,
  options: ImportModelOptions,
): Promise<ModelVersion> {
  if (model.test.state === "failed" && options.acceptFailedTest !== true) throw failedTest(model);
  const name = options.name ?? model.name;
  const licence = model.licence === "unknown" ? (options.licence ?? "unknown") : model.licence;
  const { facts, test, notes, source, fileName, authors, citations, title, description } = model;
  return importModelVersion(store, actor, {
    name,
    version: options.version ?? (await nextVersion(store, name, model.onnxDigest)),
    // A network from elsewhere has no parameters apart from its graph.
    weights: model.weights ?? model.onnx,
    onnx: model.onnx,
    architecture: model.contract.architecture,
    contract: { ...model.contract },
    licence,
    stage: "candidate",
    projectId: options.projectId,
    card: {
      imported: {
        source,
        fileName,
        title,
        description,
        authors,
        citations,
        producer: facts.producer,
        opsets: facts.opsets,
        parameters: facts.parameterCount,
        test: { ...test, outputs: test.outputs.map((output) => ({ ...output })) },
        notes,
        card: model.card,
      },
    },
  });
}

/** The version that holds these bytes already, else the next one of the line. */
async function nextVersion(store: Store, name: string, onnxDigest: string): Promise<string> {
  const line = (await listModels(store)).find((model) => model.name === name);
  const same = line?.versions.find((version) => version.onnxDigest === onnxDigest);
  if (same !== undefined) return same.version;
  const numbers = line?.versions.map(({ version }) => version.split(".").map(Number)) ?? [];
  if (numbers.length === 0) return "1.0.0";
  const major = Math.max(...numbers.map(([first = 0]) => first));
  const minor = Math.max(...numbers.filter(([first]) => first === major).map(([, second = 0]) => second));
  return `${major}.${minor + 1}.0`;
}

function failedTest({ test }: InspectedModel): FoundryError {
  const [worst] = [...test.outputs].sort((a, b) => b.largestDifference - a.largestDifference);
  return new FoundryError("model.invalid", {
    message: `The model does not reproduce the test answer of its package: "${worst?.name ?? ""}" differs by up to ${worst?.largestDifference.toPrecision(3) ?? "?"} in ${worst?.mismatches ?? 0} of ${worst?.elements ?? 0} values.`,
    hint: "Get the package again. To use it all the same, accept the failed test.",
    details: { test },
  });
}
