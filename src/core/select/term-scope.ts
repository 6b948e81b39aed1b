/** The words after `under` in a query, looked up in a vocabulary. */

import { FoundryError } from "../errors.ts";
import { isFacetName, type Vocabulary } from "../ontology/index.ts";
import { cellsTypeField } from "./cells-field.ts";
import type { TermScope } from "./query.ts";

/** Closures are kept, because matching a list of images asks for the same few again and again. */
export function termScope(vocabulary: Vocabulary): TermScope {
  const known = new Map<string, ReadonlySet<string>>();
  return {
    closure(field, text) {
      const key = `${field} ${text}`;
      const closure = known.get(key) ?? findClosure(vocabulary, field, text);
      known.set(key, closure);
      return closure;
    },
  };
}

function findClosure(vocabulary: Vocabulary, asked: string, text: string): ReadonlySet<string> {
  const field = asked === cellsTypeField ? "cellType" : asked;
  if (!isFacetName(field)) {
    throw new FoundryError("query.term", {
      message: `"${field}" has no vocabulary, so nothing can be under "${text}".`,
      hint: `Write ${field}=… for the text itself, or choose a field such as organ, cellType or cells.type.`,
    });
  }
  // A term that a facet would not accept for an image (a deprecated one, a grouping above the root) may still be asked.
  const curie = vocabulary.term(text)?.curie ?? resolved(vocabulary, field, text);
  return new Set([curie, ...vocabulary.descendants(curie)]);
}

function resolved(vocabulary: Vocabulary, field: Parameters<Vocabulary["resolve"]>[0], text: string): string {
  const resolution = vocabulary.resolve(field, text);
  if (resolution.state === "known") return resolution.term.curie;
  const several = resolution.state === "ambiguous";
  const names = (several ? resolution.candidates : resolution.nearest).map(
    (term) => `${term.label} (${term.curie})`,
  );
  throw new FoundryError("query.term", {
    message: several
      ? `"${text}" is the name of several terms in ${field}.`
      : `No term in ${field} is called "${text}".`,
    hint:
      names.length === 0
        ? "Search the terms, or use a CURIE such as UBERON:0002048."
        : `${several ? "Write the CURIE of the one you mean" : "Did you mean"}: ${names.join(", ")}.`,
    details: {
      field,
      text,
      terms: (several ? resolution.candidates : resolution.nearest).map((t) => t.curie),
    },
  });
}
