/**
 * What changed between a dataset version and the draft of the next one, and which number that makes.
 *
 * The rule of Croissant: patch, the same data, such as another wording of the query; minor, only additions; major,
 * images left, were relabelled, described anew or moved to another role, so that scores cannot be compared item by item.
 */

import { countVerbs } from "#core/versions/index.ts";
import { compareVersions } from "./compare-versions.ts";
import type { DatasetChanges, ObjectVerbs, VersionStep } from "./dataset-types.ts";
import * as text from "./sql/drafts.ts";
import type { Store } from "./store.ts";

/** Relabelled images whose objects are compared one by one; beyond it the change log counts images only. */
const comparedMax = 20_000;

export interface ChangesWithVerbs {
  readonly changes: DatasetChanges;
  /** Of each compared image. */
  readonly verbs: ReadonlyMap<string, ObjectVerbs>;
}

type CountRow = Pick<
  DatasetChanges,
  | "imagesAdded"
  | "imagesRemoved"
  | "imagesRelabelled"
  | "imagesMoved"
  | "imagesRedescribed"
  | "cellsAdded"
  | "cellsRemoved"
>;

/** The draft of this transaction against a version. */
export async function draftChanges(tx: Store, parentId: string): Promise<ChangesWithVerbs> {
  const [row] = await tx.sql.query<CountRow>(text.countChanges, [parentId]);
  const counts = row as CountRow;
  const verbs = new Map<string, ObjectVerbs>();
  const totals = { added: 0, removed: 0, reshaped: 0, split: 0, merged: 0, reclassified: 0 };
  if (counts.imagesRelabelled > 0) {
    const relabelled = await tx.sql.query<{ imageId: string; before: string; after: string }>(
      text.selectRelabelled,
      [parentId, comparedMax],
    );
    for (const { imageId, before, after } of relabelled) {
      const { diff } = await compareVersions(tx, { revisionId: before }, { revisionId: after });
      const found = countVerbs(diff.changes);
      verbs.set(imageId, found);
      for (const verb of Object.keys(totals) as (keyof ObjectVerbs)[]) totals[verb] += found[verb];
    }
  }
  return {
    verbs,
    changes: {
      ...counts,
      cellsAdded: counts.cellsAdded + totals.added,
      cellsRemoved: counts.cellsRemoved + totals.removed,
      cellsReshaped: totals.reshaped,
      cellsSplit: totals.split,
      cellsMerged: totals.merged,
      cellsReclassified: totals.reclassified,
    },
  };
}

/** Keeps the list of touched images with a new version. */
export async function insertChanges(
  tx: Store,
  parentId: string,
  versionId: string,
  verbs: ReadonlyMap<string, ObjectVerbs>,
): Promise<void> {
  await tx.sql.query(text.insertChanges, [parentId, versionId]);
  if (verbs.size === 0) return;
  await tx.sql.query(text.updateVerbs, [
    versionId,
    [...verbs.keys()],
    [...verbs.values()].map((value) => JSON.stringify(value)),
  ]);
}

export interface NextVersion {
  readonly version: string;
  readonly step: VersionStep;
  readonly why: string;
}

/**
 * Number of the next version, and why.
 *
 * @param changes  against the parent; null when there is none. @param same  whether the digest is the parent's.
 */
export function nextVersion(
  parent: string | null,
  changes: DatasetChanges | null,
  same: boolean,
): NextVersion {
  if (parent === null || changes === null)
    return { version: "1.0.0", step: "first", why: "The first version." };
  if (same) return { version: parent, step: "same", why: "Nothing has changed." };
  const [major, minor, patch] = parent.split(".").map(Number) as [number, number, number];
  const breaking = [
    [changes.imagesRemoved, "left"],
    [changes.imagesRelabelled, "relabelled"],
    [changes.imagesRedescribed, "described anew"],
    [changes.imagesMoved, "moved to another role"],
  ] as const;
  const reasons = breaking
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${count === 1 ? "image" : "images"} ${what}`);
  if (reasons.length > 0) {
    return { version: `${major + 1}.0.0`, step: "major", why: `Major: ${reasons.join(", ")}.` };
  }
  if (changes.imagesAdded > 0) {
    const added = `${changes.imagesAdded} ${changes.imagesAdded === 1 ? "image" : "images"} added`;
    return {
      version: `${major}.${minor + 1}.0`,
      step: "minor",
      why: `Minor: ${added}, nothing else changed.`,
    };
  }
  return {
    version: `${major}.${minor}.${patch + 1}`,
    step: "patch",
    why: "Patch: the same images, another query.",
  };
}
