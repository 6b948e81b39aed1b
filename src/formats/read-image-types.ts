/**
 * What reading an image gives, whatever its format.
 */
import type { ImageArray } from "#core/array/index.ts";

/** Micrometres per pixel. */
export interface Mpp {
  readonly y: number;
  readonly x: number;
}

export interface ReadChannel {
  /** As the file names it; "" when it does not. */
  readonly name: string;
  /** Use of the channel, when the name leaves no doubt. */
  readonly role?: "nuclear" | "membrane" | "cytoplasm" | "phase" | "brightfield" | "other";
}

export interface ReadImage {
  /** Axes a subset of tczyx; axes of size 1 are left out, except yx. */
  readonly image: ImageArray;
  /** One per index of axis c; one when there is no axis c. */
  readonly channels: readonly ReadChannel[];
  readonly mpp: Mpp | null;
  /** Where `mpp` comes from; `null` when there is none. */
  readonly mppSource: "ome" | "imagej" | "resolution" | "png" | null;
  /** Set when the file does not say what its pages are: the axis they were taken for. The importer asks. */
  readonly pagesGuess?: { readonly axis: "t" | "c" | "z"; readonly pages: number };
  /** What was assumed, dropped or ignored, each a sentence for the person who imports. */
  readonly notes: readonly string[];
}
