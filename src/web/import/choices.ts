/**
 * What a person has answered so far, and what it means for the import. Pure.
 *
 * Questions that were answered stay on the sheet although the next plan no longer asks them: an answer must be there to
 * be changed.
 */

import type { ImportPlan, ImportQuestion } from "#api/index.ts";
import type { ImportChoices } from "../client/imports-api.ts";

export type AxesAnswer = "t" | "z" | "c";
export type ChannelRole = "nuclear" | "membrane" | "cytoplasm" | "phase" | "brightfield" | "other";
export type CompartmentAnswer = "nuclear" | "wholeCell" | "cytoplasm";
export type LengthUnit = "µm" | "nm";

export interface PixelSizeAnswer {
  readonly known: boolean;
  /** As typed. */
  readonly text: string;
  readonly unit: LengthUnit;
}

export interface Choices {
  /** Undefined: the first layout that fits. */
  readonly format?: string;
  readonly axes?: AxesAnswer;
  readonly pixelSize?: PixelSizeAnswer;
  /** By position; empty until somebody gives one. */
  readonly roles: readonly (ChannelRole | null)[];
  readonly compartment?: CompartmentAnswer;
  readonly licence: string;
  readonly group: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export const noChoices: Choices = { roles: [], licence: "", group: "", metadata: {} };

/** Micrometres; null when the text is no length that a pixel can have. Accepts a decimal comma. */
export function micrometres({ text, unit }: PixelSizeAnswer): number | null {
  if (!/^\d+([.,]\d*)?$|^[.,]\d+$/.test(text.trim())) return null;
  const value = Number(text.trim().replace(",", "."));
  const um = unit === "nm" ? value / 1000 : value;
  // The bounds of the server: a nanometre to a millimetre.
  return um >= 0.001 && um <= 1000 ? Number(um.toPrecision(9)) : null;
}

/** What goes to the server; answers that nobody gave are left out. */
export function wireChoices(choices: Choices): ImportChoices {
  const { format, axes, pixelSize, roles, compartment } = choices;
  const um = pixelSize === undefined || !pixelSize.known ? null : micrometres(pixelSize);
  const mpp = pixelSize?.known === false ? "unknown" : um === null ? undefined : String(um);
  const given = roles.some((role) => role !== null);
  const metadata = Object.fromEntries(
    Object.entries(choices.metadata)
      .map(([field, text]) => [field, text.trim()] as const)
      .filter(([, text]) => text !== ""),
  );
  const answers = {
    ...(axes === undefined ? {} : { axes }),
    ...(mpp === undefined ? {} : { mpp }),
    ...(given ? { channels: roles.map((role) => role ?? "other").join(",") } : {}),
    ...(compartment === undefined ? {} : { compartment }),
  };
  return {
    ...(format === undefined ? {} : { format }),
    ...(choices.licence.trim() === "" ? {} : { licence: choices.licence.trim() }),
    ...(choices.group.trim() === "" ? {} : { group: choices.group.trim() }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(Object.keys(answers).length === 0 ? {} : { answers }),
  };
}

/** Choices that change what the files are read as; after them the server has to look again. */
export function needsNewPlan(before: Choices, after: Choices): boolean {
  return before.format !== after.format || before.axes !== after.axes;
}

export function isAnswered(question: ImportQuestion, choices: Choices): boolean {
  switch (question.id) {
    case "axes":
      return choices.axes !== undefined;
    case "mpp":
      return (
        choices.pixelSize !== undefined &&
        (!choices.pixelSize.known || micrometres(choices.pixelSize) !== null)
      );
    case "channels":
      return choices.roles.some((role) => role !== null);
    case "compartment":
      return choices.compartment !== undefined;
  }
}

const order: readonly ImportQuestion["id"][] = ["axes", "mpp", "channels", "compartment"];

/** The new plan's questions, and those of before that were answered. */
export function openQuestions(
  before: readonly ImportQuestion[],
  plan: ImportPlan,
  choices: Choices,
): ImportQuestion[] {
  const asked = new Map(plan.questions.map((question) => [question.id, question]));
  for (const question of before) {
    if (!asked.has(question.id) && isAnswered(question, choices)) asked.set(question.id, question);
  }
  return [...asked.values()].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
}

/** Images that will come in: those refused while they were looked at do not. */
export function readyImages(plan: ImportPlan): number {
  const lookedAtAll = plan.examined + plan.failureCount >= plan.images;
  return lookedAtAll ? plan.examined : plan.images;
}

/** Micrometres, as a person or the files say; undefined when they do not, or differ. */
export function knownPixelSize(plan: ImportPlan, { pixelSize }: Choices): string | undefined {
  const um = pixelSize === undefined || !pixelSize.known ? null : micrometres(pixelSize);
  if (um !== null) return String(um);
  const [only] = plan.pixelSizes;
  return plan.pixelSizes.length === 1 && only?.mpp != null && !only.mpp.includes("x") ? only.mpp : undefined;
}

/** Why the import cannot begin; null when it can. */
export function whyNot(
  plan: ImportPlan,
  questions: readonly ImportQuestion[],
  choices: Choices,
): string | null {
  if (choices.pixelSize?.known === true && micrometres(choices.pixelSize) === null)
    return "The pixel size is not a length: write a number, or choose “not known”.";
  const open = questions.find((question) => question.required && !isAnswered(question, choices));
  if (open !== undefined) return "One question has to be answered first.";
  if (readyImages(plan) === 0) return "None of the files can be imported.";
  return null;
}

/** Open questions that have a safe answer of their own, in words. */
export function leftOpen(questions: readonly ImportQuestion[], choices: Choices): string[] {
  return questions.flatMap((question) =>
    question.fallback === null || isAnswered(question, choices) ? [] : [question.fallback],
  );
}
