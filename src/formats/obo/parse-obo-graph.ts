/**
 * Ontologies as OBO-graph JSON.
 *
 * The same content as OBO text, with full addresses instead of CURIEs. Every value is checked before use: a file that is
 * JSON need not be an ontology.
 */
import { fault } from "../fault.ts";
import { finishDrafts, newDraft, type TermDraft } from "./draft.ts";
import { defaultOntologyLimits, type OntologyFile, type OntologyOptions } from "./limits.ts";
import { checkLength } from "./parse-obo.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** @throws FoundryError `format.obo` with the place; `limit.bytes`, `limit.objects`. */
export function parseOboGraph(text: string, options: OntologyOptions): OntologyFile {
  const limits = { ...defaultOntologyLimits, ...options.limits };
  checkLength(text, options.name, limits.textMax);
  const refuse = (place: string, reason: string) =>
    fault("format.obo", {
      file: options.name,
      place,
      reason,
      remedy: "Use the OBO-graph JSON of the ontology, or its OBO text.",
    });
  const root = parseJson(text, options.name);
  const graphs = isObject(root) ? root["graphs"] : undefined;
  if (!Array.isArray(graphs) || graphs.length === 0) throw refuse("start", 'it has no list "graphs"');
  const drafts = new Map<string, TermDraft>();
  let release = "";
  for (const [index, graph] of graphs.entries()) {
    const place = `graph ${index + 1}`;
    if (!isObject(graph) || !Array.isArray(graph["nodes"])) throw refuse(place, 'it has no list "nodes"');
    release ||= releaseOf(graph);
    for (const [at, node] of graph["nodes"].entries()) {
      if (!isObject(node) || typeof node["id"] !== "string")
        throw refuse(`${place}, node ${at + 1}`, "it has no id");
      const draft = readNode(node, node["id"], `${place}, node ${at + 1}`);
      if (draft !== null && !drafts.has(draft.curie)) drafts.set(draft.curie, draft);
      if (drafts.size > limits.termsMax * 4)
        throw refuse(place, `it has more than ${limits.termsMax * 4} nodes`);
    }
    const edges = graph["edges"] ?? [];
    if (!Array.isArray(edges)) throw refuse(place, '"edges" is not a list');
    for (const [at, edge] of edges.entries()) {
      if (!isObject(edge)) throw refuse(`${place}, edge ${at + 1}`, "it is not an object");
      readEdge(edge, drafts);
    }
  }
  return finishDrafts([...drafts.values()], release, options);
}

function parseJson(text: string, file: string): Json {
  try {
    return JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text) as Json;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : "";
    const position = /position (\d+)/.exec(message)?.[1];
    const line = position === undefined ? null : text.slice(0, Number(position)).split("\n").length;
    const place = line !== null ? `line ${line}` : message.startsWith("Unexpected end") ? "end" : undefined;
    throw fault("format.obo", {
      file,
      ...(place === undefined ? {} : { place }),
      reason: "it is not JSON",
      remedy: "The file is damaged or cut short; download it again.",
      cause,
    });
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function releaseOf(graph: JsonObject): string {
  const meta = graph["meta"];
  const version = isObject(meta) && typeof meta["version"] === "string" ? meta["version"] : "";
  // ".../uberon/releases/2026-04-01/uberon.json" -> "2026-04-01"
  return /\/releases\/([^/]+)\//.exec(version)?.[1] ?? version.slice(version.lastIndexOf("/") + 1);
}

/** The CURIE of an address: its last part, with a colon where the address has an underscore. */
function curieOf(address: string): string {
  const last = address.slice(Math.max(address.lastIndexOf("/"), address.lastIndexOf("#")) + 1);
  return last.startsWith("CVCL_") ? last : last.replace(/^([A-Za-z]+)_(?=.)/, "$1:");
}

function readNode(node: JsonObject, id: string, place: string): TermDraft | null {
  if (node["type"] === "PROPERTY") return null;
  const draft = newDraft(curieOf(id), place);
  if (typeof node["lbl"] === "string") draft.label = node["lbl"];
  const meta = node["meta"];
  if (!isObject(meta)) return draft;
  draft.deprecated = meta["deprecated"] === true;
  for (const synonym of listOf(meta["synonyms"])) {
    if (typeof synonym["val"] !== "string") continue;
    (synonym["pred"] === "hasExactSynonym" ? draft.exact : draft.other).push(synonym["val"]);
  }
  for (const property of listOf(meta["basicPropertyValues"])) {
    const { pred, val } = property;
    if (typeof pred !== "string" || typeof val !== "string") continue;
    // "term replaced by" of the Information Artifact Ontology.
    if (pred.endsWith("IAO_0100001")) draft.replacedBy ??= curieOf(val);
    if (pred.endsWith("hasAlternativeId")) draft.alternatives.push(curieOf(val));
  }
  return draft;
}

function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((entry): entry is JsonObject => isObject(entry)) : [];
}

function readEdge(edge: JsonObject, drafts: ReadonlyMap<string, TermDraft>): void {
  const { sub, pred, obj } = edge;
  if (typeof sub !== "string" || typeof pred !== "string" || typeof obj !== "string") return;
  const draft = drafts.get(curieOf(sub));
  if (draft === undefined) return;
  if (pred === "is_a") draft.parents.push({ curie: curieOf(obj), relation: "isA" });
  else if (pred === "part_of" || pred.endsWith("BFO_0000050")) {
    draft.parents.push({ curie: curieOf(obj), relation: "partOf" });
  }
}
