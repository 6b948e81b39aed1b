/** Frames of one movie and slices of one stack across the split, by metadata or by the names of the files. */

import { frameOf, type LeakFinding, type LeakItem } from "#core/leaks/index.ts";
import type { SplitRole } from "#core/select/index.ts";
import { errorFinding, namesOf } from "./leak-words.ts";
import * as text from "./sql/leaks.ts";
import type { Store } from "./store.ts";

interface FrameRow extends LeakItem {
  readonly sourceId: string;
  readonly metadata: Readonly<Record<string, string>> | null;
}

interface Frame {
  readonly frame: number;
  readonly item: LeakItem;
}

/** One finding per movie, with the two frames nearest to each other on different sides. */
export async function findMovies(tx: Store, items: string): Promise<LeakFinding[]> {
  const movies = new Map<string, Map<SplitRole, Frame[]>>();
  for (const row of await tx.sql.query<FrameRow>(text.possibleFrames(items))) {
    const { imageId, name, group, role, sourceId, metadata } = row;
    const found = frameOf(name, metadata ?? {});
    if (found === null) continue;
    // The same name in two sources is two movies.
    const key = `${sourceId} ${found.movie}`;
    const roles = movies.get(key) ?? new Map<SplitRole, Frame[]>();
    const frames = roles.get(role) ?? [];
    frames.push({ frame: found.frame, item: { imageId, name, group, role } });
    movies.set(key, roles.set(role, frames));
  }
  const findings: LeakFinding[] = [];
  for (const [key, roles] of [...movies].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (roles.size > 1) findings.push(findingOf(key, roles));
  }
  return findings;
}

function findingOf(key: string, roles: ReadonlyMap<SplitRole, readonly Frame[]>): LeakFinding {
  const all = [...roles.values()]
    .flat()
    .sort((a, b) => a.frame - b.frame || (a.item.name < b.item.name ? -1 : 1));
  let nearest: readonly [Frame, Frame] | null = null;
  // In order of frames, the nearest two on different sides stand next to each other.
  for (const [i, one] of all.entries()) {
    const next = all[i + 1];
    if (next === undefined || next.item.role === one.item.role) continue;
    if (nearest === null || next.frame - one.frame < nearest[1].frame - nearest[0].frame)
      nearest = [one, next];
  }
  const items = nearest === null ? [] : nearest.map(({ item }) => item);
  const apart = nearest === null ? 0 : nearest[1].frame - nearest[0].frame;
  const movie = key.slice(key.indexOf(" ") + 1);
  return errorFinding("sameMovie", key, items, {
    count: all.length,
    text: `${all.length} images of the movie or stack "${movie}" are in ${[...roles.keys()].join(" and ")}: ${namesOf(items)} are ${apart} apart.`,
    evidence: { movie, apart },
  });
}
