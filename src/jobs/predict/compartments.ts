/**
 * What a model version sees in a stored image, compartment by compartment, for scoring and for comparing.
 *
 * Channels are chosen from the image's own names and roles; where that cannot be decided the image goes to the model as
 * it is, so that the model itself refuses with its reason.
 */

import type { ImageArray, LabelImage } from "#core/array/index.ts";
import { type Compartment, upgradeContract } from "#nn/index.ts";
import { type ModelVersion, type Mpp, readImageFacts, type Store } from "#store/index.ts";
import { chooseChannels, withChannels } from "../channels.ts";
import { withSegmentationModel } from "../segmentation-models.ts";

export interface SeenImage {
  readonly imageId: string;
  readonly image: ImageArray;
  readonly mpp: Mpp | null;
}

/** Compartments that a model version outlines, in the order of its contract. @throws FoundryError `model.invalid`. */
export function compartmentsOf(version: ModelVersion): Compartment[] {
  return upgradeContract(version.contract).compartments.map(({ compartment }) => compartment);
}

/**
 * Label images by compartment, as large as the image.
 *
 * @throws what the model throws: `array.nan`, `array.axes`, `limit.pixels` …; the signal's reason.
 */
export async function predictCompartments(
  store: Store,
  version: ModelVersion,
  { imageId, image, mpp }: SeenImage,
  signal: AbortSignal,
): Promise<Map<Compartment, LabelImage>> {
  const contract = upgradeContract(version.contract);
  const facts = (await readImageFacts(store, [imageId])).get(imageId);
  const choice = chooseChannels(facts?.channels ?? [], contract.channels);
  const input = choice.state === "chosen" ? withChannels(image, choice.indices) : image;
  return withSegmentationModel(store, version, async (model) => {
    const { compartments } = await model.predict(input, { signal, mpp });
    return new Map(compartments.map(({ compartment, labels }) => [compartment, labels]));
  });
}
