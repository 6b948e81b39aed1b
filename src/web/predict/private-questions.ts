/**
 * What must be asked about an image before a model can see it, and the answers to begin with. Pure.
 *
 * The same facts decide as on the server: a model takes one frame and one focal plane, its channels by role, and its own
 * pixel size when it has one.
 */
import { mapInputs } from "#core/prepare/index.ts";
import type { InputContract } from "#nn/index.ts";
import type { PlaneChoice, PrivateImage } from "./private-protocol.ts";

export interface PrivateQuestions {
  /** The file does not say what its pages are. */
  readonly pages: boolean;
  readonly frame: boolean;
  readonly plane: boolean;
  /** Roles of the model to which channels of the image must be given; empty when there is nothing to choose. */
  readonly roles: readonly { readonly role: string; readonly required: boolean }[];
  /** The model wants to know the pixel size, and the file does not tell it. */
  readonly mpp: boolean;
}

type ChannelIndices = readonly (number | null)[] | null;

/** Channels that follow from names and roles as on the server; `open` when a person must say. */
function channelsFor(image: PrivateImage, contract: InputContract): ChannelIndices | "open" {
  const wanted = contract.channels;
  const count = image.channels.length;
  if (count === 1 && wanted.length === 1) return null;
  const named = image.channels.map((channel, index) => ({ ...channel, index }));
  const mapping = mapInputs(named, wanted);
  if (mapping.state === "mapped") return mapping.indices;
  // Red, green and blue of a photograph, perhaps with opacity: a one-channel model takes their luminance.
  const photograph = (count === 3 || count === 4) && image.channels.every(({ role }) => role === "other");
  return wanted.length === 1 && photograph ? null : "open";
}

export function questionsFor(image: PrivateImage, contract: InputContract): PrivateQuestions {
  return {
    pages: image.pages !== null,
    frame: image.frames > 1,
    plane: image.planes > 1,
    roles: channelsFor(image, contract) === "open" ? contract.channels : [],
    mpp: image.mpp === null && contract.mpp !== null,
  };
}

/** Whether a model cannot go ahead without an answer; the pixel size may stay unknown. */
export function mustAsk({ pages, frame, plane, roles }: PrivateQuestions): boolean {
  return pages || frame || plane || roles.length > 0;
}

/**
 * The answers to begin with: first frame, middle plane (where stacks are in focus), channels as they follow from their
 * names, else in order.
 */
export function firstChoice(image: PrivateImage, contract: InputContract): PlaneChoice {
  const channels = channelsFor(image, contract);
  return {
    t: 0,
    z: image.planes >> 1,
    channels: channels === "open" ? channelsInOrder(image, contract) : channels,
    mpp: image.mpp,
    scale: "auto",
  };
}

/** A guess for a person to look at: channels of the stated role, then those of none, in order. */
function channelsInOrder(image: PrivateImage, { channels: wanted }: InputContract): (number | null)[] {
  const taken = new Set<number>();
  return wanted.map(({ role: wantedRole, required }) => {
    const free = (role: string) =>
      image.channels.findIndex((channel, c) => !taken.has(c) && channel.role === role);
    const index = [free(wantedRole), free("other")].find((found) => found >= 0);
    if (index !== undefined) taken.add(index);
    return index ?? (required ? 0 : null);
  });
}
