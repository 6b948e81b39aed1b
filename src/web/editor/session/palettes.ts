/**
 * Looks of channels under a name, kept in the browser per project: colour, contrast, gamma, inversion, visibility.
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

type Keeper = Pick<Storage, "getItem" | "setItem"> | null;

/** More would no longer be a list one looks through. */
const palettesMax = 50;
const channelsMax = 64;
export const paletteNameMax = 60;

const keyOf = (projectId: string): string => `cellfoundry-palettes-${projectId}`;

export function readPalettes(storage: Keeper, projectId: string): Palette[] {
  try {
    const found: unknown = JSON.parse(storage?.getItem(keyOf(projectId)) ?? "[]");
    return Array.isArray(found) ? found.filter(isPalette).slice(0, palettesMax) : [];
  } catch {
    return [];
  }
}

/** @returns whether the browser took it: its storage may be full or forbidden. */
export function writePalettes(storage: Keeper, projectId: string, palettes: readonly Palette[]): boolean {
  try {
    if (storage === null) return false;
    storage.setItem(keyOf(projectId), JSON.stringify(palettes.slice(0, palettesMax)));
    return true;
  } catch {
    return false;
  }
}

export function paletteOf(name: string, channels: readonly ChannelLook[]): Palette {
  return {
    name: name.trim().slice(0, paletteNameMax),
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

/** A palette of a name that is there already takes its place. */
export function withPalette(palettes: readonly Palette[], palette: Palette): Palette[] {
  const others = palettes.filter(({ name }) => name !== palette.name);
  return [...others, palette].sort((a, b) => a.name.localeCompare(b.name)).slice(0, palettesMax);
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
