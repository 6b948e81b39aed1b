/** Where a prediction in the browser was computed and what it loaded, in plain words. Pure. */

import type { UsedScale } from "#nn/index.ts";
import { formatBytes, formatDuration } from "../ui/format.ts";
import type { DeviceFacts, LoadedBytes, PrivateProgress } from "./private-protocol.ts";

/** One or two sentences. */
export function deviceWords({ device, threads, isolated, adapter, refusal }: DeviceFacts): string {
  const where =
    device === "webgpu"
      ? `Computed on the graphics card${adapter === "" ? "" : ` (${adapter})`} through WebGPU.`
      : threads > 1
        ? `Computed on the processor with ${threads} threads.`
        : isolated
          ? "Computed on the processor with one thread."
          : "Computed on the processor with one thread only, because this page may not share memory between threads. Open it over HTTPS, or on the server's own computer, to use more.";
  return refusal === null ? where : `${where} The graphics card was not used: ${refusal}`;
}

export function loadedWords({ runtime, model }: LoadedBytes): string {
  if (runtime + model === 0) return "Runtime and model were kept from before; nothing was loaded.";
  const parts = [
    ...(runtime > 0 ? [`${formatBytes(runtime)} of runtime`] : []),
    ...(model > 0 ? [`${formatBytes(model)} of model`] : []),
  ];
  return `Loaded ${parts.join(" and ")} from this server; the browser keeps them.`;
}

/** How long it took, and per megapixel, by which computers are compared. */
export function timeWords(computeMs: number, pixels: number): string {
  const took = computeMs < 950 ? "less than a second" : formatDuration(computeMs);
  // Start-up costs drown the rate of small images.
  if (pixels < 2e5) return `It took ${took}.`;
  return `It took ${took}, ${((computeMs / pixels) * 1e3).toPrecision(2)} s per megapixel.`;
}

/** At which size the model saw the image; null when as it is, with nothing to say about it. */
export function scaleWords({ factor, source, estimate }: UsedScale): string | null {
  const times = `${Number(factor.toPrecision(2))} times its size`;
  switch (source) {
    case "given":
      return `The model saw the image at ${times}, as you said.`;
    case "pixelSize":
      return factor === 1 ? null : `The model saw the image at ${times}, by its pixel size.`;
    case "estimated":
      return `The model saw the image at ${times}, estimated from its cells because the pixel size is not known${estimate?.sure === false ? "; they leave doubt" : ""}. Set it below when cells are cut or merged.`;
    case "none":
      return null;
  }
}

export function progressWords({ phase }: PrivateProgress, name: string): string {
  switch (phase) {
    case "reading":
      return `Reading ${name}`;
    case "runtime":
      return "Starting the runtime";
    case "model":
      return "Loading the model";
    case "segmenting":
      return `Segmenting ${name}`;
    case "finishing":
      return "Drawing the cells";
  }
}
