/** Writes a model version as files: the way out of the program, and how a model is made to ship with it. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ModelVersion, modelCard, type Store, trainingPrints } from "#store/index.ts";
import { EXPORT_FILES, type ModelCardFile } from "./model-files.ts";

/**
 * Writes `model.onnx`, `weights.bin` and `card.json` into `<folder>/<name>/<version>/`.
 *
 * The same version gives the same bytes. @returns the folder written. @throws FoundryError `blob.corrupt`, `blob.missing`.
 */
export async function exportModelVersion(
  store: Store,
  version: ModelVersion,
  folder: string,
): Promise<string> {
  const target = join(folder, version.name, version.version);
  await mkdir(target, { recursive: true });
  await writeFile(join(target, EXPORT_FILES.onnx), await store.blobs.get(version.onnxDigest));
  await writeFile(join(target, EXPORT_FILES.weights), await store.blobs.get(version.weightsDigest));
  const file: ModelCardFile = {
    name: version.name,
    version: version.version,
    licence: version.licence,
    architecture: version.architecture,
    contract: version.contract,
    files: { onnx: version.onnxDigest, weights: version.weightsDigest },
    card: {
      ...(await modelCard(store, version.id)),
      ...(version.dataset === null ? {} : { dataset: withoutIds(version.dataset) }),
      ...(version.training === null ? {} : { training: withoutIds(version.training) }),
      evaluations: version.evaluations.map(
        ({ dataset, split, metricVersion, imageCount, scores, errors, groups }) => ({
          dataset,
          split,
          metricVersion,
          imageCount,
          scores,
          errors,
          groups,
        }),
      ),
    },
  };
  await writeFile(join(target, EXPORT_FILES.card), `${JSON.stringify(file, null, 2)}\n`);
  const prints = await trainingPrints(store, version.id);
  if (prints.length > 0) {
    const head =
      "# SHA-256 of each plane the model was trained or tuned on, the same for its flipped and turned copies.\n";
    await writeFile(join(target, EXPORT_FILES.prints), `${head}${prints.join("\n")}\n`);
  }
  return target;
}

/** Ids mean something only in the data folder they come from; digests mean something everywhere. */
function withoutIds(record: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !key.endsWith("Id")));
}
