/**
 * A model version as a folder of three files, `<name>/<version>/`: how models ship and travel.
 *
 * `card.json` says what the other two are, with their digests, so a damaged copy is noticed before it is used.
 */

import { FoundryError } from "#core/errors.ts";

export const EXPORT_FILES = {
  onnx: "model.onnx",
  weights: "weights.bin",
  card: "card.json",
  /** Optional: one digest per line of a plane that the model was trained or tuned on, whatever way it is turned. */
  prints: "training-planes.txt",
} as const;

/** A public training set has some hundred thousand planes. */
const printsMax = 2_000_000;

/** Digests of `training-planes.txt`; lines beginning with # are words for people. @throws FoundryError `model.invalid`. */
export function parsePrints(text: string, where: string): string[] {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const odd = lines.findIndex((line) => !/^[0-9a-f]{64}$/.test(line));
  if (odd < 0 && lines.length <= printsMax) return lines;
  throw new FoundryError("model.invalid", {
    message:
      odd < 0 ? `${where} has more than ${printsMax} lines.` : `Line ${odd + 1} of ${where} is no digest.`,
    hint: "Export the model version again.",
  });
}

export interface ModelCardFile {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly architecture: string;
  readonly contract: Readonly<Record<string, unknown>>;
  readonly files: { readonly onnx: string; readonly weights: string };
  /** Everything else for people: training, data, scores. */
  readonly card: Readonly<Record<string, unknown>>;
}

/** @param text of `card.json`. @param where for the message. @throws FoundryError `model.invalid` naming the field. */
export function parseModelCard(text: string, where: string): ModelCardFile {
  const refuse = (what: string): FoundryError =>
    new FoundryError("model.invalid", {
      message: `The model card ${where} ${what}.`,
      hint: "Export the model version again.",
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse("is not JSON");
  }
  const card = asRecord(value) ?? {};
  const textField = (record: Readonly<Record<string, unknown>>, field: string): string => {
    const found = record[field];
    if (typeof found !== "string" || found === "") throw refuse(`has no text field "${field}"`);
    return found;
  };
  const contract = asRecord(card["contract"]);
  const files = asRecord(card["files"]);
  if (contract === undefined) throw refuse('has no "contract"');
  if (files === undefined) throw refuse('has no "files"');
  return {
    name: textField(card, "name"),
    version: textField(card, "version"),
    licence: textField(card, "licence"),
    architecture: textField(card, "architecture"),
    contract,
    files: { onnx: textField(files, "onnx"), weights: textField(files, "weights") },
    card: asRecord(card["card"]) ?? {},
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
