/**
 * Pixels asked for before there is anything to show them on.
 *
 * The picture's surface comes when the cells are there, and cells of a full slide take as long as its pixels. So the pyramid
 * and the automatic contrast of the first plane are fetched beside them; the first surface takes what has come.
 */

import { firstPlane, type PlaneAt, samePlane } from "../model/planes.ts";
import type { OpenedImage } from "./open-image.ts";

interface StartedImage {
  readonly opened: Promise<OpenedImage>;
  /** Calls off what is still being fetched; `opened` may then reject. */
  close(): void;
}

export interface ImageAhead {
  /** The image opened at a plane: once the one that was begun, if it is of this plane; else another. Caller closes it. */
  take(plane: PlaneAt): StartedImage;
  /** Calls off what nobody took. */
  close(): void;
}

/** @param open  fetches until the signal says otherwise. */
export function openAhead(open: (plane: PlaneAt, signal: AbortSignal) => Promise<OpenedImage>): ImageAhead {
  const begin = (plane: PlaneAt): StartedImage => {
    const abort = new AbortController();
    const opened = open(plane, abort.signal);
    // Whoever takes it hears of a failure; until then nobody listens.
    opened.catch(() => undefined);
    return { opened, close: () => abort.abort() };
  };
  let begun: StartedImage | null = begin(firstPlane);
  const close = (): void => {
    begun?.close();
    begun = null;
  };
  return {
    take(plane) {
      const first = samePlane(plane, firstPlane) ? begun : null;
      if (first === null) return begin(plane);
      begun = null;
      return first;
    },
    close,
  };
}
