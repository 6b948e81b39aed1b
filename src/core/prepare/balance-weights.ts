/**
 * How often images are drawn in training, so that frequent kinds do not drown the rare ones.
 *
 * Each image of a stratum weighs as much as the stratum is smaller than the median one, within a cap, because a stratum
 * of three images drawn as often as one of three thousand would be learnt by heart. Rare classes of objects add weight to
 * the images that hold them.
 */

export interface BalancedImage {
  readonly strata: Readonly<Record<string, string>>;
  /** Objects of each class; absent where nobody told classes apart. */
  readonly classes?: Readonly<Record<string, number>> | undefined;
}

export interface BalanceOptions {
  /** Metadata fields to balance; their values together make the stratum. */
  readonly fields: readonly string[];
  /** No image is drawn more than this many times as often as one of a median stratum, or less than the inverse. */
  readonly cap: number;
}

/** Weight of each image, in the order given; 1 for all when nothing is to be balanced. Pure. Cost: O(images). */
export function balanceWeights(images: readonly BalancedImage[], { fields, cap }: BalanceOptions): number[] {
  const keys = images.map(({ strata }) => fields.map((field) => strata[field] ?? "").join("\n"));
  const byStratum = inverseSizes(countBy(keys), cap);
  const objects = new Map<string, number>();
  for (const { classes = {} } of images) {
    for (const [name, count] of Object.entries(classes)) objects.set(name, (objects.get(name) ?? 0) + count);
  }
  const byClass = inverseSizes(objects, cap);
  return images.map(({ classes = {} }, i) => {
    const rare = Object.entries(classes).filter(([, count]) => count > 0);
    const factor = Math.max(1, ...rare.map(([name]) => byClass.get(name) ?? 1));
    return clamp((byStratum.get(keys[i] as string) ?? 1) * factor, cap);
  });
}

function countBy(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Median size over own size, within the cap. */
function inverseSizes(counts: ReadonlyMap<string, number>, cap: number): Map<string, number> {
  const sizes = [...counts.values()].sort((a, b) => a - b);
  const median = sizes[sizes.length >> 1] ?? 1;
  return new Map([...counts].map(([key, count]) => [key, clamp(median / count, cap)]));
}

const clamp = (weight: number, cap: number): number => Math.min(cap, Math.max(1 / cap, weight));
