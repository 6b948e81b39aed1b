/**
 * Links of a graph as links of a lineage: one origin per detection, several successors are daughters.
 */
import type { PlacedDetection, TrackLink } from "#core/lineage/index.ts";

/**
 * Of several links into one detection the first counts; of several links out of one detection all are divisions.
 *
 * @param named  what the file calls a detection, for the note.
 * @returns sorted by `to`.
 */
export function withoutMerges(
  links: readonly TrackLink[],
  detections: readonly PlacedDetection[],
  named: (at: number) => string,
): { links: TrackLink[]; notes: string[] } {
  const origin = new Int32Array(detections.length);
  const successors = new Int32Array(detections.length);
  const kept: TrackLink[] = [];
  let firstMerge: TrackLink | null = null;
  for (const link of links) {
    if (origin[link.to]! > 0) firstMerge ??= link;
    else {
      origin[link.to] = 1;
      successors[link.from]!++;
      kept.push(link);
    }
  }
  const notes =
    firstMerge === null
      ? []
      : [
          `${links.length - kept.length} links into cells with another origin were left out, the first into ${named(firstMerge.to)} in frame ${detections[firstMerge.to]!.t}: a lineage holds no merges.`,
        ];
  return {
    links: kept
      .map((link): TrackLink => (successors[link.from]! > 1 ? { ...link, kind: "division" } : link))
      .sort((a, b) => a.to - b.to),
    notes,
  };
}
