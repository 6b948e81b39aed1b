/** How the image and its labels are shown. A matter of taste, so it stays in the browser. */

import type { Rgb } from "#core/labels/index.ts";
import type { Colouring } from "../layers/colour-by.ts";
import type { Limits } from "../pixels/contrast.ts";
import { Store } from "./store.ts";

export interface ChannelLook {
  readonly index: number;
  readonly name: string;
  readonly visible: boolean;
  readonly colour: Rgb;
  readonly limits: Limits;
  /** What the automatic limits were. */
  readonly automatic: Limits;
  /** Ends of the slider. */
  readonly range: Limits;
  /** Brightness is share ** gamma: below 1 brings out what is dim. */
  readonly gamma: number;
  readonly inverted: boolean;
}

export interface Look {
  /** Null until the pixels have been looked at. */
  readonly channels: readonly ChannelLook[] | null;
  /** Every frame and slice has the contrast that suits it. */
  readonly contrastPerPlane: boolean;
  readonly labels: boolean;
  readonly outlines: boolean;
  readonly fillOpacity: number;
  readonly outlineOpacity: number;
  /** By what cells are coloured; "cells" also while they are coloured by what was chosen, or by a measurement. */
  readonly colouring: Colouring;
  /** Colours of cells by what was chosen, or by a measurement; null for the colours that tell neighbours apart. */
  readonly cellColour: ((uid: string) => Rgb) | null;
}

type Kept = Pick<Look, "labels" | "outlines" | "fillOpacity" | "outlineOpacity" | "contrastPerPlane">;

const storageKey = "cellfoundry-look";
const firstLook: Look = {
  channels: null,
  contrastPerPlane: false,
  labels: true,
  outlines: true,
  fillOpacity: 0.18,
  outlineOpacity: 0.9,
  colouring: "cells",
  cellColour: null,
};

/** The look as it was left, with every later change kept. */
export function createLook(storage: Pick<Storage, "getItem" | "setItem"> | null): Store<Look> {
  const look = new Store<Look>({ ...firstLook, ...readKept(storage) });
  let last = "";
  look.subscribe(() => {
    const { labels, outlines, fillOpacity, outlineOpacity, contrastPerPlane } = look.get();
    const kept: Kept = { labels, outlines, fillOpacity, outlineOpacity, contrastPerPlane };
    const text = JSON.stringify(kept);
    if (text === last) return;
    last = text;
    try {
      storage?.setItem(storageKey, text);
    } catch {
      // A full or forbidden storage only means that the look starts anew next time.
    }
  });
  return look;
}

function readKept(storage: Pick<Storage, "getItem"> | null): Partial<Kept> {
  try {
    const found = JSON.parse(storage?.getItem(storageKey) ?? "{}") as Record<string, unknown>;
    const share = (value: unknown): value is number => typeof value === "number" && value >= 0 && value <= 1;
    return {
      ...(found["contrastPerPlane"] === true ? { contrastPerPlane: true } : {}),
      ...(typeof found["labels"] === "boolean" ? { labels: found["labels"] } : {}),
      ...(typeof found["outlines"] === "boolean" ? { outlines: found["outlines"] } : {}),
      ...(share(found["fillOpacity"]) ? { fillOpacity: found["fillOpacity"] } : {}),
      ...(share(found["outlineOpacity"]) ? { outlineOpacity: found["outlineOpacity"] } : {}),
    };
  } catch {
    return {};
  }
}

/** Changes one channel. */
export function setChannel(look: Store<Look>, index: number, patch: Partial<ChannelLook>): void {
  const { channels } = look.get();
  if (channels === null) return;
  look.set({ channels: channels.map((channel, i) => (i === index ? { ...channel, ...patch } : channel)) });
}
