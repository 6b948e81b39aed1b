/**
 * The words of the job layer: kinds with their parameters, what a handler gets, what it gives back.
 *
 * Parameters are plain JSON, stored with the job row, so that a worker on another machine or after a crash needs
 * nothing else. A handler may run more than once for one job (at-least-once); each is written so that running again
 * after any crash ends in the same state.
 */

import type { LeakWaiver } from "#core/leaks/index.ts";
import type { Agent, Job, JobItem, Store } from "#store/index.ts";
import type { ImageFit, PredictSettings } from "./predict/index.ts";
import type { ProgressReport } from "./progress.ts";
import type { TrackSolver } from "./track/track-movie.ts";

export interface IngestParams {
  /** Upload staged by the server: numbered files with a manifest. */
  readonly stagingDir?: string;
  /** Folder or file on this machine, for the command line; exactly one of the two. */
  readonly rootPath?: string;
  /** "auto" or a format name of the importer. */
  readonly format?: string;
  /** Sheet with metadata and groups: a path inside the import, or (with `rootPath`) a file on this machine. */
  readonly sheet?: string;
  /** SPDX name or free text; "unknown" when nobody said. */
  readonly licence?: string;
  readonly sourceTitle?: string;
  readonly defaults?: { readonly group?: string; readonly metadata?: Readonly<Record<string, string>> };
  /** Names of images whose labels are left out, so that they remain to be done. */
  readonly withoutLabels?: readonly string[];
  /** What a person answered to the questions of a dry run, by id of the question. */
  readonly answers?: ImportAnswers;
}

/** Answers as words, as they come from the command line or a form. */
export interface ImportAnswers {
  /** What pages are when the file does not say: "t", "z", "c", or axes such as "tyx". */
  readonly axes?: string;
  /** Micrometres per pixel for images that do not tell: "0.5", "0.5,0.48" (y, x) or "unknown". */
  readonly mpp?: string;
  /** Names or roles of channels in order: "nuclear,membrane", "DAPI=nuclear,CD45=membrane". */
  readonly channels?: string;
  /** What labels outline when the layout does not say: "nuclear", "wholeCell", "cytoplasm". */
  readonly compartment?: string;
  /** "keep": cells that overlap in the files stay whole, in layers whose cells may overlap. Default: each pixel goes to one. */
  readonly overlaps?: string;
}

export interface ProposeParams {
  readonly modelVersionId: string;
  /** Empty: every image of the project without a person's labels. */
  readonly imageIds: readonly string[];
  /** Leaves every image alone that a person has touched meanwhile. */
  readonly untouchedOnly?: boolean;
  /** How the model is to see these images; as it does by itself where nothing is said. */
  readonly fit?: ImageFit;
  /** Instead of proposing: brings back what stood before the proposals of this job. */
  readonly takeBackOf?: string;
}

/** Fine-tune on what people corrected, and propose anew in untouched images when that made the model better. */
interface ImproveParams {
  readonly baseModelVersionId: string;
  /** For the fine-tuning, in all. */
  readonly minutes: number;
  /** False: a person looks first and says "use it here". */
  readonly useWhenBetter: boolean;
}

/** Run a model on a part of frames and give its cells back as a draft; nothing is written to the layer. */
interface PredictPartParams {
  readonly layerId: string;
  readonly modelVersionId: string;
  readonly t: number;
  readonly z: number;
  /** [y0, x0, y1, x1). Absent where cells are followed: about these cells. */
  readonly box?: readonly [number, number, number, number];
  /** Cells of frame `t` to find in the frames after it. */
  readonly follow?: { readonly uids: readonly string[]; readonly frames: number };
  /** How the model is to see the image; as it does by itself where nothing is said. */
  readonly fit?: ImageFit;
}

export interface TrainParams {
  readonly datasetVersionId: string;
  readonly modelName: string;
  /** Exactly one of the two; minutes become steps once, before the first step. */
  readonly minutes?: number;
  readonly steps?: number;
  readonly seed: number;
  /** A member of the family of networks; not together with a base. */
  readonly architecture?: string;
  readonly baseModelVersionId?: string;
  /** Split of the version to use, such as `fold:1/5` or `tranche:25`; default the frozen one. */
  readonly view?: string;
  /** Findings of the leak audit that are accepted, each with its reason. */
  readonly waivers?: readonly LeakWaiver[];
  /** Overrides of the default configuration, for tests and experiments; recorded with the run. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Train a model version again from its recorded run and compare. */
export interface ReproduceParams {
  readonly modelVersionId: string;
}

/** A model version on a split; or, with `pinnedOf`, on the pinned images of a project beside the version it would replace. */
export type EvaluateParams =
  | {
      readonly modelVersionId: string;
      readonly datasetVersionId: string;
      readonly split: "train" | "validation" | "test";
      readonly pinnedOf?: undefined;
    }
  | {
      readonly modelVersionId: string;
      /** Project. */
      readonly pinnedOf: string;
      /** The other version; default the released one of the same line. */
      readonly againstId?: string;
    };

/** One file to predict: exactly one of `digest` and `path`. */
export interface PredictInput {
  /** File name, for people. */
  readonly name: string;
  /** Blob with the bytes of the uploaded image file. */
  readonly digest?: string;
  /** File of this machine, for the command line. */
  readonly path?: string;
  /** Where the label TIFF goes on this machine; two compartments give two files with their names before ".tif". */
  readonly out?: string;
}

export interface PredictParams {
  readonly files: readonly PredictInput[];
  readonly modelVersionId: string;
  readonly settings?: PredictSettings;
}

export interface ExportParams {
  /** Name of an exporter: "coco". */
  readonly format: string;
  /** Exactly one of the two. */
  readonly datasetVersionId?: string;
  readonly selection?: { readonly query: string; readonly search?: string };
  /** Folder, or file ending in .zip, on this machine; for the command line only. Without it a zip is kept for download. */
  readonly outPath?: string;
}

export interface CheckParams {
  /** Metadata query; default all images of the project. */
  readonly query?: string;
  /** Also hold labels against what this model version sees. */
  readonly modelVersionId?: string;
}

interface TrackParams {
  /** Exactly one of the two: a layer as it is, or the main layers of movies, one after the other. */
  readonly layerId?: string;
  readonly imageIds?: readonly string[];
  /** Of movies: finds the cells first. Without it those that are there are tracked. */
  readonly modelVersionId?: string;
  /** `name@1.0.0` of a linking model, or `plain`; default the one that ships, if there is one. */
  readonly linker?: string;
  readonly solver?: TrackSolver;
  /** Most frames a cell may be missing; default 2. */
  readonly gapFrames?: number;
  /** Objects of the layer: only what lies around them is linked again. Default: the whole movie is. */
  readonly around?: readonly string[];
}

export interface JobParams {
  readonly ingest: IngestParams;
  readonly propose: ProposeParams;
  readonly train: TrainParams;
  readonly reproduce: ReproduceParams;
  readonly evaluate: EvaluateParams;
  readonly predict: PredictParams;
  readonly check: CheckParams;
  readonly export: ExportParams;
  readonly track: TrackParams;
  readonly improve: ImproveParams;
  readonly predictPart: PredictPartParams;
}

export type JobKind = keyof JobParams;

/** What to submit. */
export type JobSpec = {
  readonly [K in JobKind]: {
    readonly kind: K;
    readonly projectId: string | null;
    /** For people, in the list of jobs: "Import plate-7". */
    readonly title: string;
    readonly params: JobParams[K];
  };
}[JobKind];

export interface JobContext<K extends JobKind> {
  readonly store: Store;
  readonly actor: Agent;
  readonly job: Job;
  readonly params: JobParams[K];
  /** Fires when the job was canceled, its lease was lost or the worker stops. */
  readonly signal: AbortSignal;
  /** Cheap; call as often as there is news. */
  report(progress: ProgressReport): void;
  /** Records the outcome of one thing; the list of them is what people look at after a failure. */
  item(item: JobItem): Promise<void>;
  /** The same for several, inside the transaction that makes them true. @throws FoundryError `job.leaseLost`. */
  itemsIn(tx: Store, items: readonly JobItem[]): Promise<void>;
}

export interface JobOutcome {
  /** Stored with the job; what the page and the command line read. */
  readonly result: Readonly<Record<string, unknown>>;
  /** Rows that must appear together with the end of the job, and only when the lease still holds. */
  readonly commit?: (tx: Store) => Promise<void>;
  /** Cleaning up that must wait until the end of the job is durable. */
  readonly after?: () => Promise<void>;
}

export type JobHandler<K extends JobKind> = (context: JobContext<K>) => Promise<JobOutcome>;

/** Heavy jobs take the machine for minutes and run one at a time; light ones must not wait for them. */
export const heavyKinds: ReadonlySet<JobKind> = new Set<JobKind>(["train", "reproduce", "improve"]);
