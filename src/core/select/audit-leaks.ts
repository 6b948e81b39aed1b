/**
 * Leaks between training and testing: the same group, or the very same pixels, on both sides.
 *
 * Every published score that was too good had one of these two; a dataset version is not frozen while one is found.
 */

import type { SplitRole } from "./group-split.ts";

export interface AuditItem {
  readonly id: string;
  readonly group: string;
  readonly role: SplitRole;
  /** Digest of the pixels; equal digests mean equal images whatever their names. */
  readonly pixelHash: string;
}

export interface LeakFinding {
  readonly rule: "groupInTwoRoles" | "pixelsInTwoRoles";
  /** The group key or the pixel hash. */
  readonly key: string;
  readonly roles: readonly SplitRole[];
  /** Ids of all items with this key, in the order given. */
  readonly items: readonly string[];
}

/** All leaks, groups first, each in order of first appearance. Cost: O(items). */
export function auditLeaks(items: readonly AuditItem[]): LeakFinding[] {
  return [
    ...findShared(items, "groupInTwoRoles", (item) => item.group),
    ...findShared(items, "pixelsInTwoRoles", (item) => item.pixelHash),
  ];
}

function findShared(
  items: readonly AuditItem[],
  rule: LeakFinding["rule"],
  keyOf: (item: AuditItem) => string,
): LeakFinding[] {
  const byKey = new Map<string, AuditItem[]>();
  for (const item of items) {
    const key = keyOf(item);
    const members = byKey.get(key);
    if (members === undefined) byKey.set(key, [item]);
    else members.push(item);
  }
  const findings: LeakFinding[] = [];
  for (const [key, members] of byKey) {
    const roles = [...new Set(members.map(({ role }) => role))];
    if (roles.length > 1) findings.push({ rule, key, roles, items: members.map(({ id }) => id) });
  }
  return findings;
}
