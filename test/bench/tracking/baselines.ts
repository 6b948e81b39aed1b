/** What the linker has to beat, and what no linker can beat on the same detections. */
import { linksFromTracks, type TrackLink, tracksFromLinks } from "#core/lineage/index.ts";
import { assignPairs } from "#core/metrics/index.ts";
import { type FrameDetections, measureMotion, poolMotion } from "#core/tracking/index.ts";
import type { KnownMovie } from "./simulated-movie.ts";

/**
 * Plain assignment by distance: nearest in sum between each two frames within the gate (the same gate our candidates
 * have), no gaps; a cell without origin is a daughter of the nearest linked cell within the gate.
 */
export function linkByDistance(frames: readonly FrameDetections[]): TrackLink[] {
  const links: TrackLink[] = [];
  let offset = 0;
  const history: ReturnType<typeof measureMotion>[] = [];
  for (let f = 1; f < frames.length; f++) {
    const [before, after] = [frames[f - 1]!, frames[f]!];
    history.push(measureMotion(before, after));
    const { gatePx } = poolMotion(history.slice(-20), [after]);
    const pairs: { row: number; column: number; weight: number }[] = [];
    for (let i = 0; i < before.labels.length; i++)
      for (let j = 0; j < after.labels.length; j++) {
        const distance = Math.hypot(before.y[i]! - after.y[j]!, before.x[i]! - after.x[j]!);
        if (distance < gatePx) pairs.push({ row: i, column: j, weight: gatePx ** 2 - distance ** 2 });
      }
    const columns = assignPairs(before.labels.length, after.labels.length, pairs);
    const next = offset + before.labels.length;
    const rows = new Map([...columns.entries()].filter(([, j]) => j >= 0).map(([i, j]) => [j, i]));
    const divided = new Map<number, number>();
    const nearestLinked = (j: number): number | undefined =>
      pairs
        .filter(({ row, column }) => column === j && columns[row]! >= 0 && !divided.has(row))
        .sort((a, b) => b.weight - a.weight)[0]?.row;
    for (let j = 0; j < after.labels.length; j++) {
      if (rows.has(j)) continue;
      const parent = nearestLinked(j);
      if (parent !== undefined) divided.set(parent, j);
    }
    for (const [j, i] of rows)
      links.push({ from: offset + i, to: next + j, kind: divided.has(i) ? "division" : "link" });
    for (const [i, j] of divided) links.push({ from: offset + i, to: next + j, kind: "division" });
    offset = next;
  }
  return links;
}

/** Links of the reference between the detections that show it: a cell's first detection of a frame stands for it. */
export function linkByTruth({ frames, cells, reference }: KnownMovie): TrackLink[] {
  const detections = frames.flatMap(({ t }, f) => cells[f]!.map((own) => ({ t, label: own[0] ?? 0 })));
  // The second half of a split cell is nobody.
  const seen = new Set<string>();
  const named = detections.map(({ t, label }) => {
    const key = `${t} ${label}`;
    if (label === 0 || seen.has(key)) return { t, label: -1 };
    seen.add(key);
    return { t, label };
  });
  return linksFromTracks(reference, named);
}

export const tracksOfLinks = (frames: readonly FrameDetections[], links: readonly TrackLink[]) =>
  tracksFromLinks(
    frames.flatMap(({ t, labels }) => [...labels].map(() => ({ t }))),
    links,
  );
