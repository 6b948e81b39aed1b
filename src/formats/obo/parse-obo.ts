/**
 * Ontologies as OBO text, versions 1.2 and 1.4.
 *
 * Only what a vocabulary needs is kept: names, synonyms with their scope, `is_a`, `part_of`, obsolescence and
 * replacement, and of Cellosaurus the species and the warning of a problematic line. Other tags are passed over, but a
 * line that is no tag at all is an error with its number: a damaged file should not become a smaller vocabulary.
 * After the OBO flat file format guide 1.4.
 */
import { parseCurie } from "#core/ontology/index.ts";
import { fault } from "../fault.ts";
import { finishDrafts, newDraft, type TermDraft } from "./draft.ts";
import { defaultOntologyLimits, type OntologyFile, type OntologyOptions } from "./limits.ts";

/** No line of a sound file comes near it; a file without line ends would be copied again and again. */
const LINE_MAX = 1024 * 1024;

interface State {
  readonly file: string;
  release: string;
  /** The stanza being read; `null` in the header and in stanzas that are not terms. */
  term: TermDraft | null;
  inHeader: boolean;
  /** A `[Term]` whose `id:` has not come yet. */
  awaitsId: boolean;
  readonly drafts: TermDraft[];
  readonly termsMax: number;
}

/** @throws FoundryError `format.obo` with the line; `limit.bytes`, `limit.objects`. */
export function parseObo(text: string, options: OntologyOptions): OntologyFile {
  const limits = { ...defaultOntologyLimits, ...options.limits };
  checkLength(text, options.name, limits.textMax);
  const state: State = {
    file: options.name,
    release: "",
    term: null,
    inHeader: true,
    awaitsId: false,
    drafts: [],
    // Entries of other vocabularies are read before they are left out.
    termsMax: limits.termsMax * 4,
  };
  let line = 0;
  for (let at = text.startsWith("\ufeff") ? 1 : 0; at < text.length; ) {
    const { end, next, joined } = lineAt(text, at, state.file, line + 1);
    line += 1;
    readLine(state, joined ?? text.slice(at, end), line);
    line += joined === null ? 0 : joinedLines(text, at, end);
    at = next;
  }
  if (state.awaitsId) throw missingId(state, line);
  return finishDrafts(state.drafts, state.release, options);
}

export function checkLength(text: string, file: string, textMax: number): void {
  if (text.length <= textMax) return;
  throw fault("limit.bytes", {
    file,
    reason: `it has ${text.length} characters, the limit is ${textMax}`,
    remedy: "Import a slim of the ontology.",
  });
}

interface Line {
  readonly end: number;
  readonly next: number;
  /** The line with its continuations, when it has some. */
  readonly joined: string | null;
}

/** One logical line: a backslash before the end of a line continues it. */
function lineAt(text: string, start: number, file: string, line: number): Line {
  let end = start;
  let isContinued = false;
  for (;;) {
    const stop = text.indexOf("\n", end);
    const physicalEnd = stop < 0 ? text.length : stop;
    if (physicalEnd - start > LINE_MAX) {
      throw fault("format.obo", {
        file,
        place: `line ${line}`,
        reason: `it is longer than ${LINE_MAX} characters`,
        remedy: "Check whether the file is an ontology in OBO text.",
      });
    }
    end = physicalEnd;
    if (stop < 0 || !isContinuedAt(text, start, physicalEnd)) {
      const joined = isContinued ? text.slice(start, end).replace(/\\\r?\n\s*/g, " ") : null;
      return { end, next: stop < 0 ? text.length : stop + 1, joined };
    }
    isContinued = true;
    end = stop + 1;
  }
}

function isContinuedAt(text: string, start: number, end: number): boolean {
  const last = end > start && text.charCodeAt(end - 1) === 0x0d ? end - 2 : end - 1;
  return last >= start && text.charCodeAt(last) === 0x5c;
}

function joinedLines(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", start); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function readLine(state: State, raw: string, line: number): void {
  const text = raw.trim();
  if (text === "" || text.startsWith("!")) return;
  if (text.startsWith("[")) {
    if (state.awaitsId) throw missingId(state, line);
    state.inHeader = false;
    state.term = null;
    state.awaitsId = /^\[Term\]/.test(text);
    return;
  }
  const colon = text.indexOf(":");
  const tag = colon < 0 ? "" : text.slice(0, colon);
  if (!/^[A-Za-z][\w.-]*$/.test(tag)) {
    throw fault("format.obo", {
      file: state.file,
      place: `line ${line}`,
      reason: `"${text.slice(0, 60)}" is not a tag with a value`,
      remedy: "The file is damaged, or it is not OBO text; download it again.",
    });
  }
  const value = text.slice(colon + 1).trim();
  if (state.inHeader) {
    // "releases/2026-04-01" and "uberon/releases/2026-04-01/uberon.obo" mean the same release.
    if (tag === "data-version") state.release = /(?:^|\/)releases\/([^/]+)/.exec(value)?.[1] ?? bare(value);
    return;
  }
  if (tag === "id" && state.awaitsId) startTerm(state, value, line);
  else if (state.term !== null) readTag(state, state.term, tag, value, line);
}

function startTerm(state: State, value: string, line: number): void {
  state.awaitsId = false;
  state.term = newDraft(curieOf(value), `line ${line}`);
  state.drafts.push(state.term);
  if (state.drafts.length > state.termsMax) {
    throw fault("limit.objects", {
      file: state.file,
      place: `line ${line}`,
      reason: `it has more than ${state.termsMax} terms`,
      remedy: "Import a slim of the ontology.",
    });
  }
}

function missingId(state: State, line: number) {
  return fault("format.obo", {
    file: state.file,
    place: `line ${line}`,
    reason: "the term before this line has no id",
    remedy: "The file is damaged; download it again.",
  });
}

function readTag(state: State, term: TermDraft, tag: string, value: string, line: number): void {
  switch (tag) {
    case "name":
      term.label = unescaped(bare(value));
      return;
    case "synonym": {
      const { text, scope } = quoted(state, value, line);
      (scope === "EXACT" ? term.exact : term.other).push(text);
      return;
    }
    case "exact_synonym": // of OBO 1.0, still found in old files
      term.exact.push(quoted(state, value, line).text);
      return;
    case "is_a":
      term.parents.push({ curie: curieOf(value), relation: "isA" });
      return;
    case "relationship":
      readRelationship(term, value);
      return;
    case "is_obsolete":
      term.deprecated = bare(value) === "true";
      return;
    case "replaced_by":
      term.replacedBy ??= curieOf(value);
      return;
    case "alt_id":
      term.alternatives.push(curieOf(value));
      return;
    case "xref":
      readTaxon(term, value);
      return;
    case "comment":
      readProblem(term, value);
  }
}

function readRelationship(term: TermDraft, value: string): void {
  const [relation = "", target = ""] = bare(value).split(/\s+/);
  if (relation === "part_of" || relation === "BFO:0000050") {
    term.parents.push({ curie: curieOf(target), relation: "partOf" });
  } else if (relation === "derived_from" && term.curie.startsWith("CVCL_")) {
    // A line made from another one is what Cellosaurus has for a hierarchy.
    term.parents.push({ curie: curieOf(target), relation: "isA" });
  }
}

function readTaxon(term: TermDraft, value: string): void {
  const taxon = /^NCBI_TaxID:(\d{1,9})\b/.exec(value)?.[1];
  if (taxon !== undefined && term.curie.startsWith("CVCL_")) term.species.push(`NCBITaxon:${taxon}`);
}

function readProblem(term: TermDraft, value: string): void {
  const problem = /Problematic cell line: ([^"]{1,1000}?)(?:\.\s|\."|"|\.$|$)/.exec(value)?.[1];
  if (problem !== undefined && term.curie.startsWith("CVCL_")) term.problem = problem;
}

/** Without the remark behind "!" and the qualifiers in braces. */
function bare(value: string): string {
  const remark = value.includes("!") ? value.search(/(?:^|\s)!(?:\s|$)/) : -1;
  const text = (remark < 0 ? value : value.slice(0, remark)).trim();
  const open = text.endsWith("}") ? text.lastIndexOf("{") : -1;
  return open < 0 ? text : text.slice(0, open).trim();
}

function curieOf(value: string): string {
  const [id = ""] = bare(value).split(/\s/);
  return parseCurie(id) ?? id;
}

/** `"text" SCOPE …`, with the text's escapes undone. */
function quoted(
  state: State,
  value: string,
  line: number,
): { readonly text: string; readonly scope: string } {
  const match = /^"((?:[^"\\]|\\[\s\S])*)"\s*([A-Z]*)/.exec(value);
  if (match === null) {
    throw fault("format.obo", {
      file: state.file,
      place: `line ${line}`,
      reason: "a synonym is not in quotation marks",
      remedy: "The file is damaged; download it again.",
    });
  }
  return { text: unescaped(match[1] ?? ""), scope: match[2] ?? "" };
}

function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\([\s\S])/g, (_, letter: string) => ({ n: "\n", t: "\t", W: " " })[letter] ?? letter);
}
