/** Predictions on the wire: settings from the fields of a form, and what is told of a finished one. Pure. */

import type { z } from "zod";
import { predictionResultSchema } from "#api/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { PredictSettings } from "#jobs/index.ts";
import type { Prediction } from "#store/index.ts";

const thresholdNames = ["foregroundThreshold", "seedThreshold", "areaPxMin"] as const;

/** @throws FoundryError `request.invalid` for text where a number belongs; bounds are checked by `checkSettings`. */
export function settingsOfFields(fields: ReadonlyMap<string, string>): PredictSettings {
  const number = (name: string): number | undefined => {
    const text = fields.get(name)?.trim() ?? "";
    if (text === "") return undefined;
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    throw refused(name, "a number");
  };
  const scaleText = fields.get("scale")?.trim();
  const scale = scaleText === "auto" || scaleText === "pixelSize" ? scaleText : number("scale");
  const mpp = number("mpp");
  const channels = fields.get("channels")?.trim() ?? "";
  const thresholds = Object.fromEntries(
    thresholdNames.flatMap((name) => {
      const value = number(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    ...(mpp === undefined ? {} : { mpp }),
    ...(scale === undefined ? {} : { scale }),
    ...(channels === "" ? {} : { channels: channels.split(",").map(channelOf) }),
    ...(Object.keys(thresholds).length === 0 ? {} : { thresholds }),
  };
}

function channelOf(part: string): number | null {
  const word = part.trim();
  if (word === "-") return null;
  if (/^\d{1,4}$/.test(word)) return Number(word);
  throw refused("channels", "numbers from 0, or -, such as 0,2");
}

function refused(field: string, wanted: string): FoundryError {
  return new FoundryError("request.invalid", {
    message: `The field "${field}" of the form is not understood.`,
    hint: `It takes ${wanted}.`,
  });
}

/** What is told of a prediction; ones made before facts were kept have one nuclear compartment. */
export function predictionOf(
  prediction: Prediction,
  hasMaps: boolean,
): z.output<typeof predictionResultSchema> {
  const { name, modelVersion, modelVersionId, file, height, width, cellCount, facts } = prediction;
  return predictionResultSchema.parse({
    scale: null,
    mpp: null,
    warnings: [],
    notes: [],
    compartments: [{ compartment: "nuclear", cellCount }],
    ...facts,
    name,
    modelVersion,
    modelVersionId,
    file,
    height,
    width,
    cellCount,
    hasMaps,
  });
}
