/**
 * What a dataset version consists of, as plain data: items with roles, digests, counts, the next version number.
 *
 * Version numbers follow from the content. Major: an image left, its labels changed, or a role changed, so scores are
 * not comparable item by item. Minor: images were added. Patch: only the query's text changed.
 */

import { canonicalJson } from "#core/canonical-json.ts";
import { assignGroupSplit, auditLeaks, splitRoles } from "#core/select/index.ts";
import { sha256 } from "#platform/index.ts";
import type { Mpp, SplitCounts, SplitRole, SplitTable } from "./types.ts";

/** An image with accepted labels. */
export interface Candidate {
  readonly imageId: string;
  readonly name: string;
  readonly arrayDigest: string;
  readonly group: string;
  readonly mppY: number | null;
  readonly mppX: number | null;
  readonly licence: string;
  readonly layerRevisionId: string;
  readonly layerRoot: Buffer;
  readonly cellCount: number;
}

export interface ContentItem extends Omit<Candidate, "licence"> {
  readonly role: SplitRole;
}

/** A role that pixels had in an earlier version of the project. */
export interface EarlierRole {
  readonly arrayDigest: string;
  readonly role: SplitRole;
  readonly group: string;
}

/** Format of the digest's input; raised when its fields change. */
const digestFormat = 1;

/** Roles of all groups of the candidates: kept where given before, new ones by cells, repeatable from the seed. */
export function assignRoles(
  candidates: readonly Candidate[],
  fixed: ReadonlyMap<string, SplitRole>,
  seed: number,
): Map<string, SplitRole> {
  const weights = new Map<string, number>();
  for (const { group, cellCount } of candidates) {
    // An empty image still is one that must lie on one side.
    weights.set(group, (weights.get(group) ?? 0) + Math.max(1, cellCount));
  }
  const groups = [...weights].map(([key, weight]) => ({ key, weight }));
  return assignGroupSplit(groups, { seed, fixed });
}

/** Items ordered by digest of their pixels, an order that no renaming or renumbering changes. */
export function toItems(
  candidates: readonly Candidate[],
  roles: ReadonlyMap<string, SplitRole>,
): ContentItem[] {
  return candidates
    .map(({ licence: _licence, ...item }) => ({ ...item, role: roles.get(item.group) as SplitRole }))
    .sort((a, b) => (a.arrayDigest < b.arrayDigest ? -1 : 1));
}

/** Digest over who is in which role. Names and group keys stay out: they may have to be erased one day. */
export function splitDigest(items: readonly ContentItem[]): string {
  const roles = items.map(({ arrayDigest, role }) => [arrayDigest, role]);
  return sha256(canonicalJson({ format: digestFormat, roles }));
}

/** Digest over query, pixels, labels, pixel sizes and split. */
export function contentDigest(query: string, items: readonly ContentItem[]): string {
  const list = items.map(({ arrayDigest, layerRoot, role, ...item }) => ({
    array: arrayDigest,
    labels: layerRoot.toString("hex"),
    mpp: mppOf(item),
    role,
  }));
  return sha256(canonicalJson({ format: digestFormat, items: list, query, split: splitDigest(items) }));
}

export function mppOf({
  mppY,
  mppX,
}: {
  readonly mppY: number | null;
  readonly mppX: number | null;
}): Mpp | null {
  return mppY === null || mppX === null ? null : { y: mppY, x: mppX };
}

export function countSplit(items: readonly ContentItem[]): SplitTable {
  const count = (role: SplitRole): SplitCounts => {
    const members = items.filter((item) => item.role === role);
    return {
      images: members.length,
      cells: members.reduce((sum, { cellCount }) => sum + cellCount, 0),
      groups: new Set(members.map(({ group }) => group)).size,
    };
  };
  const [train, validation, test] = splitRoles.map(count) as [SplitCounts, SplitCounts, SplitCounts];
  return { train, validation, test };
}

/** All licences that apply, as one expression; every one of them has to be kept. */
export function joinLicences(licences: Iterable<string>): string {
  return [...new Set(licences)].sort().join(" AND ");
}

/** What would let test images into training, in words: shared groups or pixels, or a role changed since a version. */
export function findLeaks(items: readonly ContentItem[], earlier: readonly EarlierRole[]): string[] {
  const names = new Map(items.map(({ imageId, name }) => [imageId, name]));
  const audited = items.map(({ imageId, group, role, arrayDigest }) => ({
    id: imageId,
    group,
    role,
    pixelHash: arrayDigest,
  }));
  const shared = auditLeaks(audited).map(({ rule, key, roles, items: ids }) => {
    const what =
      rule === "groupInTwoRoles"
        ? `group "${key}"`
        : `the pixels of ${ids.map((id) => `"${names.get(id)}"`).join(", ")}`;
    return `${what} would be in ${roles.join(" and ")}`;
  });
  const byDigest = new Map(items.map((item) => [item.arrayDigest, item]));
  const moved = earlier.flatMap(({ arrayDigest, role, group }) => {
    const item = byDigest.get(arrayDigest);
    if (item === undefined || item.role === role) return [];
    return `"${item.name}" was in ${role} in an earlier version (group "${group}") and would be in ${item.role} now (group "${item.group}")`;
  });
  return [...shared, ...moved];
}

/** Version of a content that differs from its parent's. */
export function nextVersion(
  parent: { readonly version: string; readonly items: readonly ContentItem[] } | null,
  items: readonly ContentItem[],
): string {
  if (parent === null) return "1.0.0";
  const [major, minor, patch] = parent.version.split(".").map(Number) as [number, number, number];
  const now = new Map(items.map((item) => [item.arrayDigest, item]));
  const changed = parent.items.some((old) => {
    const item = now.get(old.arrayDigest);
    return item === undefined || !item.layerRoot.equals(old.layerRoot) || item.role !== old.role;
  });
  if (changed) return `${major + 1}.0.0`;
  if (items.length > parent.items.length) return `${major}.${minor + 1}.0`;
  return `${major}.${minor}.${patch + 1}`;
}
