/**
 * Which images of a public data set must stay on one side of a split, in one table.
 *
 * Each rule names the facts it needs; when one is missing the group is unknown (`null`), which the importer reports as
 * a warning and keeps together. It never becomes "each image its own group": that is how neighbouring fields of one
 * slide end up on both sides. Reasons and evidence: docs/decisions/0009-group-keys.md.
 */
import { assert } from "#core/errors.ts";
import type { GroupKey, GroupLevel } from "./layout.ts";

export interface GroupRule {
  /** `Layout.format`. */
  readonly format: string;
  /** `null`: the data set does not say, whatever facts there are. */
  readonly level: GroupLevel | null;
  /** Facts that make the key, in order. */
  readonly facts: readonly string[];
  /** The rule in words, for people. */
  readonly rule: string;
}

export const groupRules: readonly GroupRule[] = [
  {
    format: "ctc",
    level: "movie",
    facts: ["dataset", "sequence"],
    rule: "data set and sequence: frames of one movie show the same cells",
  },
  {
    format: "trk",
    level: "movie",
    facts: ["movie"],
    rule: "movie: the source's file name when known, else the archive and the position in it",
  },
  {
    format: "dynamic-nuclear-net",
    level: "movie",
    facts: ["movie"],
    rule: "file name of the movie: the segmentation and the tracking release share movies but no split",
  },
  {
    format: "tissuenet",
    level: "source",
    facts: ["experiment"],
    rule: "experiment; donors are not published, and the official split is random over images",
  },
  {
    format: "livecell",
    level: "well",
    facts: ["cellLine", "well"],
    rule: "cell line and well: crops and time points of a well show the same cells",
  },
  {
    format: "nuinsseg",
    level: "slide",
    facts: ["species", "organ"],
    rule: "species and organ: each organ folder is cut from one slide",
  },
  {
    format: "monuseg",
    level: "donor",
    facts: ["participant"],
    rule: "TCGA participant: the first 12 characters of the file name",
  },
  {
    format: "pannuke",
    level: null,
    facts: [],
    rule: "unknown: 7,901 patches of 481 fields, which patch is from which field is not published",
  },
  { format: "evican", level: null, facts: [], rule: "unknown: file names do not tell slides or dishes" },
  {
    format: "neurips-cellseg",
    level: null,
    facts: [],
    rule: "unknown: the source experiment of an image is not published",
  },
  {
    format: "deepcell-label",
    level: null,
    facts: [],
    rule: "unknown: a project names no donor, slide or movie",
  },
  {
    format: "dsb2018",
    level: null,
    facts: [],
    rule: "unknown: no source is given; near-duplicates are found by content",
  },
];

/**
 * The group key of an image by the rule of its format.
 *
 * @param facts  raw words by name; an empty or absent one makes the group unknown.
 * @throws Error `internal:` for a format without a rule.
 */
export function groupKey(
  format: string,
  facts: Readonly<Record<string, string | undefined>>,
): GroupKey | null {
  const rule = groupRules.find((candidate) => candidate.format === format);
  assert(rule !== undefined, `format ${format} has a group rule`);
  if (rule.level === null) return null;
  const words = rule.facts.map((fact) => facts[fact]?.trim() ?? "");
  return words.includes("") ? null : { key: words.join(" "), level: rule.level };
}
