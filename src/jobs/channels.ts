/** Channels of a stored image mapped to what a model takes, the same for training and for scoring. */

import { axisLength, type ImageArray } from "#core/array/index.ts";
import { mapChannels, selectChannels } from "#core/prepare/index.ts";
import type { Channel } from "#store/index.ts";

/** Which channels to take: indices, null to take the image as it is, or a question for a person. */
export type ChannelChoice =
  | { readonly state: "chosen"; readonly indices: readonly number[] | null }
  | { readonly state: "open"; readonly question: string };

/** Three channels are red, green and blue of a photograph, four have opacity; a one-channel model takes their luminance. */
const photographChannels = [3, 4];

/**
 * @param channels  of the image. @param wanted  roles of the model's inputs.
 */
export function chooseChannels(channels: readonly Channel[], wanted: readonly string[]): ChannelChoice {
  if (channels.length === wanted.length && wanted.length === 1) return { state: "chosen", indices: null };
  const mapping = mapChannels(channels, wanted);
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

/** The image with the chosen channels. */
export function withChannels(image: ImageArray, indices: readonly number[] | null): ImageArray {
  const same =
    indices === null || (indices.length === axisLength(image, "c") && indices.every((c, i) => c === i));
  return same ? image : selectChannels(image, indices);
}
