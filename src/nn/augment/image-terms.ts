/**
 * The terms of an ontology that say how an image was made, each with what stands above it.
 *
 * A dataset version freezes CURIEs. The vocabulary (shipped, installed, the lab's own terms) is asked once, when the items
 * of a run are opened; what stands above a term then travels with the facts of its images, so that planning needs no
 * vocabulary and a lab's own term below a known one belongs where that one does.
 */
import type { Vocabulary } from "#core/ontology/index.ts";

/** Shared by all images that bear the term. */
export interface ImageTerm {
  readonly curie: string;
  readonly label: string;
  /** CURIEs of everything above it, nearest first. */
  readonly above: readonly string[];
}

export interface ImageTerms {
  readonly platform?: ImageTerm | undefined;
  readonly modality?: ImageTerm | undefined;
  /** What the specimen was stained with; a stained slide has several. */
  readonly stains?: readonly ImageTerm[] | undefined;
}

/** CURIEs by field, as a dataset version freezes them; `stain` may have several. */
export type FrozenTerms = Readonly<Record<string, readonly string[]>>;

/**
 * Looks terms up, each once however many images bear it. A CURIE that the vocabulary does not know is left out, so that
 * the words of the image decide; a deprecated one stands where its successor does.
 *
 * @returns pure but for its memory of what it looked up. Cost: one walk up the hierarchy per distinct CURIE.
 */
export function imageTermReader(
  vocabulary: Pick<Vocabulary, "term" | "ancestors">,
): (frozen: FrozenTerms) => ImageTerms {
  const known = new Map<string, ImageTerm | undefined>();
  const look = (curie: string): ImageTerm | undefined => {
    const term = vocabulary.term(curie);
    if (term === undefined) return undefined;
    const { label, replacedBy } = term;
    const successor = replacedBy === undefined ? [] : [replacedBy, ...vocabulary.ancestors(replacedBy)];
    return { curie, label, above: [...vocabulary.ancestors(curie), ...successor] };
  };
  const termsOf = (curies: readonly string[] = []): ImageTerm[] =>
    curies.flatMap((curie) => {
      if (!known.has(curie)) known.set(curie, look(curie));
      return known.get(curie) ?? [];
    });
  return (frozen) => {
    const [platform] = termsOf(frozen["platform"]);
    const [modality] = termsOf(frozen["modality"]);
    const stains = termsOf(frozen["stain"]);
    return {
      ...(platform === undefined ? {} : { platform }),
      ...(modality === undefined ? {} : { modality }),
      ...(stains.length === 0 ? {} : { stains }),
    };
  };
}
