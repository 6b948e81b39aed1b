/** Channels of a stored image mapped to what a model takes, the same for training and for scoring. */

import { axisLength, type ImageArray } from "#core/array/index.ts";
import { mapInputs, selectChannels, type WantedInput } from "#core/prepare/index.ts";
import type { Channel } from "#store/index.ts";

/** Which channels to take: by input of the model, null to take the image as it is; or a question for a person. */
export type ChannelChoice =
  | { readonly state: "chosen"; readonly indices: readonly (number | null)[] | null }
  | { readonly state: "open"; readonly question: string };

/** Three channels are red, green and blue of a photograph, four have opacity; a one-channel model takes their luminance. */
const photographChannels = [3, 4];

/**
 * @param channels  of the image. @param wanted  what the model takes; null in the choice for an input that it can do
 *        without and the image lacks.
 */
export function chooseChannels(channels: readonly Channel[], wanted: readonly WantedInput[]): ChannelChoice {
  if (channels.length === wanted.length && wanted.length === 1) return { state: "chosen", indices: null };
  const mapping = mapInputs(channels, wanted);
  if (mapping.state === "mapped") return { state: "chosen", indices: mapping.indices };
  const plain = channels.every(({ role }) => role === "other");
  if (wanted.length === 1 && plain && photographChannels.includes(channels.length)) {
    return { state: "chosen", indices: null };
  }
  const question =
    mapping.state === "missing"
      ? `no channel of ${channels.map(({ name }) => `"${name}"`).join(", ")} is known to be ${mapping.role}`
      : `${mapping.candidates.map(({ name }) => `"${name}"`).join(" and ")} could each be the ${mapping.role} channel`;
  return { state: "open", question };
}

/** The image with the chosen channels; a missing one is a channel of zeros. */
export function withChannels(image: ImageArray, indices: readonly (number | null)[] | null): ImageArray {
  const count = axisLength(image, "c");
  const same = indices === null || (indices.length === count && indices.every((c, i) => c === i));
  if (same) return image;
  const found = selectChannels(
    image,
    indices.map((c) => c ?? 0),
  );
  const plane = axisLength(image, "y") * axisLength(image, "x");
  indices.forEach((c, i) => {
    if (c === null) found.data.fill(0, i * plane, (i + 1) * plane);
  });
  return found;
}
