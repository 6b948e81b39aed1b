/** Records of datasets and their versions, as the store gives them. */

import type { LeakFinding, LeakWaiver } from "#core/leaks/index.ts";
import type { LicenceReport } from "#core/licence/index.ts";
import type { SplitRole } from "#core/select/index.ts";
import type { CheckGate } from "./finding-types.ts";
import type { Agent, Compartment, LayerCoverage, Mpp } from "./types.ts";

export interface SplitCounts {
  readonly images: number;
  readonly cells: number;
  readonly groups: number;
}

export interface SplitTable {
  readonly train: SplitCounts;
  readonly validation: SplitCounts;
  readonly test: SplitCounts;
}

/** How the groups without a role get one. */
export interface SplitOptions {
  readonly seed: number;
  /** Shares of cells. */
  readonly validation: number;
  readonly test: number;
  /** Metadata fields whose values should have the shares too. */
  readonly stratify: string[];
  /** Also images that somebody corrected but nobody accepted; they only train, on what was corrected. Default false. */
  readonly corrected?: boolean | undefined;
}

/** Images and cells of one value of a metadata field, by role. */
export interface StratumCounts {
  readonly field: string;
  readonly value: string;
  readonly images: Readonly<Record<SplitRole, number>>;
  readonly cells: Readonly<Record<SplitRole, number>>;
}

/** What became of the objects, in biology's words. */
export interface ObjectVerbs {
  readonly added: number;
  readonly removed: number;
  readonly reshaped: number;
  readonly split: number;
  readonly merged: number;
  readonly reclassified: number;
}

export interface DatasetChanges {
  readonly imagesAdded: number;
  readonly imagesRemoved: number;
  readonly imagesRelabelled: number;
  /** To another role. */
  readonly imagesMoved: number;
  /** Metadata or pixel size changed. */
  readonly imagesRedescribed: number;
  readonly cellsAdded: number;
  readonly cellsRemoved: number;
  readonly cellsReshaped: number;
  readonly cellsSplit: number;
  readonly cellsMerged: number;
  readonly cellsReclassified: number;
}

export type VersionStep = "first" | "same" | "patch" | "minor" | "major";

/** A group that changes its role, by somebody's reason. */
export interface RoleChange {
  readonly group: string;
  readonly role: SplitRole;
  readonly reason: string;
}

export interface DatasetAudit {
  /** A few per rule; `counts` says how many there are. */
  readonly findings: LeakFinding[];
  readonly counts: Readonly<Record<string, number>>;
  /** Findings that stand in the way. */
  readonly blocking: number;
  readonly waivers: LeakWaiver[];
  /** What was looked at, and what could not be. */
  readonly notes: string[];
}

/** Pixels of an item's cells that lie below others, and so are not in its label image. */
export interface ItemHidden {
  readonly imageId: string;
  readonly name: string;
  readonly compartment: string;
  readonly pixels: number;
  /** Cells that lack pixels, covered ones included. */
  readonly cells: number;
  /** Cells without a pixel to be seen; they count among the item's cells all the same. */
  readonly covered: number;
}

/** What label images hide of overlapping cells, over all items. */
export interface DatasetHidden extends Pick<ItemHidden, "pixels" | "cells" | "covered"> {
  /** The first of them, in order of image and compartment. */
  readonly items: ItemHidden[];
  /** The same for people; empty when nothing is hidden. */
  readonly notes: string[];
}

export interface DatasetPreview {
  readonly images: number;
  readonly cells: number;
  readonly split: SplitTable;
  readonly strata: StratumCounts[];
  readonly excluded: { readonly reason: string; readonly count: number }[];
  readonly licence: string;
  readonly licenceReport: LicenceReport;
  readonly audit: DatasetAudit;
  /** Errors of labels that stand in the way. */
  readonly checks: CheckGate;
  readonly hidden: DatasetHidden;
  readonly options: SplitOptions;
  /** Newest version of the name, with which this is compared; null for a new name. */
  readonly parent: { readonly id: string; readonly version: string; readonly query: string } | null;
  readonly changes: DatasetChanges | null;
  readonly nextVersion: string;
  readonly step: VersionStep;
  /** Why it is that step, in words. */
  readonly why: string;
}

export interface DatasetVersion {
  readonly id: string;
  readonly datasetId: string;
  readonly projectId: string;
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly query: string;
  readonly message: string;
  readonly licence: string;
  readonly split: SplitTable;
  readonly splitDigest: string;
  readonly itemCount: number;
  readonly changes: DatasetChanges | null;
  readonly agent: Agent;
  readonly createdAt: string;
}

export interface DatasetVersionDetail extends DatasetVersion {
  readonly parentId: string | null;
  readonly options: SplitOptions;
  readonly licenceReport: LicenceReport;
  readonly strata: StratumCounts[];
  readonly audit: DatasetAudit;
  readonly roleChanges: RoleChange[];
  /** Null in versions from before it was counted. */
  readonly hidden: DatasetHidden | null;
}

/** Accepted labels of another compartment of an item's image. */
export interface ItemLayer {
  readonly compartment: Compartment;
  readonly layerRevisionId: string;
  readonly layerRoot: string;
  /** Absent when everything is labelled. */
  readonly coverage?: LayerCoverage;
  /** Of coverage "region": where everything is labelled. */
  readonly regionDigest?: string;
}

export interface DatasetItem {
  /** Place in the version's order, from 0. */
  readonly position: number;
  readonly imageId: string;
  readonly name: string;
  readonly arrayDigest: string;
  readonly layerRevisionId: string;
  readonly layerRoot: string;
  readonly group: string;
  readonly role: SplitRole;
  readonly cellCount: number;
  readonly mpp: Mpp | null;
  readonly strata: Readonly<Record<string, string>>;
  /** What the words stood for: CURIEs by field; `stain` may have several. Empty in versions from before they were kept. */
  readonly terms: Readonly<Record<string, string[]>>;
  /** Of coverage "region": where everything is labelled; null for most. */
  readonly regionDigest: string | null;
  /** By compartment; empty for most images. */
  readonly moreLayers: ItemLayer[];
}

export interface DatasetItemPage {
  readonly items: DatasetItem[];
  /** `after` of the next page; null at the end. */
  readonly nextAfter: number | null;
}

/** An image that differs from the parent version. */
export interface DatasetImageChange {
  readonly imageId: string;
  readonly name: string;
  readonly kind: "removed" | "relabelled" | "moved" | "redescribed";
  readonly verbs: ObjectVerbs | null;
}

export interface Dataset {
  readonly id: string;
  readonly name: string;
  readonly versions: DatasetVersion[];
}
