/**
 * Reads a stored contract of any version.
 *
 * Version 1 had no version field, one compartment "nuclear" with its post-processing at the top, and outputs called
 * innerDistance and foreground. Models released with it keep working unchanged.
 */
import { assertContract } from "./check-contract.ts";
import type { InputContract } from "./input-contract.ts";

/**
 * The contract in today's form.
 *
 * @param json parsed JSON of a contract of version 1 or 2. Not changed.
 * @throws FoundryError `model.invalid` naming what is missing.
 */
export function upgradeContract(json: unknown): InputContract {
  const upgraded: unknown = isVersion1(json) ? fromVersion1(json) : json;
  assertContract(upgraded);
  return upgraded;
}

const isVersion1 = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === "object" && json !== null && !("version" in json);

function fromVersion1(json: Readonly<Record<string, unknown>>): unknown {
  const { compartment, postprocessing, channels, ...rest } = json;
  return {
    ...rest,
    version: 2,
    channels: Array.isArray(channels)
      ? channels.map((channel: unknown) => ({ ...(channel as object), required: true }))
      : channels,
    compartments: [
      {
        compartment: compartment ?? "nuclear",
        outputs: { innerDistance: "innerDistance", foreground: "foreground" },
        postprocessing,
        confidence: null,
      },
    ],
    range: null,
  };
}
