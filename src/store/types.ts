/**
 * What the store returns: plain readonly records, equal in structure to the schemas of `api`.
 *
 * The store may not import `api` (arrows), so the records are declared here; the server's type check fails when the two
 * drift apart. Times are ISO strings, digests SHA-256 in lower-case hex, ids ULIDs.
 */

import type { CellTypes } from "#core/cell-types/index.ts";
import type { CellEvents, EditOperation, ObjectOrigin } from "#core/edits/index.ts";
import type { WireError } from "#core/errors.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import type { SplitRole } from "#core/select/index.ts";
import type { Spot } from "#core/spots/index.ts";

export type { SplitRole } from "#core/select/index.ts";

export type AgentKind = "person" | "model" | "importer" | "rule" | "service";

/** Who does something; every write names one. */
export interface Agent {
  readonly id: string;
  readonly kind: AgentKind;
  readonly name: string;
}

export type Role = "owner" | "annotator" | "viewer";
export type Compartment = "nuclear" | "wholeCell" | "cytoplasm";

/** Micrometres per pixel. */
export interface Mpp {
  readonly y: number;
  readonly x: number;
}

export interface Lab {
  readonly name: string;
}

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly suspended: boolean;
  readonly createdAt: string;
}

export interface Invite {
  readonly id: string;
  readonly role: Role;
  readonly note: string;
  readonly expiresAt: string;
  readonly usedAt: string | null;
}

export type TokenScope = "read" | "write";

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly scope: TokenScope;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly imageCount: number;
  readonly acceptedCount: number;
  readonly cellCount: number;
  readonly coverImageIds: string[];
}

export type ImageStatus = "unlabelled" | "proposed" | "corrected" | "accepted";
export type ChannelRole = "nuclear" | "membrane" | "cytoplasm" | "phase" | "brightfield" | "other";

export interface Channel {
  readonly index: number;
  readonly name: string;
  readonly role: ChannelRole;
}

export interface ImageSummary {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly status: ImageStatus;
  readonly cellCount: number;
  readonly group: string;
  readonly split: SplitRole | null;
  readonly metadata: Record<string, string>;
  readonly createdAt: string;
}

export type LayerTruth = "gold" | "silver" | "synthetic" | "prediction";
export type LayerCoverage = "exhaustive" | "sparse" | "region";

export interface LayerSummary {
  readonly id: string;
  readonly imageId: string;
  readonly compartment: Compartment;
  /** Empty for the main layer of the compartment; a branch bears its own name. */
  readonly name: string;
  /** Layer that a branch will be merged into; null for all others. */
  readonly branchOf: string | null;
  readonly kind: "instances";
  /** Whether its cells may share pixels; said when it is made, never changed. */
  readonly overlapAllowed: boolean;
  readonly truth: LayerTruth;
  readonly coverage: LayerCoverage;
  readonly objectCount: number;
  readonly seq: number;
  readonly headRevisionId: string | null;
  readonly dirty: boolean;
}

export interface ImageDetail extends ImageSummary {
  readonly axes: string;
  readonly shape: number[];
  readonly dtype: string;
  readonly channels: Channel[];
  readonly mpp: Mpp | null;
  readonly mppReason: string | null;
  readonly arrayDigest: string;
  readonly source: { readonly title: string; readonly licence: string };
  readonly layers: LayerSummary[];
  readonly previousId: string | null;
  readonly nextId: string | null;
}

export interface Facet {
  readonly field: string;
  readonly values: { readonly value: string; readonly count: number }[];
}

export interface ImageList {
  readonly items: ImageSummary[];
  readonly nextCursor: string | null;
  readonly total: number;
  readonly facets: Facet[];
}

export interface StoredObject {
  readonly uid: string;
  readonly label: number;
  readonly digest: string;
  readonly shape: ObjectShape;
  readonly agent: Agent;
  /** Kind of the edit that made the present shape. */
  readonly kind: string;
  readonly confidence: number | null;
  /** Of a proposal that no person has changed or accepted. */
  readonly untouched?: true;
  readonly origin?: ObjectOrigin;
  readonly events?: CellEvents;
  /** Absent where nobody looked. */
  readonly types?: CellTypes;
}

export interface LayerObjects {
  readonly layerId: string;
  readonly seq: number;
  readonly height: number;
  readonly width: number;
  readonly objects: StoredObject[];
  /** In order of uid; absent where there are none. */
  readonly spots?: (Spot & { readonly uid: string })[];
}

export type EditResult =
  | {
      readonly state: "saved";
      readonly operationId: string;
      readonly seq: number;
      readonly labels: Record<string, number>;
    }
  | { readonly state: "refused"; readonly operationId: string; readonly error: WireError };

export interface LoggedEdit extends EditOperation {
  readonly seq: number;
  /** Labels of objects born in the edit, or brought back by it; not those of an import. */
  readonly labels: Record<string, number>;
  readonly agent: Agent;
  readonly at: string;
  /** Cells that came with an import, where they are counted only; `changes` is then empty. */
  readonly born?: number;
}

export interface EditLog {
  readonly edits: LoggedEdit[];
  readonly nextAfter: number | null;
}

export interface RevisionChanges {
  readonly added: number;
  readonly removed: number;
  readonly reshaped: number;
}

export interface LayerRevision {
  readonly id: string;
  readonly layerId: string;
  readonly number: number;
  readonly parentId: string | null;
  /** Head of the branch that a merge took in. */
  readonly secondParentId: string | null;
  readonly root: string;
  readonly objectCount: number;
  readonly message: string;
  readonly agent: Agent;
  readonly createdAt: string;
  readonly accepted: boolean;
  readonly changes: RevisionChanges;
}

/** One object of a layer revision. */
export interface RevisionObject {
  readonly uid: string;
  readonly label: number;
  readonly digest: string;
  readonly shape: ObjectShape;
}

export type Stage = "candidate" | "released" | "retired";

export interface Score {
  readonly threshold: number;
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly averagePrecision: number;
  readonly panopticQuality: number;
}

export interface ErrorCounts {
  readonly correct: number;
  readonly missed: number;
  readonly gained: number;
  readonly split: number;
  readonly merge: number;
  readonly catastrophe: number;
}

export interface GroupScore {
  readonly group: string;
  readonly images: number;
  readonly ap50: number;
  readonly f1: number;
}

export interface Evaluation {
  readonly id: string;
  readonly modelVersionId: string;
  readonly datasetVersionId: string;
  /** `name@version` of the dataset version. */
  readonly dataset: string;
  readonly split: SplitRole;
  readonly compartment: Compartment;
  readonly metricVersion: string;
  readonly imageCount: number;
  readonly scores: Score[];
  readonly errors: ErrorCounts;
  readonly groups: GroupScore[];
  readonly createdAt: string;
}

export interface ModelVersion {
  readonly id: string;
  readonly modelId: string;
  /** Came with the program; belongs to no project. */
  readonly shipped: boolean;
  readonly name: string;
  readonly version: string;
  readonly stage: Stage;
  readonly weightsDigest: string;
  readonly onnxDigest: string;
  readonly onnxBytes: number;
  readonly architecture: string;
  readonly contract: Record<string, unknown>;
  readonly licence: string;
  readonly dataset: {
    readonly versionId: string;
    readonly name: string;
    readonly version: string;
    readonly digest: string;
  } | null;
  readonly training: {
    readonly runId: string;
    /** Split of the dataset version that it was trained in. */
    readonly view: string;
    readonly seed: number;
    readonly steps: number;
    readonly config: Record<string, unknown>;
    readonly splitDigest: string;
    readonly codeVersion: string;
    readonly lockDigest: string;
    readonly device: string;
    readonly baseModel: string | null;
  } | null;
  readonly evaluations: Evaluation[];
  readonly agent: Agent;
  readonly createdAt: string;
}

export interface Model {
  readonly id: string;
  readonly name: string;
  readonly versions: ModelVersion[];
}

export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly validation: { readonly ap50: number; readonly f1: number } | null;
}

export interface TrainingRun {
  readonly id: string;
  readonly jobId: string;
  readonly modelName: string;
  readonly datasetVersionId: string;
  readonly seed: number;
  readonly steps: number;
  readonly step: number;
  readonly config: Record<string, unknown>;
  /** Split used, what was done to the images, leaks accepted. */
  readonly inputs: Record<string, unknown>;
  /** Whose weights it started from. */
  readonly baseModelVersionId: string | null;
  readonly curve: CurvePoint[];
  readonly modelVersionId: string | null;
  readonly createdAt: string;
}

export interface GateSide {
  readonly name: string;
  readonly ap50: number;
  readonly f1: number;
}

export interface Gate {
  readonly passed: boolean;
  readonly reason: string;
  readonly candidate: GateSide | null;
  readonly released: GateSide | null;
}

export type JobKind =
  | "ingest"
  | "propose"
  | "train"
  | "evaluate"
  | "predict"
  | "check"
  | "export"
  | "reproduce"
  | "track"
  | "improve"
  | "predictPart";
export type JobState = "waiting" | "running" | "done" | "failed" | "canceled";

export interface Progress {
  /** 0..1, or null when the end is not known. */
  readonly fraction: number | null;
  readonly text: string;
  readonly msLeft: number | null;
}

export interface JobItem {
  readonly name: string;
  readonly state: "done" | "failed" | "skipped";
  readonly error: WireError | null;
  readonly id: string | null;
}

export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly state: JobState;
  readonly projectId: string | null;
  readonly title: string;
  readonly progress: Progress;
  readonly result: Record<string, unknown> | null;
  readonly items: JobItem[];
  readonly error: WireError | null;
  readonly agent: Agent;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** Stored outcome of a `predict` job. */
export interface Prediction {
  readonly id: string;
  readonly jobId: string;
  /** Which of the job's files, from 0. */
  readonly file: number;
  /** What it was made with and what is to be said about it; plain JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly modelVersionId: string;
  /** `name@version` of the model version. */
  readonly modelVersion: string;
  readonly height: number;
  readonly width: number;
  readonly cellCount: number;
  /** Blob of the uploaded file. */
  readonly inputDigest: string;
  /** Blob of the label image (canonical array bytes). */
  readonly labelDigest: string;
  /** Blob of the decoded input image (canonical array bytes). */
  readonly imageDigest: string;
  readonly createdAt: string;
}

export interface StoreEvent {
  readonly seq: number;
  readonly agent: Agent;
  /** `image.accepted`, `model.released` … */
  readonly verb: string;
  readonly entity: string;
  readonly entityId: string;
  readonly details: Record<string, unknown>;
  readonly at: string;
}
