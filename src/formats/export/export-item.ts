/**
 * What an export is given: images with labels and everything known of them, one at a time, and the facts of the whole.
 *
 * An exporter turns a source of items into a stream of files and holds one item at a time, so that a dataset of any
 * size leaves in bounded memory; what needs two looks (a split per file) goes through the source twice. Pixels are read
 * only when asked for. The same items give the same bytes: no clock, no chance.
 */
import type { Dtype, ImageArray } from "#core/array/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import type { LicenceReport } from "#core/licence/index.ts";
import type { Spot } from "#core/spots/index.ts";
import type { Mpp } from "../read-image-types.ts";

export interface ExportObject {
  /** Identity for life. */
  readonly uid: string;
  /** Pixel value in label images. */
  readonly label: number;
  readonly shape: ObjectShape;
  /** Names of its types with "; " between, or the raw word of its source. */
  readonly cellType: string | null;
  /** Its types as terms, and how each came to it; absent where it has a raw word or nothing. */
  readonly types?: readonly { readonly term: string; readonly by: string }[];
  /** Who or what made its present shape: "person", "model", "importer", "rule", "service". */
  readonly agentKind: string;
}

/** Continues or divides; by uid. */
export interface ExportLink {
  readonly fromUid: string;
  readonly toUid: string;
  readonly kind: "link" | "division";
}

interface ExportSpot extends Spot {
  readonly uid: string;
}

export interface ExportLayer {
  readonly compartment: "nuclear" | "wholeCell" | "cytoplasm";
  /** "" for the main layer. */
  readonly name: string;
  readonly truth: string;
  readonly coverage: string;
  /** Whether cells may share pixels; absent: no. */
  readonly overlapAllowed?: boolean;
  /** Digest over all objects of the revision. */
  readonly root: string;
  readonly objects: readonly ExportObject[];
  readonly links: readonly ExportLink[];
  /** In order of uid. */
  readonly spots: readonly ExportSpot[];
}

export interface ExportItem {
  /** Unique within the export; may hold any characters. */
  readonly name: string;
  readonly axes: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly readImage: () => Promise<ImageArray>;
  readonly channels: readonly { readonly name: string; readonly role: string }[];
  readonly mpp: Mpp | null;
  readonly layers: readonly ExportLayer[];
  /** Raw words by field. */
  readonly metadata: Readonly<Record<string, string>>;
  /** CURIE by field, where a term is known. */
  readonly terms: Readonly<Record<string, string>>;
  /** Training bucket by field. */
  readonly buckets: Readonly<Record<string, string>>;
  /** `null` outside a dataset version. */
  readonly role: ExportRole | null;
  readonly group: string;
  readonly source: { readonly title: string; readonly licence: string; readonly url: string };
  readonly arrayDigest: string;
}

/** Facts of the whole export; all of them end in its metadata files. */
export interface ExportFacts {
  readonly name: string;
  /** SemVer of the dataset version; `null` for a selection that was not frozen. */
  readonly version: string | null;
  /** Digest of the dataset version. */
  readonly digest: string | null;
  readonly splitDigest: string | null;
  readonly query: string;
  readonly description: string;
  readonly licence: LicenceReport;
  /** Names to credit; empty is written as the lab's name by the caller. */
  readonly creators: readonly string[];
  /** ISO date of the freeze, not of the export, so that bytes stay the same. */
  readonly datePublished: string;
  /** Where the data live, for readers of the metadata; a page of the lab or a DOI. */
  readonly url: string;
  /** `channels`: the most any image has. */
  readonly counts: { readonly images: number; readonly cells: number; readonly channels: number };
  /** `name@version` of models that proposed labels. */
  readonly models: readonly string[];
  readonly tool: { readonly name: string; readonly version: string };
}

export type ExportRole = "train" | "validation" | "test";

export interface ExportSource {
  /** Items in the order of the dataset version, each time the same. @param role  of this role only. */
  items(role?: ExportRole): AsyncIterable<ExportItem>;
}

export interface ExportFile {
  /** Relative, with forward slashes; every part is a safe file name. */
  readonly path: string;
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
  /**
   * Name of the item whose picture this is, so that lists can lead to it and the sheet can describe it: the first one is
   * its main file. Of a Zarr hierarchy it is the metadata of the root, listed by its folder.
   */
  readonly itemName?: string;
}

export interface Exporter {
  /** Name on the command line: "coco". */
  readonly format: string;
  /** For people: "COCO". */
  readonly title: string;
  /** One sentence: who reads it and what it holds. */
  readonly explains: string;
  /** What this format cannot hold, a few words each: "overlaps", "depth". Empty when nothing is lost. */
  readonly drops: readonly string[];
  /** Whether cells that overlap keep all their pixels; absent: it holds label images, and the larger label wins. */
  readonly keepsOverlaps?: boolean;
  /** Whether each layer has a folder of its own that is imported by itself, and so holds its own sheet. */
  readonly perLayer?: boolean;
  /** How often `write` goes through all items; default 1. */
  readonly passes?: number;
  /** Files of each role for the Hugging Face hub, when it can load them; patterns. */
  readonly shards?: Readonly<Record<ExportRole, string>>;
  write(source: ExportSource, facts: ExportFacts): AsyncIterable<ExportFile>;
  /** A short Python program that loads the export with NumPy and tifffile where they suffice; `load.py`. */
  readonly loader: string;
}
