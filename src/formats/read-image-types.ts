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
  /** Dye or label as the file names it. */
  readonly fluor?: string;
  readonly excitationNm?: number;
  readonly emissionNm?: number;
}

/** One of several images of a file. */
export interface ImageOfFile {
  readonly index: number;
  /** As the file names it; may be "". */
  readonly name: string;
  readonly count: number;
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
  /** Raw words of the file by metadata field (`modality`, `zStepUm`, `frameIntervalS` …); terms are found later. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Which image this is when the file (or set of files) holds several. */
  readonly imageOfFile?: ImageOfFile;
  /** Other files of a set that were read for this image, as the description names them. */
  readonly files?: readonly string[];
  /** What was assumed, dropped or ignored, each a sentence for the person who imports. */
  readonly notes: readonly string[];
}
