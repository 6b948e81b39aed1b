/**
 * Looks of channels under a name, kept with the project: colour, contrast, gamma, inversion, visibility.
 *
 * Channels are matched by name, those without a match by place among the channels that are left over, so a palette made
 * on one image fits others of the same stains whatever their order.
 */

import type { Rgb } from "#core/labels/index.ts";
import type { Limits } from "../pixels/contrast.ts";
import type { ChannelLook } from "./look.ts";

interface PaletteChannel {
  readonly name: string;
  readonly visible: boolean;
  readonly colour: Rgb;
  readonly limits: Limits;
  readonly gamma: number;
  readonly inverted: boolean;
}

export interface Palette {
  readonly name: string;
  readonly channels: readonly PaletteChannel[];
}

type Keeper = Pick<Storage, "getItem" | "removeItem"> | null;

const palettesMax = 50;
const channelsMax = 64;

const keyOf = (projectId: string): string => `cellfoundry-palettes-${projectId}`;

/** What earlier versions kept in the browser, for one project only: it is taken over to the project once. */
export function readOldPalettes(storage: Keeper, projectId: string): Palette[] {
  try {
    const found: unknown = JSON.parse(storage?.getItem(keyOf(projectId)) ?? "[]");
    return Array.isArray(found) ? found.filter(isPalette).slice(0, palettesMax) : [];
  } catch {
    return [];
  }
}

export function forgetOldPalettes(storage: Keeper, projectId: string): void {
  try {
    storage?.removeItem(keyOf(projectId));
  } catch {
    // Then they are found again, under names that the project has by now.
  }
}

export function paletteOf(name: string, channels: readonly ChannelLook[]): Palette {
  return {
    name: name.trim(),
    channels: channels.map(({ name: channel, visible, colour, limits, gamma, inverted }) => ({
      name: channel,
      visible,
      colour,
      limits,
      gamma,
      inverted,
    })),
  };
}

/** @param contrast  whether limits are taken, too; otherwise each channel keeps its own. */
export function applyPalette(
  channels: readonly ChannelLook[],
  palette: Palette,
  contrast: boolean,
): ChannelLook[] {
  const left = [...palette.channels];
  const take = (at: number): PaletteChannel | undefined => (at < 0 ? undefined : left.splice(at, 1)[0]);
  const named = channels.map(({ name }) => take(left.findIndex((one) => one.name === name)));
  return channels.map((channel, i) => {
    const found = named[i] ?? take(0);
    if (found === undefined) return channel;
    const { visible, colour, gamma, inverted, limits } = found;
    return { ...channel, visible, colour, gamma, inverted, ...(contrast ? { limits } : {}) };
  });
}

function isPalette(value: unknown): value is Palette {
  const { name, channels } = (value ?? {}) as Partial<Palette>;
  return (
    typeof name === "string" &&
    name !== "" &&
    Array.isArray(channels) &&
    channels.length <= channelsMax &&
    channels.every(isPaletteChannel)
  );
}

function isPaletteChannel(value: unknown): value is PaletteChannel {
  const channel = (value ?? {}) as Partial<PaletteChannel>;
  const numbers = (list: unknown, length: number): boolean =>
    Array.isArray(list) && list.length === length && list.every((one) => Number.isFinite(one));
  return (
    typeof channel.name === "string" &&
    typeof channel.visible === "boolean" &&
    typeof channel.inverted === "boolean" &&
    typeof channel.gamma === "number" &&
    channel.gamma > 0 &&
    numbers(channel.colour, 3) &&
    numbers(channel.limits, 2)
  );
}
