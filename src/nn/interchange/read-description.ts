/** A parsed model description of format 0.4 or 0.5, checked; what is wrong is said by its place in the file. */
import { FoundryError } from "#core/errors.ts";
import { checkReferences } from "./check-references.ts";
import { convertDescription04 } from "./convert-04.ts";
import type { ModelDescription } from "./model-description.ts";
import { modelDescriptionSchema } from "./model-description.ts";

const hint =
  "Check the description with the tools of the BioImage.IO project, or import the ONNX file alone.";

/** How many faults are told at once. */
const FAULTS_SHOWN = 3;

/**
 * @param parsed what the YAML of `rdf.yaml` or `bioimageio.yaml` says. @returns the description in the form of 0.5.
 * @throws FoundryError `model.invalid` with the places of the first faults.
 */
export function readDescription(parsed: unknown): ModelDescription {
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new FoundryError("model.invalid", {
      message: "The model description is not a table of fields.",
      hint,
    });
  const { type, format_version: version } = parsed as Record<string, unknown>;
  if (type !== "model") {
    throw new FoundryError("model.invalid", {
      message: `The package describes ${typeof type === "string" ? `a ${type.slice(0, 40)}` : "something else"}, not a model.`,
      hint: "Choose the package of a model.",
    });
  }
  const number = String(version);
  if (!/^0\.[45]\./.test(number)) {
    throw new FoundryError("model.invalid", {
      message: `The model description has format ${number.slice(0, 20)}; 0.4 and 0.5 are read.`,
      hint: "Update the description with the tools of the BioImage.IO project.",
    });
  }
  const form = number.startsWith("0.4.") ? convertDescription04(parsed as Record<string, unknown>) : parsed;
  const checked = modelDescriptionSchema.safeParse(form);
  const faults = checked.success
    ? checkReferences(checked.data)
    : checked.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  if (checked.success && faults.length === 0) return checked.data;
  const shown = faults.slice(0, FAULTS_SHOWN).map((fault) => fault.slice(0, 160));
  throw new FoundryError("model.invalid", {
    message: `The model description is not valid: ${shown.join("; ")}${faults.length > FAULTS_SHOWN ? ` and ${faults.length - FAULTS_SHOWN} more` : ""}.`,
    hint,
    details: { faults: faults.slice(0, 20) },
  });
}
