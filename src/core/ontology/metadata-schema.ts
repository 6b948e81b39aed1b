/**
 * The known fields of an image's metadata and of its channels, as plain data.
 *
 * The form on the page, the columns of a sheet and the checks are all made from this list. Fields outside it are free
 * text and lose nothing. Names are those of `image.metadata`; pixel size, group and licence have places of their own on
 * an image, and stand here because people write them into the same form.
 */
import { type FacetName, facets } from "./facets.ts";

/** What a value must look like. */
export type FieldKind =
  | {
      readonly type: "term";
      readonly facet: FacetName /** Whether a word without a term is accepted. */;
      readonly free: boolean;
    }
  | {
      readonly type: "number";
      readonly unit: string;
      readonly low: number;
      readonly high: number;
      readonly whole?: boolean;
    }
  | { readonly type: "date" }
  | { readonly type: "id" }
  | { readonly type: "text" }
  | { readonly type: "choice"; readonly choices: readonly string[] }
  | { readonly type: "well" }
  | { readonly type: "licence" }
  | { readonly type: "doi" };

export type FieldSection = "sample" | "imaging" | "place" | "source";

export interface MetadataField {
  readonly name: string;
  readonly title: string;
  readonly kind: FieldKind;
  readonly section: FieldSection;
  /** One or two sentences for a person who fills the form. */
  readonly help: string;
  readonly example: string;
  /** Other names of the column in sheets, lower case with underscores. */
  readonly aliases: readonly string[];
}

const termHelp: Readonly<Partial<Record<FacetName, string>>> = {
  organ: "Where the tissue comes from; for a cell line leave it empty, the line implies it.",
  cellType: "For sorted or primary cells of one type. Types of single cells belong to the labels.",
  cellLine: "The registered name. H1, H9 and S2 each name two lines; choose from the list.",
  species: "Implied by a cell line; needed for tissue.",
  disease:
    "State of the sample; write normal when there is none. The disease a cell line was made from is not meant.",
  sex: "Of the donor.",
  modality: "How contrast is made: fluorescence, phase contrast, bright field.",
  platform: "The multiplex method or instrument: CODEX, CyCIF, MIBI, IMC.",
  perturbation: "What was done to the cells; dose and agent go into their own fields.",
  preparation: "How the sample was fixed, embedded or mounted.",
  stage: "Stage of development.",
  compartment: "The part of the cell that the labels outline.",
};

/** Words without a term are common here: drugs, antibodies and instruments are more than any list. */
const freeFacets: readonly FacetName[] = ["perturbation", "preparation", "platform", "stage", "cellType"];

const columnAliases: Readonly<Partial<Record<FacetName, readonly string[]>>> = {
  organ: ["tissue", "organ_or_tissue", "tissue_type"],
  cellType: ["cell_type", "celltype"],
  cellLine: ["cell_line", "cellline", "line"],
  species: ["organism", "taxon"],
  disease: ["condition", "diagnosis"],
  modality: ["imaging_modality", "imaging_method"],
  platform: ["imaging_platform", "assay", "technology"],
  perturbation: ["treatment"],
  preparation: ["sample_preparation", "fixation"],
};

const imagingFacets: readonly FacetName[] = ["modality", "platform", "compartment"];

const termFields: readonly MetadataField[] = facets
  .filter((facet) => facet.of === "image")
  .map((facet) => ({
    name: facet.field,
    title: facet.title,
    kind: { type: "term", facet: facet.field, free: freeFacets.includes(facet.field) },
    section: imagingFacets.includes(facet.field) ? "imaging" : "sample",
    help: termHelp[facet.field] ?? "",
    example: facet.example,
    aliases: columnAliases[facet.field] ?? [],
  }));

const field = (
  name: string,
  title: string,
  section: FieldSection,
  kind: FieldKind,
  text: { readonly help: string; readonly example: string; readonly aliases?: readonly string[] },
): MetadataField => ({
  name,
  title,
  section,
  kind,
  help: text.help,
  example: text.example,
  aliases: text.aliases ?? [],
});

const number = (unit: string, low: number, high: number, whole?: true): FieldKind => ({
  type: "number",
  unit,
  low,
  high,
  ...(whole === undefined ? {} : { whole }),
});
const id: FieldKind = { type: "id" };
const text: FieldKind = { type: "text" };

const otherFields: readonly MetadataField[] = [
  field("donor", "Donor", "sample", id, {
    help: "Pseudonym of the person or animal. Images of one donor stay on one side of a split. Never a name.",
    example: "D07",
    aliases: ["patient", "patient_id", "donor_id", "animal", "subject"],
  }),
  field("specimen", "Specimen", "sample", id, {
    help: "The piece of tissue or the culture.",
    example: "D07-spleen-2",
    aliases: ["sample", "sample_id", "specimen_id", "block"],
  }),
  field("agent", "Agent", "sample", text, {
    help: "Drug, guide RNA or other agent of the perturbation.",
    example: "nocodazole",
    aliases: ["drug", "compound"],
  }),
  field("dose", "Dose", "sample", text, {
    help: "With its unit.",
    example: "100 nM",
    aliases: ["concentration"],
  }),
  field("mppX", "Pixel width", "imaging", number("µm", 0.001, 1000), {
    help: "Micrometres per pixel along x, in the sample. Never guessed: without it a model cannot rescale.",
    example: "0.65",
    aliases: ["mpp_x", "mpp", "pixel_size", "pixel_size_um", "um_per_px", "um_per_pixel"],
  }),
  field("mppY", "Pixel height", "imaging", number("µm", 0.001, 1000), {
    help: "Micrometres per pixel along y; leave it empty when pixels are square.",
    example: "0.65",
    aliases: ["mpp_y"],
  }),
  field("zStep", "Distance of planes", "imaging", number("µm", 0.001, 1000), {
    help: "Between neighbouring planes of a stack.",
    example: "0.5",
    aliases: ["z_step", "z_step_um", "zstepum"],
  }),
  field("frameInterval", "Time between frames", "imaging", number("s", 0.0001, 604_800), {
    help: "In seconds; 5 minutes are 300. Tracking needs it.",
    example: "300",
    aliases: ["frame_interval", "frame_interval_s", "time_step", "frameintervals"],
  }),
  field("magnification", "Magnification", "imaging", number("x", 0.1, 250), {
    help: "Of the objective, as engraved. It does not replace the pixel size.",
    example: "20",
    aliases: ["objective_magnification"],
  }),
  field("numericalAperture", "Numerical aperture", "imaging", number("", 0.01, 1.7), {
    help: "Of the objective, as engraved.",
    example: "0.75",
    aliases: ["na", "numerical_aperture", "lens_na"],
  }),
  field("microscope", "Microscope", "imaging", text, { help: "Maker and model.", example: "Nikon Ti2" }),
  field(
    "date",
    "Day taken",
    "place",
    { type: "date" },
    {
      help: "When the image was taken, year first.",
      example: "2024-05-17",
      aliases: ["acquisition_date", "date_collected", "acquired"],
    },
  ),
  field("experiment", "Experiment", "place", id, {
    help: "One name for everything done together.",
    example: "exp-2024-05",
    aliases: ["experiment_id", "study"],
  }),
  field("slide", "Slide", "place", id, {
    help: "Slide or dish.",
    example: "S12",
    aliases: ["slide_id", "dish"],
  }),
  field("plate", "Plate", "place", id, {
    help: "Plate barcode or number.",
    example: "P3",
    aliases: ["plate_id"],
  }),
  field(
    "well",
    "Well",
    "place",
    { type: "well" },
    { help: "Row and column.", example: "B07", aliases: ["well_id"] },
  ),
  field("field", "Field", "place", id, {
    help: "Field of view on the slide or in the well.",
    example: "3",
    aliases: ["fov", "field_of_view", "site"],
  }),
  field("movie", "Movie", "place", id, {
    help: "Frames of one movie share it and stay on one side of a split.",
    example: "m04",
    aliases: ["sequence", "video"],
  }),
  field(
    "licence",
    "Licence",
    "source",
    { type: "licence" },
    {
      help: "SPDX name such as CC-BY-4.0, or the terms in words. `unknown` when nobody knows; that blocks publishing.",
      example: "CC-BY-4.0",
      aliases: ["license"],
    },
  ),
  field(
    "doi",
    "DOI",
    "source",
    { type: "doi" },
    {
      help: "Of the publication or the data set.",
      example: "10.1038/s41587-021-01094-0",
    },
  ),
  field("notes", "Notes", "source", text, {
    help: "Anything else.",
    example: "slightly out of focus",
    aliases: ["note"],
  }),
];

/** All known fields in the order of the form: sample, imaging, place, source. */
export const metadataFields: readonly MetadataField[] = (
  ["sample", "imaging", "place", "source"] as const
).flatMap((section) => [...termFields, ...otherFields].filter((entry) => entry.section === section));

export const channelRoles = ["nuclear", "membrane", "cytoplasm", "phase", "brightfield", "other"] as const;

/** The columns of a channel table; `name` is the channel's name in the file and always kept. */
export const channelFields: readonly MetadataField[] = [
  field("name", "Channel", "imaging", text, { help: "As the file names it.", example: "Cy5" }),
  field(
    "role",
    "Role",
    "imaging",
    { type: "choice", choices: channelRoles },
    {
      help: "What a model uses the channel for.",
      example: "membrane",
      aliases: ["purpose", "channel_purpose"],
    },
  ),
  field(
    "target",
    "Target",
    "imaging",
    { type: "term", facet: "target", free: true },
    {
      help: "The protein that the marker binds. Several names for one protein become one term.",
      example: "CD45",
      aliases: ["marker", "protein", "antigen"],
    },
  ),
  field(
    "fluor",
    "Stain or label",
    "imaging",
    { type: "term", facet: "fluor", free: true },
    {
      help: "Dye, fluorescent protein or metal.",
      example: "Alexa Fluor 647",
      aliases: ["fluorophore", "dye", "stain", "metal"],
    },
  ),
  field(
    "compartment",
    "Compartment",
    "imaging",
    { type: "term", facet: "compartment", free: true },
    {
      help: "The part of the cell that it shows.",
      example: "plasma membrane",
    },
  ),
  field("wavelength", "Emission", "imaging", number("nm", 200, 2000), {
    help: "Middle of the emission filter.",
    example: "670",
    aliases: ["emission", "emission_wavelength", "emission_nm"],
  }),
  field("cycle", "Cycle", "imaging", number("", 0, 1000, true), {
    help: "Staining cycle of a cyclic method.",
    example: "3",
  }),
];

const byName: ReadonlyMap<string, MetadataField> = new Map(
  metadataFields.map((entry) => [entry.name, entry]),
);

export function metadataField(name: string): MetadataField | undefined {
  return byName.get(name);
}
