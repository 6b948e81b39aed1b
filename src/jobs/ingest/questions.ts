/**
 * What the files leave open, as questions with choices. An import asks; it does not guess.
 *
 * A required question stops the import until it is answered; the others have a safe answer ("unknown"), which is
 * recorded as such.
 */

import type { KnownAnswers } from "./answers.ts";
import type { DecodedItem } from "./decoder/protocol.ts";
import type { PlannedImage, PlannedImport } from "./plan-import.ts";

export interface ImportQuestion {
  /** Name of the answer in the parameters of the import. */
  readonly id: "axes" | "mpp" | "compartment" | "channels";
  readonly text: string;
  /** Values that may be answered; a number is free besides them where `free` says so. */
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  /** What else may be written, or null. */
  readonly free: string | null;
  /** Whether the import is refused without an answer. */
  readonly required: boolean;
  /** What happens without an answer; null when nothing does. */
  readonly fallback: string | null;
  /** Some of the images concerned, and how many of those examined. */
  readonly images: readonly string[];
  readonly count: number;
}

/** Images named in a question. */
const IMAGES_SHOWN = 20;

/** Layouts that know nothing but files: what their labels outline is an assumption. */
const plainFormats: ReadonlySet<string> = new Set(["pairs"]);

interface Examined {
  readonly image: PlannedImage;
  readonly decoded: DecodedItem;
}

export function openQuestions(
  plan: PlannedImport,
  examined: readonly Examined[],
  answers: KnownAnswers,
): ImportQuestion[] {
  return [
    ...about(
      examined.filter(({ decoded }) => decoded.pagesGuess !== null && answers.pagesAre === undefined),
      axesQuestion,
    ),
    ...about(
      examined.filter(
        ({ image, decoded }) => image.mpp === null && decoded.mpp === null && answers.mpp === undefined,
      ),
      mppQuestion,
    ),
    ...about(
      examined.filter(
        ({ decoded }) =>
          plainFormats.has(plan.format) && decoded.layers.length > 0 && answers.compartment === undefined,
      ),
      compartmentQuestion,
    ),
    ...about(
      examined.filter(
        ({ image, decoded }) =>
          answers.channels === undefined &&
          image.channels.length === 0 &&
          decoded.channels.length > 1 &&
          decoded.channels.every(({ role }) => role === undefined) &&
          !isColourPicture(decoded),
      ),
      channelQuestion,
    ),
  ];
}

/** Red, green and blue of a stained section are what they are; no model looks for a marker in them. */
function isColourPicture({ channels }: DecodedItem): boolean {
  return channels.map(({ name }) => name).join(" ") === "red green blue";
}

function about(
  concerned: readonly Examined[],
  question: (first: Examined) => Omit<ImportQuestion, "images" | "count">,
): ImportQuestion[] {
  const [first] = concerned;
  if (first === undefined) return [];
  const images = concerned.slice(0, IMAGES_SHOWN).map(({ image }) => image.name);
  return [{ ...question(first), images, count: concerned.length }];
}

function axesQuestion({ image, decoded }: Examined): Omit<ImportQuestion, "images" | "count"> {
  const pages = decoded.pagesGuess?.pages ?? 0;
  return {
    id: "axes",
    text: `Files do not say what their pages are (${image.item.imagePath} has ${pages}). What are they?`,
    choices: [
      { value: "t", label: "Time points of a movie" },
      { value: "z", label: "Focal planes of a stack" },
      { value: "c", label: "Channels" },
    ],
    free: null,
    required: true,
    fallback: null,
  };
}

function mppQuestion(): Omit<ImportQuestion, "images" | "count"> {
  return {
    id: "mpp",
    text: "How many micrometres is one pixel? Models need it to see cells at the size they were trained on.",
    choices: [{ value: "unknown", label: "Nobody knows" }],
    free: "micrometres per pixel, such as 0.5, or 0.5,0.48 for y and x",
    required: false,
    fallback: "the pixel size is recorded as unknown",
  };
}

function compartmentQuestion(): Omit<ImportQuestion, "images" | "count"> {
  return {
    id: "compartment",
    text: "What do the labels outline?",
    choices: [
      { value: "nuclear", label: "Nuclei" },
      { value: "wholeCell", label: "Whole cells" },
      { value: "cytoplasm", label: "Cytoplasm" },
    ],
    free: null,
    required: false,
    fallback: "they are taken for nuclei",
  };
}

function channelQuestion({ decoded }: Examined): Omit<ImportQuestion, "images" | "count"> {
  const names = decoded.channels.map(({ name }, i) => (name === "" ? `${i + 1}` : name)).join(", ");
  return {
    id: "channels",
    text: `What does each channel show (${names.slice(0, 300)})? Models look for a nuclear and a membrane channel.`,
    choices: [],
    free: "a role for each channel in order, such as nuclear,membrane,other or DAPI=nuclear,CD45=membrane",
    required: false,
    fallback: "channels keep their names; their role is `other`",
  };
}
