/**
 * A term while its file is being read, and what becomes of all of them in the end.
 *
 * Both formats fill the same draft. Here is decided what counts: which CURIEs are kept, that an alternative identifier
 * is a deprecated term, and that a cell line of Cellosaurus, which has no hierarchy, is a cultured cell.
 */
import {
  curiePrefix,
  findCycles,
  isCurie,
  type Term,
  type TermRelation,
  termSources,
} from "#core/ontology/index.ts";
import { fault } from "../fault.ts";
import {
  defaultOntologyLimits,
  NAME_LENGTH_MAX,
  NAMES_MAX,
  type OntologyFile,
  type OntologyOptions,
} from "./limits.ts";

export interface TermDraft {
  curie: string;
  /** Line or position, for messages. */
  place: string;
  label: string;
  exact: string[];
  other: string[];
  parents: { curie: string; relation: TermRelation }[];
  deprecated: boolean;
  replacedBy: string | null;
  /** Identifiers that this term has taken over. */
  alternatives: string[];
  species: string[];
  problem: string | null;
}

export function newDraft(curie: string, place: string): TermDraft {
  return {
    curie,
    place,
    label: "",
    exact: [],
    other: [],
    parents: [],
    deprecated: false,
    replacedBy: null,
    alternatives: [],
    species: [],
    problem: null,
  };
}

const titles = new Map(termSources.map((source) => [source.prefix, source.title]));

/** Below which a cell line without a parent of its own hangs. */
const culturedCell = "CL:0000010";

/** @throws FoundryError `limit.objects`; `format.obo` when nothing is left. */
export function finishDrafts(
  drafts: readonly TermDraft[],
  release: string,
  options: OntologyOptions,
): OntologyFile {
  const { termsMax } = { ...defaultOntologyLimits, ...options.limits };
  const wanted = options.prefixes === undefined ? null : new Set(options.prefixes);
  const counts = { other: 0, nameless: 0, repeated: 0, cut: 0 };
  const version = options.release ?? release;
  const terms = new Map<string, Term>();
  const replaced: TermDraft[] = [];
  for (const draft of drafts) {
    if (!isCurie(draft.curie) || (wanted !== null && !wanted.has(curiePrefix(draft.curie)))) counts.other++;
    else if (terms.has(draft.curie)) counts.repeated++;
    else if (draft.label.trim() === "" && !draft.deprecated) counts.nameless++;
    else {
      terms.set(draft.curie, toTerm(draft, version, counts));
      if (draft.alternatives.length > 0) replaced.push(draft);
    }
    if (terms.size > termsMax) throw tooMany(options.name, termsMax);
  }
  for (const draft of replaced) {
    for (const old of draft.alternatives) {
      if (!isCurie(old) || terms.has(old) || (wanted !== null && !wanted.has(curiePrefix(old)))) continue;
      const gone = {
        ...newDraft(old, draft.place),
        label: draft.label,
        deprecated: true,
        replacedBy: draft.curie,
      };
      terms.set(old, toTerm(gone, version, counts));
      if (terms.size > termsMax) throw tooMany(options.name, termsMax);
    }
  }
  if (terms.size === 0) {
    throw fault("format.obo", {
      file: options.name,
      reason: `it has no terms${wanted === null ? "" : ` of ${[...wanted].join(", ")}`}`,
      remedy: "Check the file and the prefixes.",
    });
  }
  const cycles = findCycles(terms);
  return { terms: [...terms.values()], release: version, notes: notesOf(counts, cycles) };
}

interface Counts {
  other: number;
  nameless: number;
  repeated: number;
  cut: number;
}

function tooMany(file: string, termsMax: number) {
  return fault("limit.objects", {
    file,
    reason: `it has more than ${termsMax} terms`,
    remedy: "Import a slim of the ontology, or name the prefixes that are needed.",
  });
}

function notesOf(counts: Counts, cycles: readonly (readonly string[])[]): string[] {
  const notes: string[] = [];
  const say = (count: number, text: string): void => {
    if (count > 0) notes.push(`${count} ${text}`);
  };
  say(counts.other, "entries of other vocabularies, or without a CURIE, were left out.");
  say(counts.nameless, "terms without a name were left out.");
  say(counts.repeated, "terms occur again; the first of each is used.");
  say(
    counts.cut,
    `names beyond ${NAMES_MAX} of a term, or longer than ${NAME_LENGTH_MAX} characters, were left out.`,
  );
  const [first] = cycles;
  if (first !== undefined)
    notes.push(`${cycles.length} cycles of parents, such as ${first.slice(0, 6).join(" -> ")}.`);
  return notes;
}

function toTerm(draft: TermDraft, release: string, counts: Counts): Term {
  const prefix = curiePrefix(draft.curie);
  const label = clean(draft.label) || draft.curie;
  const synonyms = distinct(draft.exact, [label], counts);
  const related = distinct(draft.other, [label, ...synonyms], counts);
  const parents = new Map(
    draft.parents.filter(({ curie }) => curie !== draft.curie).map((p) => [p.curie, p]),
  );
  const isOrphanLine = prefix === "CVCL" && parents.size === 0 && !draft.deprecated;
  const origin = {
    ...(draft.species.length === 1 ? { species: draft.species[0] as string } : {}),
    ...(draft.problem === null ? {} : { problem: draft.problem.slice(0, NAME_LENGTH_MAX) }),
  };
  return {
    curie: draft.curie,
    label: label.slice(0, NAME_LENGTH_MAX),
    source: titles.get(prefix) ?? prefix,
    release,
    synonyms,
    parents: isOrphanLine ? [{ curie: culturedCell, relation: "isA" }] : [...parents.values()],
    ...(related.length === 0 ? {} : { related }),
    ...(draft.deprecated ? { deprecated: true } : {}),
    ...(draft.deprecated && draft.replacedBy !== null ? { replacedBy: draft.replacedBy } : {}),
    ...(Object.keys(origin).length === 0 ? {} : { origin }),
    installed: true,
  };
}

function distinct(names: readonly string[], without: readonly string[], counts: Counts): string[] {
  const known = new Set(without);
  const kept: string[] = [];
  for (const written of names) {
    const name = clean(written);
    if (name === "" || known.has(name)) continue;
    if (name.length > NAME_LENGTH_MAX || kept.length >= NAMES_MAX) {
      counts.cut++;
      continue;
    }
    known.add(name);
    kept.push(name);
  }
  return kept;
}

/** Names go onto screens: one line, no control characters. */
function clean(name: string): string {
  if (/^[!-~](?:[!-~]| (?! ))*$/.test(name) && !name.endsWith(" ")) return name;
  return name
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .toWellFormed()
    .trim();
}
