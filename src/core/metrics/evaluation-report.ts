/**
 * What is said about a model version on a set of images: scores with intervals, the same by facet, and how well people
 * agree where two have outlined the same image.
 */

import { type BootstrapIntervals, bootstrapIntervals, type ResampleOptions } from "./bootstrap.ts";
import { compareScores, type ScoreComparison } from "./compare-scores.ts";
import { type Headline, headlineOf, type ObjectScores, scoresOf } from "./object-scores.ts";
import { addTallies, type ObjectTally, type TallySettings } from "./tally.ts";

export interface ScoredImage {
  readonly group: string;
  /** Field -> value: organ, platform, objectSize … A field an image lacks says nothing about it. */
  readonly facets: Readonly<Record<string, string>>;
  readonly tally: ObjectTally;
  /** A second person's labels of the image against the same reference; null when there are none. */
  readonly human: ObjectTally | null;
}

export interface FacetScores {
  readonly field: string;
  readonly value: string;
  readonly imageCount: number;
  readonly groupCount: number;
  readonly referenceCount: number;
  readonly headline: Headline;
  readonly intervals: BootstrapIntervals;
}

/** How well a second person agrees with the reference, and the model on the same images: a = person, b = model. */
export interface HumanAgreement {
  readonly imageCount: number;
  readonly referenceCount: number;
  readonly comparison: ScoreComparison;
}

export interface EvaluationReport {
  readonly scores: ObjectScores;
  readonly headline: Headline;
  readonly intervals: BootstrapIntervals;
  /** By field, then by number of images, most first. */
  readonly facets: readonly FacetScores[];
  /** Null when no image has labels of a second person. */
  readonly agreement: HumanAgreement | null;
}

/** Values of one field that are worth a line each; the rest are rare. */
const facetValuesMax = 40;

/** Cost: O(replicates x images x facets). Deterministic for a seed. */
export function makeEvaluationReport(
  images: readonly ScoredImage[],
  settings: TallySettings,
  options: ResampleOptions = {},
): EvaluationReport {
  const scores = scoresOf(pool(images, settings), settings);
  return {
    scores,
    headline: headlineOf(scores),
    intervals: bootstrapIntervals(images, settings, options),
    facets: scoreFacets(images, settings, options),
    agreement: scoreAgreement(images, settings, options),
  };
}

const pool = (images: readonly ScoredImage[], settings: TallySettings): ObjectTally =>
  addTallies(
    images.map(({ tally }) => tally),
    settings.thresholds.length,
  );

function scoreFacets(
  images: readonly ScoredImage[],
  settings: TallySettings,
  options: ResampleOptions,
): FacetScores[] {
  const fields = [...new Set(images.flatMap(({ facets }) => Object.keys(facets)))].sort();
  return fields.flatMap((field) => {
    const described = images.filter(({ facets }) => facets[field] !== undefined);
    const values = [...Map.groupBy(described, ({ facets }) => facets[field] as string)].sort(
      ([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : 1),
    );
    return values.slice(0, facetValuesMax).map(([value, members]): FacetScores => {
      const scores = scoresOf(pool(members, settings), settings);
      return {
        field,
        value,
        imageCount: members.length,
        groupCount: new Set(members.map(({ group }) => group)).size,
        referenceCount: scores.referenceCount,
        headline: headlineOf(scores),
        intervals: bootstrapIntervals(members, settings, options),
      };
    });
  });
}

function scoreAgreement(
  images: readonly ScoredImage[],
  settings: TallySettings,
  options: ResampleOptions,
): HumanAgreement | null {
  const pairs = images.flatMap(({ group, tally, human }) =>
    human === null ? [] : [{ group, a: human, b: tally }],
  );
  if (pairs.length === 0) return null;
  return {
    imageCount: pairs.length,
    referenceCount: pairs.reduce((sum, { b }) => sum + b.sums.references, 0),
    comparison: compareScores(pairs, settings, options),
  };
}
