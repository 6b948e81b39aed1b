/**
 * Terms and words of types, both ways: names of terms where a text is wanted, terms of the words that files use.
 *
 * Several types of a cell are one text with "; " between them, the form in which exports write them and imports read them
 * back. A word that is no term's name stays a word beside the cell.
 */

import { type CellTypes, listTypes, unknownType } from "#core/cell-types/index.ts";
import type { Vocabulary } from "#core/ontology/index.ts";

/** Names of a cell's types as one text; a term that the vocabulary does not know stays its CURIE. */
export function namesOfTypes(types: CellTypes, vocabulary: Vocabulary): string {
  return types.map(({ term }) => nameOfTerm(term, vocabulary)).join("; ");
}

export const nameOfTerm = (term: string, vocabulary: Vocabulary): string =>
  vocabulary.term(term)?.label ?? term;

/** The text of `ObjectAt.cellType` for people: terms by their names, a raw word as it is. */
export const nameTypesText = (text: string | null, vocabulary: Vocabulary): string | null =>
  text === null
    ? null
    : text
        .split("; ")
        .map((part) => nameOfTerm(part, vocabulary))
        .join("; ");

/** Types that a file's word stands for, marked as imported; null when no part of it is a name of a type. */
export function typesOfWord(word: string, vocabulary: Vocabulary): CellTypes | null {
  const parts = word.split(";").map((part) => part.trim());
  return listTypes(
    parts.flatMap((part) => {
      if (part === "") return [];
      if (part.toLowerCase() === unknownType) return [{ term: unknownType, by: "import" as const }];
      const found = vocabulary.resolve("cellType", part);
      return found.state === "known" ? [{ term: found.term.curie, by: "import" as const }] : [];
    }),
  );
}
