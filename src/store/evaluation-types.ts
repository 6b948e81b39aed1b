/** Records of evaluations and pinned images, as the store gives them. */

import type { EvaluationReport, ObjectTally } from "#core/metrics/index.ts";
import type { Compartment, Evaluation, Mpp, SplitRole } from "./types.ts";

export interface EvaluationSubject {
  readonly modelVersionId: string;
  readonly datasetVersionId: string;
  readonly split: SplitRole;
  readonly compartment: Compartment;
}

/** An image of an evaluation as it is written. */
export interface NewEvaluationImage {
  readonly imageId: string;
  readonly name: string;
  readonly arrayDigest: string;
  /** The reference. */
  readonly layerRevisionId: string;
  readonly group: string;
  readonly facets: Readonly<Record<string, string>>;
  readonly tally: ObjectTally;
  readonly human: ObjectTally | null;
  /** Blob with the objects, kept already. */
  readonly outcomes: { readonly digest: string; readonly bytes: number };
}

export interface EvaluationImage extends Omit<NewEvaluationImage, "outcomes"> {
  /** Place in the evaluation, from 0. */
  readonly position: number;
  /** Whose revision was the reference. */
  readonly layerId: string;
  readonly outcomeDigest: string;
}

export interface NewEvaluation
  extends Pick<Evaluation, "metricVersion" | "imageCount" | "scores" | "errors" | "groups"> {
  readonly report: EvaluationReport;
  readonly images: readonly NewEvaluationImage[];
}

/** An evaluation with everything that is said about it. */
export interface EvaluationDetail extends Evaluation {
  /** `name@version`. */
  readonly model: string;
  readonly projectId: string;
  /** Null for an evaluation of an older program: it can be made again. */
  readonly report: EvaluationReport | null;
}

/** An image of a project's pinned set. */
export interface PinnedImage {
  readonly imageId: string;
  readonly name: string;
  readonly arrayDigest: string;
  readonly height: number;
  readonly width: number;
  readonly mpp: Mpp | null;
  readonly pinnedAt: string;
}
