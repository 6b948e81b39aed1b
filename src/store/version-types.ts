/** What the store returns about branches, merges, differences and blame. */

import type { CellTypes } from "#core/cell-types/index.ts";
import type { LinkDiff, MergeConflict, Resolution, VersionDiff } from "#core/versions/index.ts";
import type { Agent, Compartment, LayerRevision } from "./types.ts";

export interface Branch {
  /** The branch's own layer, to be opened and edited like any other. */
  readonly id: string;
  readonly name: string;
  /** Layer it came from, and will be merged into. */
  readonly branchOf: string;
  readonly imageId: string;
  readonly compartment: Compartment;
  readonly baseRevisionId: string;
  readonly objectCount: number;
  readonly seq: number;
  readonly headRevisionId: string | null;
  readonly dirty: boolean;
  readonly agent: Agent;
  readonly createdAt: string;
  readonly closedAt: string | null;
}

/** A version to look at: a revision, or a layer as it is now. */
export type VersionRef = { readonly revisionId: string } | { readonly layerId: string };

export interface VersionFacts {
  readonly layerId: string;
  /** Name of its branch or layer; empty for the main one. */
  readonly layerName: string;
  readonly imageId: string;
  readonly height: number;
  readonly width: number;
  /** Null: the layer as it is now. */
  readonly revision: LayerRevision | null;
  readonly objectCount: number;
}

export interface Comparison {
  readonly before: VersionFacts;
  readonly after: VersionFacts;
  /** "id": versions of one layer or its branches. "place": other layers, where only pixels say what is what. */
  readonly identity: "id" | "place";
  readonly diff: VersionDiff;
  /** Links in time; empty for labels without tracks. */
  readonly links: LinkDiff;
}

export interface MergeRequest {
  /** Without it the merge is only tried: nothing is written. */
  readonly commit?: boolean | undefined;
  readonly resolutions?: ReadonlyMap<string, Resolution> | undefined;
  readonly pixelRule?: "ours" | "theirs" | undefined;
  readonly message?: string | undefined;
  /** What the resolutions were made for; someone's edit since then is refused instead of overwritten. */
  readonly expected?: { readonly ours: number; readonly theirs: number } | undefined;
}

export interface MergeOutcome {
  /** "upToDate": the branch has nothing new. "ready": tried, would merge. */
  readonly state: "merged" | "ready" | "conflict" | "upToDate";
  readonly conflicts: readonly MergeConflict[];
  readonly taken: { readonly ours: number; readonly theirs: number; readonly alike: number };
  /** Sequence numbers that this answer stands on. */
  readonly expected: { readonly ours: number; readonly theirs: number };
  readonly baseRevisionId: string;
  readonly revision: LayerRevision | null;
}

/** Strongest thing a person has done with a cell, from most to least. */
export const attentions = ["drawn", "corrected", "accepted", "imported", "unseen"] as const;
export type Attention = (typeof attentions)[number];

/** Where a cell came from. */
export interface CellOrigin {
  readonly how: "drawn" | "split" | "merged" | "proposed" | "imported";
  /** Cells it was split from or merged from. */
  readonly parents: readonly string[];
  /** Who made the first shape: the model version of a proposal, the importer. */
  readonly agent: Agent;
}

export interface CellBlame {
  readonly uid: string;
  readonly label: number;
  /** Who made the present shape, how and when. */
  readonly agent: Agent;
  readonly kind: string;
  readonly tool: string;
  readonly at: string;
  readonly origin: CellOrigin;
  readonly changeCount: number;
  /** Time people spent on it; an edit of several cells counts in equal parts. */
  readonly msSpent: number;
  readonly attention: Attention;
  /** Branch whose work it is, when it was taken in from one. */
  readonly branch: string | null;
  readonly types: CellTypes | null;
  /** Who gave it these types; null when a later list stands there now. */
  readonly typesBy: Agent | null;
}

export interface LayerBlame {
  readonly layerId: string;
  readonly revisionId: string | null;
  readonly cells: readonly CellBlame[];
  readonly summary: {
    readonly cells: number;
    /** Cells that a person drew, corrected or accepted. */
    readonly seen: number;
    readonly attention: Readonly<Record<Attention, number>>;
    readonly authors: readonly { readonly agent: Agent; readonly cells: number }[];
    readonly msSpent: number;
  };
}
