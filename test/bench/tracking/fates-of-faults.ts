/** What became of the faults of a segmentation once masks were repaired. */
import type { LabelImage } from "#core/array/index.ts";
import type { SegmentationError } from "#core/movie/index.ts";

/** More than there are labels in a frame of a bench. */
const labelRoom = 2 ** 20;

/** The mask that covers more than half of each true cell, by cell. */
function findersOf(truth: LabelImage, labels: LabelImage): Map<number, number> {
  const shared = new Map<number, number>();
  const areas = new Map<number, number>();
  for (let i = 0; i < truth.data.length; i++) {
    const cell = truth.data[i]!;
    if (cell === 0) continue;
    areas.set(cell, (areas.get(cell) ?? 0) + 1);
    const key = cell * labelRoom + labels.data[i]!;
    if (labels.data[i]! > 0) shared.set(key, (shared.get(key) ?? 0) + 1);
  }
  const finders = new Map<number, number>();
  for (const [key, pixels] of shared) {
    const cell = Math.floor(key / labelRoom);
    if (2 * pixels > areas.get(cell)!) finders.set(cell, key % labelRoom);
  }
  return finders;
}

/** `missed mended`, `merged left` …: mended when each of its cells has a mask of its own that covers more than half of it. */
export function fatesOfFaults(
  truth: LabelImage,
  labels: LabelImage,
  errors: readonly SegmentationError[],
): string[] {
  const finders = findersOf(truth, labels);
  const holders = new Map<number, number>();
  for (const label of finders.values()) holders.set(label, (holders.get(label) ?? 0) + 1);
  return errors.flatMap(({ kind, cells }) => {
    const isMended = cells.every((cell) => finders.has(cell) && holders.get(finders.get(cell)!) === 1);
    return kind === "false" || kind === "split" ? [] : [`${kind} ${isMended ? "mended" : "left"}`];
  });
}
