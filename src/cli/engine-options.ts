/** `--device` and `--threads`: what this process computes with, when it computes itself. */
import { type CommandInput, textOption } from "./command.ts";

export const engineOptions = {
  device: {
    type: "string",
    value: "NAME",
    help: "Compute on auto (default), cpu, webgpu, cuda or wasm; or set CELLFOUNDRY_DEVICE",
  },
  threads: {
    type: "string",
    value: "N",
    help: "Threads of the processor; default its cores, at most 8; or set CELLFOUNDRY_THREADS",
  },
} as const;

/** @throws FoundryError `request.invalid` for a device or number of threads that cannot be. */
export async function applyEngineOptions(input: CommandInput): Promise<void> {
  const [device, threads] = [textOption(input, "device"), textOption(input, "threads")];
  if (device === undefined && threads === undefined) return;
  const { chooseEngine } = await import("#jobs/index.ts");
  chooseEngine(device, threads);
}
