/**
 * Training buckets: the few coarse classes by which models are balanced and reported.
 *
 * A closed table, as TissueNet (tissue x platform) and LiveCellNet (cell line, modality, compartment) use them. A term
 * falls into the bucket of the nearest term above it that has one, so "jejunum" is `gi` while "decidua" keeps a bucket
 * of its own below the uterus. A bucket is a third field beside the written word and the CURIE and can be overridden:
 * merging what a model cannot tell apart must not change what the image is (chromogenic slides are not fluorescent ones).
 */
import { type FacetName, isFacetName } from "./facets.ts";
import rows from "./terms/buckets.json" with { type: "json" };
import type { Vocabulary } from "./vocabulary.ts";

const table: ReadonlyMap<string, string> = new Map(
  rows.flatMap((row) => row.curies.map((curie) => [`${row.facet} ${curie}`, row.bucket] as const)),
);

/** Buckets by facet, in the order of the table; facets that have none are left out. */
export const trainingBuckets: ReadonlyMap<FacetName, readonly string[]> = new Map(
  [...Map.groupBy(rows, (row) => row.facet)]
    .filter((entry): entry is [FacetName, typeof rows] => isFacetName(entry[0]))
    .map(([facet, list]) => [facet, [...new Set(list.map((row) => row.bucket))]]),
);

/**
 * The bucket of a term: its own, or that of the nearest term above it.
 *
 * @returns `null` when the term is not known or nothing above it has a bucket.
 */
export function trainingBucket(facet: FacetName, curie: string, vocabulary: Vocabulary): string | null {
  for (const candidate of [curie, ...vocabulary.ancestors(curie)]) {
    const bucket = table.get(`${facet} ${candidate}`);
    if (bucket !== undefined) return bucket;
  }
  return null;
}
