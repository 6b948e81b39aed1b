/**
 * Which engine this process computes with: set by flags of the command line, else by the environment.
 *
 * CELLFOUNDRY_DEVICE is one of auto, cpu, webgpu, cuda, wasm; CELLFOUNDRY_THREADS a number. The choice is made before the
 * engine is first used and stays for the process.
 */
import { FoundryError } from "#core/errors.ts";
import type { EngineChoice } from "#nn/engine/open-engine.ts";

/** More than any machine this runs on has cores; a slip of the finger is not a request for a million threads. */
const threadsMax = 256;

// Named here too, so that reading the choice does not load the runtime.
const devices: readonly EngineChoice["device"][] = ["auto", "cpu", "webgpu", "cuda", "wasm"];

let chosen: Partial<EngineChoice> = {};

/** @throws FoundryError `request.invalid` for a device or number of threads that cannot be. */
function checked(device: string, threads: string | undefined): EngineChoice {
  const known = devices.find((one) => one === device);
  const count = threads === undefined ? undefined : Number(threads);
  const fits = count === undefined || (Number.isInteger(count) && count >= 1 && count <= threadsMax);
  if (known === undefined || !fits) {
    throw new FoundryError("request.invalid", {
      message:
        known === undefined
          ? `There is no device "${device}".`
          : `${threads} is not a number of threads; it must be a whole number from 1 to ${threadsMax}.`,
      hint: `Devices are ${devices.join(", ")}. See --device and --threads, or CELLFOUNDRY_DEVICE and CELLFOUNDRY_THREADS.`,
    });
  }
  return { device: known, threads: count };
}

/** Overrides the environment for this process; what is undefined stays as it was. */
export function chooseEngine(device: string | undefined, threads: string | undefined): void {
  const { device: name, threads: count } = checked(device ?? engineChoice().device, threads);
  chosen = { device: name, ...(count === undefined ? {} : { threads: count }) };
}

/** @throws FoundryError `request.invalid` for a setting of the environment that cannot be. */
export function engineChoice(environment: NodeJS.ProcessEnv = process.env): EngineChoice {
  const set = (name: string): string | undefined =>
    environment[name] === undefined || environment[name] === "" ? undefined : environment[name];
  const { device, threads } = checked(set("CELLFOUNDRY_DEVICE") ?? "auto", set("CELLFOUNDRY_THREADS"));
  return { device: chosen.device ?? device, threads: chosen.threads ?? threads };
}
