/**
 * How the channels of an image are shown at first: colour, visibility, and whether they are a colour photograph.
 */

import type { Rgb } from "#core/labels/index.ts";

export interface ChannelFacts {
  readonly index: number;
  readonly name: string;
  readonly role: string;
}

/** Viv draws at most this many channels at once. */
export const shownChannelsMax = 10;

/** Green, magenta, cyan and yellow stay apart for every kind of colour vision better than red with green. */
const channelColours: readonly Rgb[] = [
  [0, 255, 0],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 0],
  [255, 128, 0],
  [120, 140, 255],
];
const white: Rgb = [255, 255, 255];
const roleColours: Readonly<Record<string, Rgb>> = {
  nuclear: [90, 160, 255],
  membrane: [0, 255, 120],
  cytoplasm: [255, 90, 220],
};

/** Whether three channels are red, green and blue of one photograph. */
export function isRgb(channels: readonly ChannelFacts[]): boolean {
  if (channels.length !== 3) return false;
  const names = channels.map((channel) => channel.name.trim().toLowerCase());
  return ["red", "green", "blue"].every(
    (colour, i) => names[i] === colour || names[i] === colour.charAt(0) || names[i] === `rgb ${colour}`,
  );
}

/** First colour of a channel. One channel alone is grey: the eye sees more levels of grey than of any colour. */
export function firstColour(channels: readonly ChannelFacts[], index: number): Rgb {
  if (channels.length === 1) return white;
  if (isRgb(channels))
    return (
      (
        [
          [255, 0, 0],
          [0, 255, 0],
          [0, 0, 255],
        ] as const
      )[index] ?? white
    );
  const role = channels[index]?.role ?? "other";
  const sameRole = channels.findIndex((channel) => channel.role === role);
  const ofRole = roleColours[role];
  if (ofRole !== undefined && sameRole === index) return ofRole;
  return channelColours[index % channelColours.length] ?? white;
}
