/**
 * What the storing process and a decoding process say to each other.
 *
 * One call at a time; while it runs, the decoder names each file it begins to read, which is its sign of life. Values
 * are plain data and typed arrays (structured clone).
 */

import type { WireError } from "#core/errors.ts";
import type { LayerCompartment, LayoutItem, OntologyFile, ReadChannel } from "#formats/index.ts";
import type { PackedObjects } from "#store/packed-objects.ts";
import type { PackedLink } from "#store/prepared-image.ts";
import type { PlannedImport, PlanOptions } from "../plan-import.ts";

/** Where the files lie; a decoder opens them itself, so that no byte of them passes through the storing process. */
export type SourcePlace =
  | { readonly kind: "folder"; readonly path: string; readonly title?: string }
  | { readonly kind: "staged"; readonly path: string; readonly title: string };

/** Answers to what files leave open. */
export interface ReadAnswers {
  readonly pagesAre?: "t" | "c" | "z";
  readonly compartment?: LayerCompartment;
  /** Cells that share pixels stay whole, and layers let them; default: each pixel goes to one. */
  readonly keepOverlaps?: boolean;
}

export interface Calls {
  readonly plan: { readonly options: PlanOptions };
  readonly read: {
    readonly format: string;
    readonly item: LayoutItem;
    readonly answers: ReadAnswers;
    /** Without pixels and shapes, with statistics: for a dry run. */
    readonly inspect: boolean;
    /** Draw small pictures of it, for a person to recognise. */
    readonly preview: boolean;
  };
  /** Digests of files that no reader read whole. */
  readonly digest: { readonly paths: readonly string[] };
  readonly ontology: { readonly path: string };
}

export interface Answers {
  readonly plan: PlannedImport;
  readonly read: DecodedItem;
  readonly digest: readonly FileDigest[];
  readonly ontology: OntologyFile;
}

export type CallKind = keyof Calls;

export interface FileDigest {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, hex. */
  readonly digest: string;
}

export interface DecodedLayer {
  readonly compartment: LayerCompartment;
  readonly name: string;
  readonly truth: "gold" | "silver" | "synthetic" | "prediction";
  readonly coverage: "exhaustive" | "sparse" | "region";
  readonly overlapAllowed: boolean;
  /** Encoded shape of the region in which everything is labelled; null for none. */
  readonly region: Uint8Array | null;
  readonly objects: PackedObjects;
  readonly links: readonly PackedLink[];
  /** Pixels in each object, for statistics; empty when not asked for. */
  readonly areas: Uint32Array;
}

/** Small PNG pictures of one image. */
export interface Preview {
  /** The image with the outlines of its labels. */
  readonly whole: Uint8Array;
  /** What has to be told apart: some of its undeclared pages, or its channels. */
  readonly parts: readonly { readonly title: string; readonly png: Uint8Array }[];
}

export interface DecodedItem {
  readonly axes: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** SHA-256 of the canonical bytes of the array; null for a large image that is only looked at. */
  readonly digest: string | null;
  /** The canonical bytes; or the file of the spool folder in which they lie when there are many; null to inspect. */
  readonly pixels: Uint8Array | { readonly file: string } | null;
  readonly channels: readonly ReadChannel[];
  readonly mpp: { readonly y: number; readonly x: number } | null;
  readonly mppSource: string | null;
  /** What nobody has said yet. */
  readonly pagesGuess: { readonly axis: "t" | "c" | "z"; readonly pages: number } | null;
  readonly layers: readonly DecodedLayer[];
  /** Null when not asked for. */
  readonly preview: Preview | null;
  readonly notes: readonly string[];
  /** Files read whole for this item. */
  readonly files: readonly FileDigest[];
  /** Files of which parts were read. */
  readonly touched: readonly string[];
}

export type ToDecoder = {
  readonly [K in CallKind]: { readonly id: number; readonly kind: K; readonly args: Calls[K] };
}[CallKind];

export type FromDecoder =
  | { readonly id: number; readonly state: "done"; readonly value: Answers[CallKind] }
  | { readonly id: number; readonly state: "failed"; readonly error: WireError }
  | { readonly id: number; readonly state: "reading"; readonly path: string; readonly size: number };

/** How a decoder is started: the arguments of its process. */
export interface DecoderStart {
  readonly place: SourcePlace;
  /** Folder for arrays too large to send. */
  readonly spool: string;
  readonly memoryBytesMax: number;
  /** Values of an image that is decoded whole at most; default that of core/array. */
  readonly wholeValuesMax?: number;
}

/** The signal by which a decoder ends itself when it takes too much memory. */
export const memorySignal = "SIGUSR2";
