/** A draft laid over the labels, as far as it lies in the plane on the screen; taken away only if it was there. */

import type { ObjectChange } from "#core/edits/index.ts";
import { type PlaneAt, samePlane } from "../model/planes.ts";
import type { SessionView } from "./session-parts.ts";

export class DraftOverlay {
  readonly #view: () => SessionView | null;
  #showing = false;

  constructor(view: () => SessionView | null) {
    this.#view = view;
  }

  /** Replaces what was shown. @param plane  the one on the screen. */
  show(changes: readonly ObjectChange[], plane: PlaneAt): void {
    const here = changes.filter(({ before, after }) => {
      const shape = after ?? before;
      return shape !== null && samePlane(shape, plane);
    });
    if (here.length === 0) {
      this.hide();
      return;
    }
    this.#showing = true;
    this.#view()?.previewDraft(here);
  }

  hide(): void {
    if (this.#showing) this.#view()?.previewEnded();
    this.#showing = false;
  }
}
