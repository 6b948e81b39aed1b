/**
 * Which family of images a description belongs to: by platform, then modality, then kind, then the roles of the channels.
 *
 * Words are compared as biologists write them ("phase contrast", "Phase-Contrast", "CODEX") and as the vocabulary's
 * training buckets are called. A word that says nothing here is no guess: the next source is asked, and at last the family
 * is unknown.
 */
import type { AugmentDomain, AugmentFamily } from "./plan.ts";

export interface FoundFamily {
  readonly family: AugmentFamily;
  /** What it was told by, for people. */
  readonly by: string;
}

/** First fit counts: "imaging mass cytometry" before "imaging", "phase" before "microscopy". */
const words: readonly (readonly [RegExp, Exclude<AugmentFamily, "unknown">])[] = [
  [/\b(imc|mibi|hyperion|mass cytometry|ion beam)\b/, "ions"],
  [
    /\b(codex|phenocycler|t ?cycif|cycif|mxif|vectra|polaris|comet|multiplexed?|4i|ibex|macsima|cosmx|xenium|merscope|multiplexed fluorescence|spatial transcriptomics)\b/,
    "multiplexed",
  ],
  [
    /\b(h and e|h e|he|haematoxylin|hematoxylin|histology|histopathology|chromogenic|ihc|whole slide|pathology)\b/,
    "histology",
  ],
  [/\b(phase|phase contrast|dic|differential interference|nomarski|hoffman)\b/, "phase"],
  [/\b(brightfield|bright field|transmitted|transmission light)\b/, "brightfield"],
  [
    /\b(fluorescence|fluorescent|confocal|widefield|light sheet|spinning disk|two photon|tirf|fish|immunofluorescence|if)\b/,
    "fluorescence",
  ],
];

function familyOfWord(word: string): Exclude<AugmentFamily, "unknown"> | null {
  const plain = word
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
  return words.find(([pattern]) => pattern.test(plain))?.[1] ?? null;
}

const lightRoles: ReadonlySet<string> = new Set(["nuclear", "membrane", "cytoplasm"]);

function familyOfRoles(roles: readonly string[]): FoundFamily | null {
  if (roles.includes("phase")) return { family: "phase", by: "a phase channel" };
  if (roles.includes("brightfield")) return { family: "brightfield", by: "a bright-field channel" };
  const marked = roles.filter((role) => lightRoles.has(role));
  // A nuclear channel alone says nothing: grey pictures of stained slides serve as one too.
  return marked.length >= 2 ? { family: "multiplexed", by: `channels for ${marked.join(" and ")}` } : null;
}

/** Pure. Never guesses: what no word tells is "unknown". */
export function augmentFamilyOf(domain: AugmentDomain): FoundFamily {
  const { platform, modality, kind, roles = [] } = domain;
  for (const [field, word] of [
    ["platform", platform],
    ["modality", modality],
    ["kind", kind],
  ] as const) {
    const family = word === undefined ? null : familyOfWord(word);
    // Several markers on one specimen can happen more to each other than one dye can.
    if (family === "fluorescence" && roles.filter((role) => lightRoles.has(role)).length > 1)
      return { family: "multiplexed", by: `${field} "${word}" with ${roles.length} channels` };
    if (family === "brightfield" && kind !== undefined && familyOfWord(kind) === "histology")
      return { family: "histology", by: `${field} "${word}" of kind "${kind}"` };
    if (family !== null) return { family, by: `${field} "${word}"` };
  }
  return familyOfRoles(roles) ?? { family: "unknown", by: "nothing that says how the image was made" };
}
