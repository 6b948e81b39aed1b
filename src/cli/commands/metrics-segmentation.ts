/** `metrics segmentation`: two label images against each other; needs no data folder. */

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { LabelImage } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { type Command, type CommandInput, requiredPositional } from "../command.ts";
import { score } from "../output.ts";
import { scoreTable } from "./model-report.ts";

export const metricsSegmentationCommand: Command = {
  usage: "metrics segmentation REF.tif PRED.tif",
  about:
    "Compares a predicted label image with a reference: average precision (TP / (TP + FP + FN)), F1, panoptic quality at " +
    "IoU 0.5 to 0.95, and cells by error class.",
  examples: ["cellfoundry metrics segmentation reference.tif predicted.tif --json"],
  options: {},
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const reference = await readLabelFile(requiredPositional(input, 0, "REF.tif", metricsSegmentationCommand));
  const predicted = await readLabelFile(requiredPositional(input, 1, "PRED.tif", metricsSegmentationCommand));
  const { classifyErrors, countErrors, scoreSegmentation } = await import("#core/metrics/index.ts");
  const scores = scoreSegmentation(reference, predicted);
  const errors = countErrors([classifyErrors(reference, predicted)]);
  input.out.result({ ...scores, errors }, () =>
    [
      scoreTable(scores.byThreshold),
      "",
      `Mean AP 0.5 to 0.95: ${score(scores.meanAveragePrecision)}; foreground IoU ${score(scores.foreground.iou)}`,
      `Cells: ${errors.correct} correct, ${errors.missed} missed, ${errors.gained} gained, ${errors.split} split, ` +
        `${errors.merge} merged, ${errors.catastrophe} in disorder.`,
    ].join("\n"),
  );
  return undefined;
}

async function readLabelFile(path: string): Promise<LabelImage> {
  const { readLabels } = await import("#formats/index.ts");
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new FoundryError("import.empty", {
      message: `"${path}" cannot be opened.`,
      hint: "Check the path.",
      cause,
    });
  });
  return readLabels(new Uint8Array(bytes), { name: basename(path) });
}
