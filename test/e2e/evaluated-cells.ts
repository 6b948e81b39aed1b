/**
 * A project in which a model was judged: seven test images of two organs, scored once by the shipped model and once by the
 * same network that takes fewer seeds.
 */

import { join } from "node:path";
import { imageArray } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { registerShippedModels, runJobHere } from "#jobs/index.ts";
import { upgradeContract } from "#nn/index.ts";
import {
  type Agent,
  createProject,
  freezeDataset,
  importModelVersion,
  insertImage,
  type Store,
} from "#store/index.ts";
import { makeSyntheticCells } from "#testing/index.ts";

const side = 192;
const testGroups = ["donor 0", "donor 1", "donor 2", "donor 3", "donor 4", "donor 5", "donor 6"];

export interface EvaluatedCells {
  readonly projectId: string;
  readonly evaluationId: string;
  readonly candidateId: string;
}

export async function fillEvaluatedCells(store: Store, actor: Agent): Promise<EvaluatedCells> {
  const { id: projectId } = await createProject(store, actor, "Evaluated cells");
  for (let k = 0; k <= testGroups.length; k++) {
    const { image, labels } = makeSyntheticCells({ height: side, width: side, seed: `evaluation ${k}` });
    const objects = [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ label, shape }));
    const second = { compartment: "nuclear" as const, name: "Ben", objects: objects.slice(2) };
    await insertImage(store, actor, {
      projectId,
      name: `field ${k}`,
      group: `donor ${k}`,
      image: imageArray(
        "uint8",
        "yx",
        [side, side],
        Uint8Array.from(image.data, (v) => Math.min(255, v / 50)),
      ),
      layers: [{ compartment: "nuclear", objects }, ...(k < 3 ? [second] : [])],
      metadata: { organ: k % 2 === 0 ? "lung" : "liver", modality: "fluorescence" },
      source: { title: "made here", licence: "CC0-1.0" },
    });
  }
  const dataset = await freezeDataset(store, actor, {
    projectId,
    name: "made-cells",
    query: "",
    roleChanges: testGroups.map((group) => ({ group, role: "test" as const, reason: "to be scored" })),
  });
  const log = { write: () => undefined };
  const known = await registerShippedModels(store, actor, join(import.meta.dirname, "../../models"), log);
  const shipped = known.find(({ folder }) => folder.startsWith("nuclei-fluorescence/"));
  if (shipped === undefined) throw new Error("no model ships with the program");
  const { version } = shipped;
  const contract = upgradeContract(version.contract);
  const candidate = await importModelVersion(store, actor, {
    name: version.name,
    version: "9.0.0",
    weights: await store.blobs.get(version.weightsDigest),
    onnx: await store.blobs.get(version.onnxDigest),
    architecture: version.architecture,
    contract: {
      ...contract,
      compartments: contract.compartments.map((one) => ({
        ...one,
        postprocessing: { ...one.postprocessing, seedProminence: 0.3, seedDistancePx: 12, areaPxMin: 60 },
      })),
    },
    card: {},
    licence: version.licence,
    stage: "candidate",
    projectId,
  });
  const evaluate = async (modelVersionId: string): Promise<string> => {
    const params = { modelVersionId, datasetVersionId: dataset.id, split: "test" as const };
    const job = await runJobHere(store, actor, { kind: "evaluate", projectId, title: "evaluate", params });
    if (job.state !== "done") throw new Error(`evaluation ${job.state}: ${job.error?.message}`);
    return String(job.result?.["evaluationId"]);
  };
  await evaluate(version.id);
  const evaluationId = await evaluate(candidate.id);
  return { projectId, evaluationId, candidateId: candidate.id };
}
