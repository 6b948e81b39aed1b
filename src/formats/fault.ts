/**
 * How a format says no.
 *
 * Every refusal names the file, the place in it, the reason and the remedy, in that order, so that a person with
 * 2,000 files knows which one to look at. File names come from outside: they are cut and stripped of control
 * characters before they enter a message.
 */
import { type ErrorCode, FoundryError } from "#core/errors.ts";

export interface Fault {
  /** Name of the file as the person knows it; never a path of the machine. */
  readonly file: string;
  /** Where in the file: "page 3", "strip 12", "row 4, column mpp". */
  readonly place?: string;
  /** What is wrong, one clause without a full stop. */
  readonly reason: string;
  /** What to do about it, one sentence. */
  readonly remedy: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

// Longer names push the reason out of sight; no microscope writes more than this.
const SHOWN_NAME_MAX = 160;

/** Builds the error for a file that cannot be used; the caller throws it. */
export function fault(code: ErrorCode, facts: Fault): FoundryError {
  const file = shownName(facts.file);
  const place = facts.place === undefined ? "" : `, ${facts.place}`;
  return new FoundryError(code, {
    message: `${file}${place}: ${facts.reason}.`,
    hint: facts.remedy,
    details: { file, ...(facts.place === undefined ? {} : { place: facts.place }), ...facts.details },
    ...(facts.cause === undefined ? {} : { cause: facts.cause }),
  });
}

/** A file name that is safe and short enough to show. */
export function shownName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed here
  const clean = name.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "?");
  if (clean === "") return "(no name)";
  return clean.length <= SHOWN_NAME_MAX ? clean : `…${clean.slice(-SHOWN_NAME_MAX)}`;
}
