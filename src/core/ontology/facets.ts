/**
 * The fields of metadata that have a vocabulary, and which terms each accepts.
 *
 * A term belongs to a facet when its CURIE has one of the facet's prefixes and it is, or descends from, one of the
 * roots. The prefix matters: a cell type may be part of an organ without being one. `also` names single terms taken in
 * from elsewhere ("whole cell" has no term among the cellular components).
 */

export interface Facet {
  /** Name of the metadata field, and of the facet. */
  readonly field: FacetName;
  readonly title: string;
  readonly roots: readonly string[];
  /** Prefixes of CURIEs; `local` is always accepted below a root. */
  readonly prefixes: readonly string[];
  readonly also: readonly string[];
  /** Whether the field belongs to the image or to one of its channels. */
  readonly of: "image" | "channel";
  readonly example: string;
}

/** Facets of an image, in the order in which people look for them. */
export const imageFacetNames = [
  "organ",
  "cellType",
  "cellLine",
  "species",
  "disease",
  "sex",
  "modality",
  "platform",
  "perturbation",
  "preparation",
  "stage",
  "compartment",
] as const;

/** All facets: of images, then of channels. */
export const facetNames = [...imageFacetNames, "target", "fluor"] as const;

export type FacetName = (typeof facetNames)[number];

const facet = (
  field: FacetName,
  title: string,
  example: string,
  accepts: {
    readonly roots: readonly string[];
    readonly prefixes: readonly string[];
    readonly also?: readonly string[];
    readonly of?: "channel";
  },
): Facet => ({
  field,
  title,
  example,
  roots: accepts.roots,
  prefixes: accepts.prefixes,
  also: accepts.also ?? [],
  of: accepts.of ?? "image",
});

/** Closed list, in the order of a form. */
export const facets: readonly Facet[] = [
  facet("organ", "Organ or tissue", "spleen", { roots: ["UBERON:0001062"], prefixes: ["UBERON"] }),
  facet("cellType", "Cell type", "T cell", { roots: ["CL:0000000"], prefixes: ["CL"] }),
  facet("cellLine", "Cell line", "HeLa", { roots: ["CL:0000010"], prefixes: ["CVCL", "CLO"] }),
  facet("species", "Species", "human", {
    roots: ["NCBITaxon:131567", "NCBITaxon:1"],
    prefixes: ["NCBITaxon"],
  }),
  facet("disease", "Disease", "normal", {
    roots: ["MONDO:0000001"],
    prefixes: ["MONDO"],
    also: ["PATO:0000461", "PATO:0000460"],
  }),
  facet("sex", "Sex", "female", { roots: ["PATO:0000047"], prefixes: ["PATO"] }),
  facet("modality", "Imaging method", "phase contrast", {
    roots: ["FBbi:00000222"],
    prefixes: ["FBbi"],
    also: ["OBI:0003091"],
  }),
  facet("platform", "Platform or assay", "CODEX", {
    roots: ["OBI:0000070"],
    prefixes: ["OBI", "EFO", "CHMO"],
  }),
  facet("perturbation", "Perturbation", "gene knock out", { roots: ["EFO:0000001"], prefixes: ["EFO"] }),
  facet("preparation", "Sample preparation", "FFPE", { roots: ["FBbi:00000001"], prefixes: ["FBbi"] }),
  facet("stage", "Stage of life", "embryo", {
    roots: ["UBERON:0000104"],
    prefixes: ["UBERON", "HsapDv", "MmusDv"],
    also: ["UBERON:0000922", "UBERON:0019248", "UBERON:0000358"],
  }),
  facet("compartment", "Compartment", "nucleus", {
    roots: ["GO:0005575"],
    prefixes: ["GO"],
    also: ["CL:0000000"],
  }),
  facet("target", "Target of the marker", "CD45", {
    roots: ["PR:000000001"],
    prefixes: ["UniProtKB", "PR"],
    of: "channel",
  }),
  facet("fluor", "Stain or label", "DAPI", {
    roots: ["FBbi:00000031"],
    prefixes: ["FBbi"],
    of: "channel",
  }),
];

const byField: ReadonlyMap<string, Facet> = new Map(facets.map((entry) => [entry.field, entry]));

export function isFacetName(field: string): field is FacetName {
  return byField.has(field);
}

export function facetOf(field: FacetName): Facet {
  return byField.get(field) as Facet;
}
