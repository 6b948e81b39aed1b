/** Models with how well each version fits the images of a project, so that the right one is offered first. */

import { isFoundryError } from "#core/errors.ts";
import { type FittedModel, modelFit, modelTask } from "#core/prepare/index.ts";
import { hasAdapter, upgradeContract } from "#nn/index.ts";
import {
  type ImageKind,
  listModels,
  type Model,
  type ModelVersion,
  readImageKinds,
  type Store,
} from "#store/index.ts";

interface FittedVersion extends ModelVersion {
  /** -1 (made for other images) to 1 (made for such); null when there are no images, or nothing is known of the model. */
  readonly fit: number | null;
}

export interface FittedModels extends Omit<Model, "versions"> {
  readonly versions: FittedVersion[];
}

/** Models of a project and those that ship, as `listModels`. Cost: two statements. */
export async function modelsForProject(store: Store, projectId: string): Promise<FittedModels[]> {
  const [models, kinds] = await Promise.all([listModels(store, projectId), readImageKinds(store, projectId)]);
  return models.map((model) => ({
    ...model,
    versions: model.versions.map((version) => ({ ...version, fit: versionFit(version, kinds) })),
  }));
}

/** An image of which nothing is known yet: one channel, no metadata. */
const anyImage: ImageKind = { channels: [{ index: 0, name: "", role: "other" }], modality: null, count: 1 };

/** Released versions, for images that are not in a project: general ones fit better than those for one kind. */
export async function releasedModels(store: Store): Promise<FittedModels[]> {
  const models = await listModels(store);
  return models.flatMap((model) => {
    const released = model.versions.filter(({ stage }) => stage === "released");
    const versions = released.map((version) => ({ ...version, fit: versionFit(version, [anyImage]) }));
    return versions.length === 0 ? [] : [{ ...model, versions }];
  });
}

/** Null for a damaged contract: one such model must not hide all others. */
function readModel(contract: ModelVersion["contract"]): FittedModel | null {
  try {
    const { channels, range } = upgradeContract(contract);
    return { inputs: channels, modalities: range?.modalities ?? [] };
  } catch (error) {
    if (isFoundryError(error, "model.invalid")) return null;
    throw error;
  }
}

/** Mean over images. */
export function versionFit(
  { contract }: Pick<ModelVersion, "contract">,
  kinds: readonly ImageKind[],
): number | null {
  if (kinds.length === 0 || hasAdapter(contract) || modelTask(contract) !== "segmentation") return null;
  const model = readModel(contract);
  if (model === null) return null;
  const images = kinds.reduce((sum, { count }) => sum + count, 0);
  return kinds.reduce((sum, kind) => sum + kind.count * modelFit(kind, model), 0) / images;
}
