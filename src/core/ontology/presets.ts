/**
 * Presets of the metadata form: which fields a kind of experiment is asked for, and which channels it usually has.
 *
 * The two families of public training data: TissueNet (organ x platform, a nuclear and a membrane or cytoplasm channel)
 * and LiveCellNet (cell line x modality, frame interval). Nothing a preset proposes is written without a person.
 */

export interface PresetField {
  /** Of `metadataFields`. */
  readonly field: string;
  readonly required: boolean;
  /** Written into the form to begin with. */
  readonly proposed?: string;
}

export interface PresetChannel {
  readonly name: string;
  readonly role: "nuclear" | "membrane" | "cytoplasm" | "phase" | "brightfield" | "other";
  readonly target?: string;
  readonly fluor?: string;
  readonly compartment?: string;
}

export interface MetadataPreset {
  /** On the command line. */
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly fields: readonly PresetField[];
  readonly channels: readonly PresetChannel[];
}

const ask = (field: string, proposed?: string): PresetField => ({
  field,
  required: false,
  ...(proposed === undefined ? {} : { proposed }),
});
const need = (field: string, proposed?: string): PresetField => ({ ...ask(field, proposed), required: true });

export const metadataPresets: readonly MetadataPreset[] = [
  {
    name: "tissue-multiplexed",
    title: "Tissue, multiplexed",
    about:
      "Sections imaged with many markers; a nuclear and a membrane or cytoplasm channel are used for segmentation.",
    fields: [
      need("organ"),
      need("platform"),
      need("species", "human"),
      need("disease", "normal"),
      need("donor"),
      need("mppX"),
      ask("mppY"),
      ask("specimen"),
      ask("slide"),
      ask("preparation"),
      ask("compartment", "whole cell"),
      ask("sex"),
      ask("experiment"),
      ask("date"),
      ask("licence"),
      ask("doi"),
      ask("notes"),
    ],
    channels: [
      { name: "DAPI", role: "nuclear", fluor: "DAPI", compartment: "nucleus" },
      { name: "Na-K-ATPase", role: "membrane", target: "Na-K-ATPase", compartment: "plasma membrane" },
      { name: "CD45", role: "membrane", target: "CD45", compartment: "plasma membrane" },
    ],
  },
  {
    name: "live-cell",
    title: "Live cell",
    about: "Cells of a line in culture, often over time, with a nuclear label or without any stain.",
    fields: [
      need("cellLine"),
      need("modality", "fluorescence"),
      need("compartment", "nucleus"),
      need("mppX"),
      need("frameInterval"),
      ask("mppY"),
      ask("movie"),
      ask("plate"),
      ask("well"),
      ask("field"),
      ask("perturbation"),
      ask("agent"),
      ask("dose"),
      ask("magnification"),
      ask("numericalAperture"),
      ask("experiment"),
      ask("date"),
      ask("licence"),
      ask("doi"),
      ask("notes"),
    ],
    channels: [
      { name: "H2B-mCherry", role: "nuclear", target: "H2B", fluor: "mCherry", compartment: "nucleus" },
      { name: "Phase", role: "phase", compartment: "whole cell" },
    ],
  },
];

export function metadataPreset(name: string): MetadataPreset | undefined {
  return metadataPresets.find((preset) => preset.name === name);
}

/** Names of the fields that a preset insists on. */
export function requiredFields(preset: MetadataPreset): string[] {
  return preset.fields.filter((entry) => entry.required).map((entry) => entry.field);
}
