/**
 * Which family of images a description belongs to: by the ontology terms of platform and modality, then by words, then by
 * the roles of the channels.
 *
 * Terms decide where there are any, by what stands above them (`family-by-term.ts`). Words count only for what has no term
 * that tells: they are compared as biologists write them ("phase contrast", "Phase-Contrast", "CODEX") and as the
 * vocabulary's training buckets are called. What says nothing here is no guess: the next source is asked, and at last the
 * family is unknown.
 */
import { absorbingStain, familyOfTerm, type KnownFamily, termName } from "./family-by-term.ts";
import type { AugmentDomain, AugmentFamily } from "./plan.ts";

export interface FoundFamily {
  readonly family: AugmentFamily;
  /** What it was told by, for people. */
  readonly by: string;
}

/** First fit counts: "imaging mass cytometry" before "imaging", "phase" before "microscopy". */
const words: readonly (readonly [RegExp, KnownFamily])[] = [
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

function familyOfWord(word: string): KnownFamily | null {
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

interface Told {
  readonly family: KnownFamily;
  readonly by: string;
}

/** Platform before modality: it says more. But a platform that is only "fluorescence" leaves the rest to the modality. */
function familyOfTerms({ terms = {} }: AugmentDomain): Told | null {
  const [platform, modality] = (["platform", "modality"] as const).map((field): Told | null => {
    const term = terms[field];
    const found = term === undefined ? null : familyOfTerm(term);
    return found === null ? null : { family: found.family, by: `${field} ${found.name}` };
  });
  if (platform?.family === "fluorescence" && modality?.family === "multiplexed") return modality;
  return platform ?? modality ?? null;
}

function familyOfWords(domain: AugmentDomain): Told | null {
  for (const field of ["platform", "modality", "kind"] as const) {
    const word = domain[field];
    const family = word === undefined ? null : familyOfWord(word);
    if (family !== null) return { family, by: `${field} "${word}"` };
  }
  return null;
}

/** What more is known makes two families more special: several markers, and stains that absorb. */
function refined({ family, by }: Told, { roles = [], kind, terms = {} }: AugmentDomain): Told {
  // Several markers on one specimen can happen more to each other than one dye can.
  if (family === "fluorescence" && roles.filter((role) => lightRoles.has(role)).length > 1)
    return { family: "multiplexed", by: `${by} with ${roles.length} channels` };
  if (family !== "brightfield") return { family, by };
  const stain = absorbingStain(terms.stains ?? []);
  if (stain !== undefined) return { family: "histology", by: `${by} with the stain ${termName(stain)}` };
  if (kind !== undefined && familyOfWord(kind) === "histology")
    return { family: "histology", by: `${by} of kind "${kind}"` };
  return { family, by };
}

/** A stain alone: nobody says how the slide was looked at, and such dyes are there to be seen in bright field. */
function familyOfStain({ modality, platform, terms = {} }: AugmentDomain): FoundFamily | null {
  const stain = absorbingStain(terms.stains ?? []);
  const isOpen = [modality, platform, terms.modality, terms.platform].every((said) => said === undefined);
  return stain === undefined || !isOpen ? null : { family: "histology", by: `stain ${termName(stain)}` };
}

/** Why nothing is planned: a term that is understood but has no plan is another thing than silence. */
function unknownFamily({ terms = {} }: AugmentDomain): FoundFamily {
  const said = (["platform", "modality"] as const).flatMap((field) => {
    const term = terms[field];
    return term === undefined ? [] : [`${field} ${termName(term)}`];
  });
  return {
    family: "unknown",
    by:
      said.length === 0
        ? "nothing that says how the image was made"
        : `${said.join(" and ")}, for which there is no plan`,
  };
}

/** Pure. Never guesses: what neither term nor word tells is "unknown". */
export function augmentFamilyOf(domain: AugmentDomain): FoundFamily {
  const told = familyOfTerms(domain) ?? familyOfWords(domain);
  if (told !== null) return refined(told, domain);
  return familyOfStain(domain) ?? familyOfRoles(domain.roles ?? []) ?? unknownFamily(domain);
}
