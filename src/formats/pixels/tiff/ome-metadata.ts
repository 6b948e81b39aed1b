/**
 * What OME-XML says besides pixels, as raw metadata fields and facts of channels; terms are found later.
 */
import type { ReadChannel } from "../../read-image-types.ts";
import type { OmeChannel, OmeDocument, OmeImage } from "./ome-xml.ts";

/** Fields that the image has a word for, e.g. `{ modality: "Fluorescence", zStepUm: "0.5" }`. */
export function omeMetadata(document: OmeDocument, image: OmeImage): Readonly<Record<string, string>> {
  const objective = image.objectiveId === null ? undefined : document.objectives.get(image.objectiveId);
  const fields: Readonly<Record<string, string | null>> = {
    modality: spoken(image, (channel) => channel.contrastMethod),
    acquisitionMode: spoken(image, (channel) => channel.acquisitionMode),
    zStepUm: decimal(image.zStepUm),
    frameIntervalS: decimal(image.frameIntervalS),
    acquired: image.acquired,
    // Bio-Formats writes 0 for an unknown objective.
    magnification: positive(objective?.magnification),
    numericalAperture: positive(objective?.numericalAperture),
    imageName: image.name,
  };
  const known = Object.entries(fields).filter(
    (field): field is [string, string] => field[1] !== null && field[1] !== "",
  );
  return Object.fromEntries(known);
}

/** The words of all channels, each once; "Other" says nothing. */
function spoken({ channels }: OmeImage, word: (channel: OmeChannel) => string | null): string | null {
  const words = new Set(
    channels.map(word).filter((text) => text !== null && text !== "Other" && text !== ""),
  );
  return words.size === 0 ? null : [...words].join("; ");
}

function decimal(value: number | null): string | null {
  // Twelve digits, so that 0.65 given as 0.00065 mm does not become 0.6500000000000001.
  return value === null ? null : String(Number(value.toPrecision(12)));
}

function positive(text: string | null | undefined): string | null {
  return text !== null && text !== undefined && Number(text) > 0 ? String(Number(text)) : null;
}

/** Dye and wavelengths, where the file gives them. */
export function omeChannelFacts(channel: OmeChannel | undefined): Omit<ReadChannel, "name" | "role"> {
  if (channel === undefined) return {};
  const { fluor, excitationNm, emissionNm } = channel;
  return {
    ...(fluor === null || fluor === "" ? {} : { fluor }),
    ...(excitationNm === null ? {} : { excitationNm }),
    ...(emissionNm === null ? {} : { emissionNm }),
  };
}
