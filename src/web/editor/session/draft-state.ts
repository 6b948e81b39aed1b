/** What can be seen of the draft under way, and what drafts need from the session. */

import type { RawWindow } from "#core/edits/index.ts";
import type { DraftGround, DraftSettings, DraftTarget, DraftTool, PixelMpp } from "../model/draft.ts";
import type { Bench, Outcome } from "../model/gesture.ts";
import type { PlaneAt } from "../model/planes.ts";
import type { SessionView } from "./session-parts.ts";

export interface DraftsState {
  readonly target: DraftTarget | null;
  readonly settings: DraftSettings;
  /** Cells that would be made or changed. */
  readonly cells: number;
  /** Level or tolerance in use. */
  readonly value: number | null;
  /** Lowest and highest intensity of what was read, for sliders. */
  readonly range: readonly [number, number] | null;
  /** The picture's pixels are on their way. */
  readonly reading: boolean;
  /** Why the draft comes to nothing, in words. */
  readonly problem: string | null;
}

export interface DraftsParts {
  readonly bench: () => Bench;
  readonly view: () => SessionView | null;
  readonly newId: () => string;
  readonly mpp: PixelMpp | null;
  readonly select: (uids: readonly string[]) => void;
  readonly commit: (outcome: Outcome) => void;
  /** The tool's work is done: back to selecting. */
  readonly done: () => void;
  readonly note: (text: string) => void;
  /** Other planes of the image, for cells that are carried there; null where there is one only. */
  readonly carry: DraftGround["carry"];
  readonly goTo: (plane: PlaneAt) => void;
}

/** Pixels that were read, kept for the next draft near by. */
export interface RawRead {
  readonly channel: number | null;
  readonly window: RawWindow;
  readonly range: readonly [number, number];
}

export const nothing = {
  target: null,
  cells: 0,
  value: null,
  range: null,
  reading: false,
  problem: null,
} as const;

/** What to do first with each tool. */
export const firstStep: Readonly<Record<DraftTool, string>> = {
  flood: "Click where the flood begins.",
  threshold: "Drag a box over the cells.",
  seeds: "Click a cell once for each part.",
  "grow-by": "Select the cells to grow or shrink.",
  bulk: "Say which cells: smaller, larger, or at the edge.",
  carry: "Select the cells to carry.",
  prompt: "Click a cell, or drag a box around it.",
};
