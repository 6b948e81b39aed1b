/**
 * The metadata of one image against the schema: what each field means, and what is wrong.
 *
 * The written words come back unchanged whatever is found; meanings stand beside them. Rules between fields: a cell line
 * implies its species, its disease is not the sample's, and a sample has either a donor or a cell line.
 */

import { editDistance } from "./edit-distance.ts";
import type { FacetName } from "./facets.ts";
import { type MetadataField, metadataField, metadataFields } from "./metadata-schema.ts";
import type { Term } from "./term.ts";
import { type MetadataProblem, type MetadataValue, readField } from "./validate-field.ts";
import type { Vocabulary } from "./vocabulary.ts";

export interface ValidMetadata {
  /** Every field as it was written. */
  readonly raw: Readonly<Record<string, string>>;
  readonly terms: Readonly<Partial<Record<FacetName, MetadataValue>>>;
  readonly numbers: Readonly<Record<string, number>>;
  /** Values in their proper form: dates, DOIs, SPDX names, wells, ids. */
  readonly proper: Readonly<Record<string, string>>;
  /** What the cell line implies and the record does not say, as CURIEs; an offer, not a fact of the record. */
  readonly implied: Readonly<Partial<Record<FacetName, string>>>;
}

export interface MetadataReport {
  readonly value: ValidMetadata;
  readonly problems: readonly MetadataProblem[];
}

/**
 * @param record    field name -> written word; empty words count as missing.
 * @param required  names of fields that must be there (a preset's).
 */
export function validateMetadata(
  record: Readonly<Record<string, string | undefined>>,
  vocabulary: Vocabulary,
  options: { readonly required?: readonly string[] } = {},
): MetadataReport {
  const raw: Record<string, string> = {};
  const terms: Partial<Record<FacetName, MetadataValue>> = {};
  const numbers: Record<string, number> = {};
  const proper: Record<string, string> = {};
  const problems: MetadataProblem[] = [];
  for (const [name, written] of Object.entries(record)) {
    if (written === undefined || written.trim() === "") continue;
    raw[name] = written;
    const field = metadataField(name);
    if (field === undefined) {
      const slip = slipOf(name, record);
      if (slip !== null) problems.push(slip);
      continue;
    }
    const reading = readField(vocabulary, field, written);
    if (reading.term !== undefined && field.kind.type === "term") terms[field.kind.facet] = reading.term;
    if (reading.number !== undefined) numbers[name] = reading.number;
    if (reading.proper !== undefined) proper[name] = reading.proper;
    if (reading.problem !== undefined) problems.push(reading.problem);
  }
  problems.push(...missing(raw, options.required ?? []));
  const line = lineOf(vocabulary, terms.cellLine);
  problems.push(...sampleProblems(raw, vocabulary, terms, line));
  return { value: { raw, terms, numbers, proper, implied: impliedBy(line, raw) }, problems };
}

/** The cell line; a second name of it (CLO) knows nothing of its origin, the line itself does. */
function lineOf(vocabulary: Vocabulary, value: MetadataValue | undefined): Term | undefined {
  if (value === undefined || value.curie === null) return undefined;
  const term = vocabulary.term(value.curie);
  return term?.sameAs === undefined ? term : (vocabulary.term(term.sameAs) ?? term);
}

function missing(raw: Readonly<Record<string, string>>, required: readonly string[]): MetadataProblem[] {
  return required
    .filter((name) => raw[name] === undefined)
    .map((name) => {
      const title = metadataField(name)?.title ?? name;
      return { field: name, value: "", rule: "required", message: `${title} is missing`, severity: "error" };
    });
}

function impliedBy(line: Term | undefined, raw: Readonly<Record<string, string>>): ValidMetadata["implied"] {
  const origin = line?.origin;
  const implied: Partial<Record<FacetName, string>> = {};
  if (origin === undefined) return implied;
  for (const facet of ["species", "organ", "sex"] as const) {
    const curie = origin[facet];
    if (curie !== undefined && raw[facet] === undefined) implied[facet] = curie;
  }
  return implied;
}

function sampleProblems(
  raw: Readonly<Record<string, string>>,
  vocabulary: Vocabulary,
  terms: ValidMetadata["terms"],
  line: Term | undefined,
): MetadataProblem[] {
  const problems: MetadataProblem[] = [];
  const warn = (field: string, message: string): void => {
    problems.push({ field, value: raw[field] ?? "", rule: "conflict", message, severity: "warning" });
  };
  if (raw["donor"] !== undefined && raw["cellLine"] !== undefined) {
    warn("donor", "a sample has a donor or a cell line, not both");
  }
  if (raw["donor"] === undefined && raw["cellLine"] === undefined) {
    warn("donor", "neither a donor nor a cell line is given; images of one donor may then be split apart");
  }
  if (line === undefined) return problems;
  if (line.origin?.problem !== undefined)
    warn("cellLine", `${line.label} is a known problem: ${line.origin.problem}`);
  const said = terms.species?.curie;
  const species = line.origin?.species;
  if (
    said !== undefined &&
    said !== null &&
    species !== undefined &&
    !isSameBranch(vocabulary, said, species)
  ) {
    const of = vocabulary.term(species)?.label ?? species;
    problems.push({
      field: "species",
      value: raw["species"] ?? "",
      rule: "conflict",
      message: `${line.label} is a line of ${of}, not of ${vocabulary.term(said)?.label ?? said}`,
      nearest: of,
      severity: "error",
    });
  }
  const disease = terms.disease?.curie;
  if (disease !== undefined && disease === line.origin?.disease) {
    warn(
      "disease",
      `${line.label} was made from ${vocabulary.term(disease)?.label ?? disease}; write the state of the sample`,
    );
  }
  return problems;
}

/** Whether one is the other or stands above it: "Mammalia" does not contradict "Homo sapiens". */
function isSameBranch(vocabulary: Vocabulary, a: string, b: string): boolean {
  return a === b || vocabulary.ancestors(a).includes(b) || vocabulary.ancestors(b).includes(a);
}

/** A field one or two letters away from a known one that is not there. */
function slipOf(name: string, record: Readonly<Record<string, string | undefined>>): MetadataProblem | null {
  const near = nearestField(name);
  if (near === null || record[near.name] !== undefined) return null;
  return {
    field: name,
    value: record[name] ?? "",
    rule: "unknownField",
    message: `the field is kept as free text; did you mean ${near.name}?`,
    nearest: near.name,
    severity: "warning",
  };
}

/** The known field whose name or alias is at most two slips away, when the name is not one itself. */
export function nearestField(name: string): MetadataField | null {
  const key = fieldKey(name);
  if (key.length < 4) return null;
  let best: MetadataField | null = null;
  let bestDistance = key.length <= 5 ? 2 : 3;
  for (const field of metadataFields) {
    for (const alias of [field.name, ...field.aliases]) {
      const distance = editDistance(key, fieldKey(alias), bestDistance);
      if (distance < bestDistance && distance < alias.length - 1) {
        best = field;
        bestDistance = distance;
      }
    }
  }
  return best;
}

/** The known field that a name stands for: its own name, or one of its aliases, in any case with any separators. */
export function fieldOf(name: string): MetadataField | undefined {
  const key = fieldKey(name);
  return fieldByKey.get(key);
}

function fieldKey(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, "");
}

const fieldByKey: ReadonlyMap<string, MetadataField> = new Map(
  metadataFields.flatMap((field) =>
    [field.name, ...field.aliases].map((name) => [fieldKey(name), field] as const),
  ),
);
