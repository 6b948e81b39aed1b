/**
 * Where graphs lie among the files of an import: every folder with nodes/ids and edges/ids is one.
 */
import type { FileEntry } from "../../import/plan.ts";

// A movie has one graph per layer; nested graphs of tracklets and lineages are not looked for below another.
const GRAPHS_MAX = 10_000;

const IDS = /^(?:(.*)\/)?(nodes|edges)\/ids\/(?:zarr\.json|\.zarray)$/;

/** Paths of the groups, "" for the top, sorted; graphs within a graph (geffception) are left out. Linear. */
export function findGeffGroups(entries: readonly FileEntry[]): string[] {
  const parts = new Map<string, Set<string>>();
  for (const { path } of entries) {
    const match = IDS.exec(path);
    if (match === null) continue;
    const group = match[1] ?? "";
    parts.set(group, (parts.get(group) ?? new Set()).add(match[2]!));
  }
  const groups = [...parts].filter(([, found]) => found.size === 2).map(([group]) => group);
  const known = new Set(groups);
  const within = (group: string): boolean =>
    group.split("/").some((_, i, all) => i > 0 && known.has(all.slice(0, i).join("/")));
  return groups
    .filter((group) => !within(group))
    .sort()
    .slice(0, GRAPHS_MAX);
}
