/** What the store tells of findings; equal in structure to the schemas of `api/findings.ts`. */

import type { CheckRuleName, Fix, Severity } from "#core/checks/index.ts";
import type { ObjectChange } from "#core/edits/index.ts";
import type { Agent, Compartment } from "./types.ts";

export type FindingStatus = "open" | "fixed" | "waived";

export interface StoredFinding {
  readonly id: string;
  readonly projectId: string;
  readonly imageId: string;
  readonly imageName: string;
  /** Of the image. */
  readonly height: number;
  readonly width: number;
  /** Null for findings about pixels. */
  readonly layerId: string | null;
  readonly compartment: Compartment | null;
  readonly rule: CheckRuleName;
  readonly severity: Severity;
  readonly uids: readonly string[];
  readonly value: number;
  readonly detail: string;
  readonly channel: number | null;
  readonly t: number;
  readonly z: number;
  /** [y0, x0, y1, x1) of the place to look at; null for the whole image. */
  readonly box: readonly number[] | null;
  readonly status: FindingStatus;
  readonly foundAt: string;
  readonly endedAt: string | null;
  readonly waivedBy: Agent | null;
  readonly waivedWhy: string | null;
}

export interface RuleCount {
  readonly rule: CheckRuleName;
  readonly open: number;
  readonly fixed: number;
  readonly waived: number;
  /** Images with open findings. */
  readonly images: number;
}

export interface FindingSummary {
  /** Rules with any finding, errors first, then by number of open ones. */
  readonly rules: readonly RuleCount[];
  /** Layers with objects, and those that the findings are true for as they are now. */
  readonly layers: number;
  readonly checkedLayers: number;
}

/** Which open findings of one rule: all of the project, those of images, or those named. */
export interface FindingChoice {
  readonly projectId: string;
  readonly rule: CheckRuleName;
  readonly findingIds?: readonly string[] | undefined;
  readonly imageIds?: readonly string[] | undefined;
}

export interface MendSample {
  readonly findingId: string;
  readonly imageId: string;
  readonly layerId: string;
  /** Objects that the fix changes, makes or removes here. */
  readonly changes: readonly ObjectChange[];
}

export interface MendPreview {
  readonly rule: CheckRuleName;
  readonly fix: Fix;
  /** Open findings chosen; of these the fix changes something. */
  readonly findings: number;
  readonly mendable: number;
  readonly images: number;
  readonly addedPixels: number;
  readonly removedPixels: number;
  readonly bornObjects: number;
  readonly removedObjects: number;
  /** The first few, with the shapes before and after. */
  readonly samples: readonly MendSample[];
}

export interface Mend {
  readonly id: string;
  readonly projectId: string;
  readonly rule: CheckRuleName;
  readonly fix: Fix;
  readonly agent: Agent;
  readonly createdAt: string;
  readonly findingCount: number;
  readonly layerCount: number;
  readonly undoneAt: string | null;
}

export interface MendUndo {
  readonly undone: number;
  /** Changed by somebody since and left as they are. */
  readonly kept: number;
}

/** Open errors of labels that a dataset version would take in. */
export interface CheckGate {
  readonly errors: number;
  readonly waived: number;
  /** Layers too many to look at here, which nobody has looked at as they are now. */
  readonly unchecked: number;
  readonly byRule: { readonly rule: CheckRuleName; readonly count: number }[];
  /** A few of them. */
  readonly first: {
    readonly rule: CheckRuleName;
    readonly imageId: string;
    readonly name: string;
    readonly detail: string;
  }[];
}
