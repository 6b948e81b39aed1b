/**
 * What must be asked about an image before a model can see it, and the answers to begin with. Pure.
 *
 * The same facts decide as on the server: a model takes one frame and one focal plane, its channels by role, and its own
 * pixel size when it has one.
 */
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

/** Grey, RGB and RGB with opacity become one channel without a question, as on the server. */
function channelsFit(count: number, wanted: number): boolean {
  return count === wanted || (wanted === 1 && (count === 3 || count === 4));
}

export function questionsFor(image: PrivateImage, contract: InputContract): PrivateQuestions {
  return {
    pages: image.pages !== null,
    frame: image.frames > 1,
    plane: image.planes > 1,
    roles: channelsFit(image.channels.length, contract.channels.length) ? [] : contract.channels,
    mpp: image.mpp === null && contract.mpp !== null,
  };
}

/** Whether a model can go ahead without an answer; the pixel size may stay unknown. */
export function mustAsk({ pages, frame, plane, roles }: PrivateQuestions): boolean {
  return pages || frame || plane || roles.length > 0;
}

/**
 * The answers to begin with: first frame, middle plane (where stacks are in focus), channels by role, then in order.
 */
export function firstChoice(image: PrivateImage, contract: InputContract): PlaneChoice {
  const { roles } = questionsFor(image, contract);
  return {
    t: 0,
    z: image.planes >> 1,
    channels: roles.length === 0 ? null : channelsByRole(image, roles),
    mpp: image.mpp,
  };
}

function channelsByRole(image: PrivateImage, roles: PrivateQuestions["roles"]): (number | null)[] {
  const taken = new Set<number>();
  const take = (index: number): number | null => {
    if (index < 0) return null;
    taken.add(index);
    return index;
  };
  const known = roles.map(({ role }) => take(image.channels.findIndex((channel) => channel.role === role)));
  return known.map((index, i) => {
    if (index !== null || roles[i]?.required !== true) return index;
    return take(image.channels.findIndex((channel, c) => !taken.has(c) && channel.role === null)) ?? 0;
  });
}
