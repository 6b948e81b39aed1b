/**
 * What a newcomer is shown, one thing at a time: where the cells come from, the key that leads through them, how one is
 * corrected, and that nothing is lost. A step ends by itself when its thing was done, so that nobody has to press "Next".
 */

import type { Command } from "../input/keys.ts";

/** What of the editor tells that a step is done. */
export interface Seen {
  readonly cells: number;
  /** The doubt queue was begun. */
  readonly reviewing: boolean;
  /** Cells looked at in the doubt queue. */
  readonly looked: number;
  readonly edits: number;
  readonly undone: boolean;
}

export interface TourStep {
  readonly id: string;
  readonly title: string;
  /** @param key  the person's key of a command, in words for one that has none. */
  readonly text: (key: (command: Command) => string, now: Seen) => string;
  /** `data-testid` of what the step speaks of; null for the image. */
  readonly at: string | null;
  /** @param before  how it was when the step began. Null: read it, go on. */
  readonly done: ((now: Seen, before: Seen) => boolean) | null;
}

/** At most eight: whoever wants more finds it under the help key. */
export const tourSteps: readonly TourStep[] = [
  {
    id: "cells",
    title: "Each outline is a cell",
    text: (key, { cells }) =>
      cells === 0
        ? `There are none yet. Press ${key("accept")}: a model draws what it takes for cells.`
        : "A model or a person drew them. The wheel zooms; hold Space and drag to move about.",
    at: "primary",
    done: (now, before) => (before.cells === 0 && now.cells > 0) || now.reviewing,
  },
  {
    id: "doubt",
    title: "Go where the model is unsure",
    text: (key) => `Press ${key("next-doubt")}. The view goes to the cell that most needs a look.`,
    at: null,
    done: (now) => now.reviewing,
  },
  {
    id: "judge",
    title: "Right or wrong?",
    text: (key) =>
      `Right: ${key("next-doubt")} again, on to the next. Wrong: ${key("fix-doubt")} mends what is plain, or hands you the brush.`,
    at: null,
    done: (now, before) => now.looked > before.looked || now.edits > before.edits,
  },
  {
    id: "correct",
    title: "Correct a cell",
    text: (key) =>
      `Click a cell, press ${key("brush")} and paint what is missing; ${key("eraser")} takes away. ${key("split")} and a line across parts two cells.`,
    at: "tool-brush",
    done: (now, before) => now.edits > before.edits,
  },
  {
    id: "undo",
    title: "Nothing is lost",
    text: (key) =>
      `${key("undo")} takes back any edit, today or next week. Every edit is saved as you make it: it says so here.`,
    at: "save-status",
    done: (now, before) => now.undone && !before.undone,
  },
  {
    id: "accept",
    title: "Finish the image",
    text: (key) =>
      `When its cells are right, ${key("accept")} accepts the image, and once more opens the next one.`,
    at: "primary",
    done: null,
  },
  {
    id: "keys",
    title: "All keys, and yours",
    text: (key) =>
      `${key("help")} shows every key; click one there to change it. ${key("tour")} brings this tour back.`,
    at: "tool-help",
    done: null,
  },
];
