/**
 * How well a model fits images, by what is known of both without looking at a pixel: what comes first in a list of models.
 *
 * A model that was made for such channels or such a modality comes before one of which nothing is known, and that before
 * one that was made for others. It is an order, not a gate: a person may choose any.
 */
import { channelRoles } from "../ontology/index.ts";
import { mapChannels, mapInputs, type NamedChannel, type WantedInput } from "./map-channels.ts";

export interface FittedModel {
  readonly inputs: readonly WantedInput[];
  /** Words of the images it was trained on; empty when they said none. */
  readonly modalities: readonly string[];
}

export interface FittedImage {
  readonly channels: readonly NamedChannel[];
  readonly modality: string | null;
}

/** Nothing of the image says which model it is for, and this one is for one kind of images, or for several channels. */
const special = 0.25;

/**
 * @returns -1 (made for others) to 1 (made for such); 0 = nothing speaks for or against it. Pure.
 */
export function modelFit(image: FittedImage, model: FittedModel): number {
  const channel = channelFit(image.channels, model.inputs);
  if (channel !== 0) return channel;
  if (model.modalities.length === 0) return 0;
  if (image.modality === null) return -special;
  return model.modalities.some((word) => sameWord(word, image.modality)) ? 1 : -1;
}

function channelFit(channels: readonly NamedChannel[], inputs: readonly WantedInput[]): number {
  const required = inputs.filter((input) => input.required).map(({ role }) => role);
  const needed = mapChannels(channels, required);
  const isTold = (role: (typeof channelRoles)[number]): boolean => {
    if (role === "other") return false;
    const found = mapChannels(channels, [role]);
    return found.state === "ambiguous" || (found.state === "mapped" && found.by[0] !== "only");
  };
  // One channel, or a photograph, of which nobody said what it shows, is something to any model of one input.
  if (needed.state !== "mapped") return inputs.length === 1 && !channelRoles.some(isTold) ? 0 : -1;
  if (needed.by.every((by) => by === "only")) return inputs.length === 1 ? 0 : -special;
  const mapping = mapInputs(channels, inputs);
  if (mapping.state !== "mapped") return -1;
  // Of models for such channels, the one that uses more of them was made for them, then the one that misses fewer inputs.
  const missing = mapping.indices.filter((index) => index === null).length;
  const unused = channels.filter(
    ({ index, role }) => role !== "other" && !mapping.indices.includes(index),
  ).length;
  return 1 - Math.min(0.5, 0.1 * missing + 0.2 * unused);
}

const sameWord = (a: string, b: string | null): boolean => a.trim().toLowerCase() === b?.trim().toLowerCase();
