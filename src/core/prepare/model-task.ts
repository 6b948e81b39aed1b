/** What a model version is for, from its contract: only some find the cells of an image by themselves. */

/** `segmentation`: finds all cells; `linking`: links cells of movies; `prompt`: outlines the one cell pointed at. */
export type ModelTask = "segmentation" | "linking" | "prompt";

/** Contracts that say nothing are of segmentation models, the first kind there was. */
export function modelTask(contract: Readonly<Record<string, unknown>>): ModelTask {
  const kind = contract["kind"];
  return kind === "linking" || kind === "prompt" ? kind : "segmentation";
}
