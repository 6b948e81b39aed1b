/**
 * What page and worker say to each other about predictions in the browser ("private mode").
 *
 * The page asks, the worker answers once per question and tells of progress meanwhile. Pixels go into the worker as the
 * chosen file and come out as pictures and downloads; they never go anywhere else. Errors cross as wire errors.
 */
import type { WireError } from "#core/errors.ts";
import type { Compartment, ScaleRequest, UsedScale } from "#nn/index.ts";
import type { SettingsByCompartment } from "./private-settings.ts";

/** The model version to use, as the list of released models tells it. */
export interface PrivateModel {
  readonly id: string;
  /** `name@version` */
  readonly name: string;
  readonly onnxDigest: string;
  readonly onnxBytes: number;
  readonly contract: Readonly<Record<string, unknown>>;
}

export type PageAxis = "t" | "c" | "z";

/** What the worker found in a file; the page asks about what is not said in it. */
export interface PrivateImage {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly frames: number;
  readonly planes: number;
  /** Names as in the file, "" when it has none; roles where the name leaves no doubt, else "other". */
  readonly channels: readonly { readonly name: string; readonly role: string }[];
  readonly mpp: { readonly y: number; readonly x: number } | null;
  /** Set when the file does not say what its pages are. */
  readonly pages: { readonly axis: PageAxis; readonly count: number } | null;
  readonly notes: readonly string[];
}

export interface PlaneChoice {
  readonly t: number;
  readonly z: number;
  /** Channel of the image for each channel of the model, `null` where it has none; or all channels as they are. */
  readonly channels: readonly (number | null)[] | null;
  readonly mpp: { readonly y: number; readonly x: number } | null;
  /** Model pixels per image pixel, or how to find out. */
  readonly scale: ScaleRequest;
}

/** `automatic`: the graphics card when there is a real one, else the processor. */
export type DeviceChoice = "automatic" | "webgpu" | "wasm";

/** Where and how it is computed, in facts; words are the page's. */
export interface DeviceFacts {
  readonly device: "webgpu" | "wasm";
  readonly threads: number;
  /** The page may share memory between threads. */
  readonly isolated: boolean;
  /** Name of the graphics card as the browser tells it; "" when it keeps it to itself. */
  readonly adapter: string;
  /** Why the graphics card was not used although it was tried. */
  readonly refusal: string | null;
}

/** Bytes that came over the network for this prediction; 0 when everything was kept from before. */
export interface LoadedBytes {
  readonly runtime: number;
  readonly model: number;
}

/** The objects of one compartment. */
export interface PrivateCompartment {
  readonly compartment: Compartment;
  readonly cellCount: number;
  /** Fill and outline of each object, opacity as in the server's overlay; PNG. */
  readonly overlay: Blob;
}

export interface PrivateCells {
  /** In the order of the model's contract; at least one. */
  readonly compartments: readonly PrivateCompartment[];
  readonly settings: SettingsByCompartment;
}

export interface PrivateResult extends PrivateCells {
  readonly name: string;
  readonly model: string;
  readonly height: number;
  readonly width: number;
  readonly image: Blob;
  readonly device: DeviceFacts;
  readonly loaded: LoadedBytes;
  readonly notes: readonly string[];
  readonly scale: UsedScale;
  /** In what the image is unlike the model's training images; sentences. */
  readonly warnings: readonly string[];
  /** From the start of the network to the labels, ms. */
  readonly computeMs: number;
}

export type SaveKind = "labels.tif" | "labels.png" | "measurements.csv";

export interface Questions {
  readonly read: {
    readonly ask: { readonly file: Blob; readonly name: string; readonly pagesAre?: PageAxis };
    readonly answer: PrivateImage;
  };
  readonly predict: {
    readonly ask: {
      readonly model: PrivateModel;
      readonly choice: PlaneChoice;
      readonly device: DeviceChoice;
    };
    readonly answer: PrivateResult;
  };
  readonly tune: {
    readonly ask: { readonly settings: SettingsByCompartment };
    readonly answer: PrivateCells;
  };
  readonly save: {
    readonly ask: { readonly what: SaveKind; readonly compartment: Compartment };
    readonly answer: Blob;
  };
}

export type QuestionName = keyof Questions;

export type ToWorker = {
  [Name in QuestionName]: {
    readonly id: number;
    readonly question: Name;
    readonly ask: Questions[Name]["ask"];
  };
}[QuestionName];

type PrivatePhase = "reading" | "runtime" | "model" | "segmenting" | "finishing";

export interface PrivateProgress {
  readonly phase: PrivatePhase;
  /** 0..1; null when not known. */
  readonly fraction: number | null;
  readonly msLeft: number | null;
}

export type FromWorker =
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly kind: "error"; readonly id: number; readonly error: WireError }
  | { readonly kind: "progress"; readonly id: number; readonly progress: PrivateProgress };
