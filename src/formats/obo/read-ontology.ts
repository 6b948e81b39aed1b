/** An ontology file to terms; the format is told by the content. */
import { fault } from "../fault.ts";
import { defaultOntologyLimits, type OntologyFile, type OntologyOptions } from "./limits.ts";
import { parseObo } from "./parse-obo.ts";
import { parseOboGraph } from "./parse-obo-graph.ts";

/**
 * Reads OBO text or OBO-graph JSON, UTF-8.
 *
 * @returns terms with `installed` set, parents as far as `is_a` and `part_of` say, alternative identifiers as deprecated
 *          terms with `replacedBy`.
 * @throws FoundryError `format.obo` naming line or node; `limit.bytes`, `limit.objects`.
 */
export function readOntology(bytes: Uint8Array, options: OntologyOptions): OntologyFile {
  const { textMax } = { ...defaultOntologyLimits, ...options.limits };
  if (bytes.byteLength > textMax) {
    throw fault("limit.bytes", {
      file: options.name,
      reason: `it has ${bytes.byteLength} bytes, the limit is ${textMax}`,
      remedy: "Import a slim of the ontology.",
    });
  }
  const text = decode(bytes, options.name);
  if (/^\s*[{[]\s*["}[{]/.test(text.slice(0, 1_000))) return parseOboGraph(text, options);
  if (/^\s*(?:<\?xml|<rdf|<Ontology|@prefix|Prefix\()/i.test(text.slice(0, 1_000))) {
    throw fault("format.obo", {
      file: options.name,
      reason: "it is an ontology in OWL or Turtle",
      remedy: "Use the ontology's OBO or OBO-graph JSON file; its page offers both.",
    });
  }
  return parseObo(text, options);
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw fault("format.obo", {
      file,
      reason: "it is not text in UTF-8",
      remedy: "If it is compressed (.gz), unpack it first.",
      cause,
    });
  }
}
