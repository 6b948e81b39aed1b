/**
 * A layout: a known arrangement of files (LIVECell, Cell Tracking Challenge, TissueNet …) and how it becomes images.
 *
 * Three steps, so that a dry run, an import and a resumed import decide alike: `plan` looks at names and, where names
 * do not tell, at first bytes; `open` prepares reading; the reader gives one item at a time. Items are plain JSON: they
 * travel to the thread that decodes and survive a crash of it. A reader may keep the container it read last (an npz of
 * 2,600 images is decoded once when its items are read in order), never more than one.
 */
import type { ObjectShape } from "#core/labels/index.ts";
import type { ReadImage } from "../read-image-types.ts";
import type { StreamedImage } from "../streamed-image.ts";
import type { FileEntry, IgnoredFile } from "./plan.ts";

/** The files of an import: names with sizes, bytes on demand. */
export interface ImportFiles {
  /** Name of the import for people: the folder's or the file's name. */
  readonly title: string;
  /** Sorted by path. */
  readonly entries: readonly FileEntry[];
  /** @throws FoundryError `limit.bytes`, `request.notFound`. */
  read(path: string): Promise<Uint8Array>;
  /**
   * Bytes [from, to) of a file, where the place the files lie in can give them: archives of arrays (TissueNet, PanNuke,
   * .trks) are larger than memory and are read piece by piece. Without it they are read whole.
   */
  readRange?(path: string, from: number, to: number): Promise<Uint8Array>;
}

/** What images that must stay on one side of a split have in common, from the narrowest to the widest. */
export const groupLevels = ["field", "movie", "well", "slide", "specimen", "donor", "source"] as const;

export type GroupLevel = (typeof groupLevels)[number];

export interface GroupKey {
  /** Unique within the import: "A172 well B7", "TCGA-18-5592". */
  readonly key: string;
  readonly level: GroupLevel;
}

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

export type LayerCompartment = "nuclear" | "wholeCell" | "cytoplasm";

/** One image-to-be. */
export interface LayoutItem {
  /** Unique in the plan. */
  readonly name: string;
  /** File to name in messages. */
  readonly imagePath: string;
  /** Where the item lies; only its own layout understands it. */
  readonly locator: JsonValue;
  /** Compartments for which the source brings labels; empty when it brings none. */
  readonly layers: readonly LayerCompartment[];
  /** Raw words of the source by field name (`organ`, `cellLine`, `platform` …); terms are found later. */
  readonly metadata: Readonly<Record<string, string>>;
  /** `null` when the source does not say; the importer warns and keeps the import together. */
  readonly group: GroupKey | null;
  /** Micrometres per pixel when the layout (not the file) says so. */
  readonly mpp: { readonly y: number; readonly x: number } | null;
}

export interface LayoutPlan {
  readonly items: readonly LayoutItem[];
  readonly ignored: readonly IgnoredFile[];
  /** What was found, assumed or is known to be wrong in this data set, each a sentence. */
  readonly notes: readonly string[];
  /** SPDX name or the terms in words, when the data set's publisher states them; else `null`. */
  readonly licence: string | null;
}

/** One object as the source has it. */
export interface ReadObject {
  /** Value in the source's label image, or position in its list, from 1. */
  readonly label: number;
  readonly shape: ObjectShape;
  /** Whether a person drew it, when the source says (`ismanual`). */
  readonly manual?: boolean;
  /** Raw word for its type. */
  readonly cellType?: string;
}

/** Continues or divides: object `from` in its frame becomes object `to` in a later one. */
export interface ReadLink {
  /** Positions in `objects`. */
  readonly from: number;
  readonly to: number;
  readonly kind: "link" | "division";
}

export interface ReadLayer {
  readonly compartment: LayerCompartment;
  /** "" for the main layer of a compartment; a second one of the same compartment needs a name ("tracking markers"). */
  readonly name: string;
  readonly truth: "gold" | "silver" | "synthetic" | "prediction";
  /** Whether every cell is labelled; only then is unlabelled background. */
  readonly coverage: "exhaustive" | "sparse" | "region";
  /** Of coverage "region": where everything is labelled, as of frame 0 and plane 0; holds for all of them. */
  readonly region?: ObjectShape | undefined;
  /** No two share a pixel, unless the choices keep overlaps: `resolveOverlaps` of core/labels has seen to it and `notes` say how many pixels it moved. */
  readonly objects: readonly ReadObject[];
  readonly links: readonly ReadLink[];
}

export interface ReadItem {
  readonly image: ReadImage;
  readonly layers: readonly ReadLayer[];
  readonly notes: readonly string[];
}

/** An item whose image is too large for memory. */
export interface StreamedItem {
  readonly image: StreamedImage;
  readonly layers: readonly ReadLayer[];
  readonly notes: readonly string[];
}

export interface ItemReader {
  /** @throws FoundryError `format.*`, `limit.*` naming file, place, reason and remedy; the other items go on. */
  read(item: LayoutItem): Promise<ReadItem>;
  /**
   * The item in rows, when its image is too large to be read whole; `null` when it is not. Absent in layouts that cannot
   * give rows. @param tooLarge  `read` has failed for the size.
   */
  stream?(item: LayoutItem, tooLarge: boolean): Promise<StreamedItem | null>;
}

/** What a person answered where files leave it open; layouts that know better need not look. */
export interface ReadChoices {
  /** What the pages of a TIFF are that does not say so. */
  readonly pagesAre?: "t" | "c" | "z";
  /** Objects that overlap in formats of outlines per object stay whole; default: the earlier keeps what two share. */
  readonly keepOverlaps?: boolean;
  /** Values of an image that is read whole at most; default `wholeValuesMax` of core/array. */
  readonly wholeValuesMax?: number;
}

export interface Layout {
  /** Name on the command line: "livecell". */
  readonly format: string;
  /** For people: "LIVECell". */
  readonly title: string;
  /**
   * @returns `null` when the files are not of this layout. Cheap: reads at most a few small files or beginnings.
   * @throws FoundryError when they are of this layout but cannot be used at all.
   */
  plan(files: ImportFiles): Promise<LayoutPlan | null>;
  open(files: ImportFiles, choices?: ReadChoices): ItemReader;
}
