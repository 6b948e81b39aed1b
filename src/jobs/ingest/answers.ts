/**
 * Answers of a person to what files leave open, from words to what readers and the store need.
 *
 * A question is asked, never guessed: what pages of a TIFF are decides whether a stack is a movie; a pixel size decides
 * whether a model sees cells of the right size.
 */

import { FoundryError } from "#core/errors.ts";
import type { LayerCompartment, ReadChannel, SheetChannel } from "#formats/index.ts";
import type { Channel } from "#store/index.ts";
import type { ImportAnswers } from "../job.ts";
import type { ReadAnswers } from "./decoder/protocol.ts";

const compartments: readonly LayerCompartment[] = ["nuclear", "wholeCell", "cytoplasm"];
const roles: readonly Channel["role"][] = [
  "nuclear",
  "membrane",
  "cytoplasm",
  "phase",
  "brightfield",
  "other",
];

/** A pixel of a millimetre is not a microscope's. */
const MPP_MAX = 1_000;

/** More channels than any multiplexed image has. */
const CHANNELS_MAX = 500;
const CHANNEL_NAME_LENGTH_MAX = 200;

export interface KnownAnswers extends ReadAnswers {
  /** `null`: the person was asked and does not know; absent: nobody was asked. */
  readonly mpp?: { readonly y: number; readonly x: number } | null;
  readonly channels?: readonly { readonly name?: string; readonly role?: Channel["role"] }[];
}

/** @throws FoundryError `request.invalid` naming the answer and what it may be. */
export function readAnswers(answers: ImportAnswers = {}): KnownAnswers {
  const { axes, mpp, channels, compartment, overlaps } = answers;
  return {
    ...(given(axes) ? { pagesAre: pagesAxis(axes) } : {}),
    ...(given(mpp) ? { mpp: pixelSize(mpp) } : {}),
    ...(given(channels) ? { channels: channelWords(channels) } : {}),
    ...(given(compartment) ? { compartment: compartmentWord(compartment) } : {}),
    ...(given(overlaps) ? { keepOverlaps: keepWord(overlaps) } : {}),
  };
}

/** The answers that readers of files need. */
export function answersForReading({ pagesAre, compartment, keepOverlaps }: KnownAnswers): ReadAnswers {
  return {
    ...(pagesAre === undefined ? {} : { pagesAre }),
    ...(compartment === undefined ? {} : { compartment }),
    ...(keepOverlaps === undefined ? {} : { keepOverlaps }),
  };
}

const given = (text: string | undefined): text is string => text !== undefined && text.trim() !== "";

function wrong(what: string, text: string, hint: string): FoundryError {
  return new FoundryError("request.invalid", { message: `"${text.slice(0, 60)}" is not ${what}.`, hint });
}

/** The page axis of "t" or of axes such as "tyx", "zcyx" (RGB pages keep their c). */
function pagesAxis(text: string): "t" | "c" | "z" {
  const axes = text.trim().toLowerCase();
  const pages = axes.length === 1 ? axes : /^[tcz]c?yx$/.test(axes) ? axes[0] : undefined;
  if (pages === "t" || pages === "c" || pages === "z") return pages;
  throw wrong(
    "an answer to what the pages are",
    text,
    "Write t (time points), z (focal planes) or c (channels), or all axes such as tyx.",
  );
}

function pixelSize(text: string): { y: number; x: number } | null {
  if (text.trim().toLowerCase() === "unknown") return null;
  const [y, x = y, ...rest] = text.split(",").map(Number);
  const sound = (value: number | undefined): value is number =>
    value !== undefined && Number.isFinite(value) && value > 0 && value <= MPP_MAX;
  if (rest.length === 0 && sound(y) && sound(x)) return { y, x };
  throw wrong(
    "a pixel size",
    text,
    'Write micrometres per pixel such as 0.5 or 0.5,0.48 (y, x), or "unknown".',
  );
}

function compartmentWord(text: string): LayerCompartment {
  const found = compartments.find((one) => one.toLowerCase() === text.trim().toLowerCase());
  if (found !== undefined) return found;
  throw wrong("a compartment", text, `Choose one of ${compartments.join(", ")}.`);
}

function keepWord(text: string): true {
  if (text.trim().toLowerCase() === "keep") return true;
  throw wrong("an answer to what becomes of cells that overlap", text, 'Write "keep", or leave it out.');
}

function channelWords(text: string): NonNullable<KnownAnswers["channels"]> {
  const words = text.split(",").map((word) => word.trim());
  if (words.length > CHANNELS_MAX || words.some((word) => word.length > CHANNEL_NAME_LENGTH_MAX)) {
    throw wrong(
      "a list of channels",
      text,
      `At most ${CHANNELS_MAX} names of ${CHANNEL_NAME_LENGTH_MAX} letters.`,
    );
  }
  return words.map((word) => {
    const at = word.lastIndexOf("=");
    const roleText = at < 0 ? word : word.slice(at + 1);
    const role = roles.find((one) => one === roleText.toLowerCase());
    if (at >= 0 && role === undefined) {
      throw wrong("the role of a channel", roleText, `Choose one of ${roles.join(", ")}.`);
    }
    const name = at < 0 ? (role === undefined ? word : "") : word.slice(0, at).trim();
    return { ...(name === "" ? {} : { name }), ...(role === undefined ? {} : { role }) };
  });
}

/** What a sheet says of channels, in the form of an answer; undefined when it says nothing. */
export function channelsOfSheet(channels: readonly SheetChannel[], count: number): KnownAnswers["channels"] {
  if (channels.length === 0) return undefined;
  return Array.from({ length: count }, (_, index) => {
    const values = channels.find((channel) => channel.index === index)?.values ?? {};
    const name = values["name"] ?? values["target"];
    const role = roles.find((one) => one === values["role"]);
    return { ...(name === undefined ? {} : { name }), ...(role === undefined ? {} : { role }) };
  });
}

/**
 * Channels with a role each. An answer comes first, then the file; what neither says is taken from how the image was
 * made: the one channel of a fluorescence image with nuclear labels shows nuclei; of anything else the role stays open.
 *
 * @throws FoundryError `array.axes` when the answer names another number of channels.
 */
export function channelsOf(
  read: readonly ReadChannel[],
  metadata: Readonly<Record<string, string>>,
  answer: KnownAnswers["channels"],
  file: string,
): Channel[] {
  if (answer !== undefined && answer.length !== read.length) {
    throw new FoundryError("array.axes", {
      message: `${file}: it has ${read.length} channels, the answer names ${answer.length}.`,
      hint: "Name each channel once, in order, separated by commas.",
      details: { file },
    });
  }
  const words = `${metadata["kind"] ?? ""} ${metadata["modality"] ?? ""}`.toLowerCase();
  const single = read.length === 1;
  return read.map((channel, index) => {
    const said = answer?.[index];
    const name = said?.name ?? channel.name;
    return {
      index,
      name: name === "" ? (said?.role ?? `channel ${index + 1}`) : name,
      role: said?.role ?? channel.role ?? (single ? roleFromWords(words) : "other"),
    };
  });
}

function roleFromWords(words: string): Channel["role"] {
  if (words.includes("fluo")) return "nuclear";
  if (words.includes("phase")) return "phase";
  return words.includes("brightfield") || words.includes("histo") ? "brightfield" : "other";
}

/** What nobody has said about the pages of an image, as an error that carries the question. */
export function pagesQuestion(file: string, pages: number): FoundryError {
  return new FoundryError("import.question", {
    message: `${file}: it has ${pages} pages and does not say whether they are time points, focal planes or channels.`,
    hint: "Import again with --axes tyx (time points), --axes zyx (focal planes) or --axes cyx (channels).",
    details: { file, question: "axes", choices: ["t", "z", "c"] },
  });
}
