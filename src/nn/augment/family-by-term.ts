/**
 * Families of images by ontology terms: a term belongs where the term of this table does that stands above it.
 *
 * Of several (a method of two parents) the first of the table counts, the more special family before the more general one.
 * What is missing is missing on purpose: dark field, polarisation, electron and force microscopy form their images in ways
 * that no plan of ours describes, and "Visium" says nothing of the microscope beside it.
 */
import type { ImageTerm } from "./image-terms.ts";
import type { AugmentFamily } from "./plan.ts";

export type KnownFamily = Exclude<AugmentFamily, "unknown">;

interface FamilyTerm {
  readonly family: KnownFamily;
  readonly curie: string;
  readonly label: string;
}

const of = (family: KnownFamily, curie: string, label: string): FamilyTerm => ({ family, curie, label });

/** Labels as the shipped vocabulary has them; a test compares. */
export const familyTerms: readonly FamilyTerm[] = [
  of("ions", "OBI:0003096", "imaging mass cytometry assay"),
  of("ions", "OBI:0003100", "multiplexed ion beam imaging assay"),
  of("ions", "OBI:0003099", "matrix assisted laser desorption ionization imaging mass spectrometry assay"),
  of("multiplexed", "OBI:0003091", "multiplexed fluorescent antibody imaging assay"),
  of("multiplexed", "EFO:0022955", "imaging based spatial transcriptomics"),
  of("histology", "OBI:0001986", "immunohistochemistry"),
  of("phase", "FBbi:00000247", "phase contrast microscopy"),
  of("phase", "FBbi:00000245", "differential interference contrast microscopy"),
  of("phase", "FBbi:00000327", "Hoffman modulation"),
  of("brightfield", "FBbi:00000243", "bright-field microscopy"),
  of("fluorescence", "FBbi:00000246", "fluorescence microscopy"),
  of("fluorescence", "CHMO:0000087", "fluorescence microscopy assay"),
];

/** Dyes that are seen because they absorb: with them, a bright-field image is a stained slide. */
export const absorbingStains: readonly Pick<FamilyTerm, "curie" | "label">[] = [
  { curie: "FBbi:00000041", label: "hematoxylin" },
  { curie: "FBbi:00000037", label: "eosin" },
  { curie: "FBbi:00000040", label: "giemsa" },
  { curie: "FBbi:00000035", label: "cresyl fast violet" },
  { curie: "FBbi:00000049", label: "toluidine blue" },
];

/** "spinning disk confocal microscopy" (FBbi:00000253) */
export const termName = ({ label, curie }: Pick<ImageTerm, "label" | "curie">): string =>
  `"${label}" (${curie})`;

/** The family of a term, and its name in words: with the term that told, where that is another one. */
export function familyOfTerm(
  term: ImageTerm,
): { readonly family: KnownFamily; readonly name: string } | null {
  const found = familyTerms.find(({ curie }) => curie === term.curie || term.above.includes(curie));
  if (found === undefined) return null;
  const kind = found.curie === term.curie ? "" : `, a kind of ${found.label}`;
  return { family: found.family, name: `${termName(term)}${kind}` };
}

/** The first of an image's stains that absorbs light. */
export function absorbingStain(stains: readonly ImageTerm[]): ImageTerm | undefined {
  return stains.find((stain) =>
    absorbingStains.some(({ curie }) => curie === stain.curie || stain.above.includes(curie)),
  );
}
