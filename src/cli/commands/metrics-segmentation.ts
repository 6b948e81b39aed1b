/** `metrics segmentation`: two label images against each other; needs no data folder. */

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { LabelImage, Mask } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { BoundaryTolerance } from "#core/metrics/index.ts";
import { type Command, type CommandInput, requiredPositional, textOption, usageError } from "../command.ts";
import { score } from "../output.ts";
import { leftOut } from "./evaluation-report.ts";
import { scoreTable } from "./model-report.ts";

export const metricsSegmentationCommand: Command = {
  usage:
    "metrics segmentation REF.tif PRED.tif [--mpp UM] [--tolerance 2px|1um] [--region IN.tif] [--ignore OUT.tif]",
  about:
    "Compares a predicted label image with a reference: average precision (TP / (TP + FP + FN)), F1, panoptic quality at " +
    "IoU 0.5 to 0.95, SEG and DET of the Cell Tracking Challenge, AJI, boundary F, Hausdorff distance, area bias, and " +
    "cells by error class. With --region, predicted cells mostly outside of it that find no reference cell are not " +
    "counted; with --ignore neither are reference cells mostly inside.",
  examples: [
    "cellfoundry metrics segmentation reference.tif predicted.tif --mpp 0.5 --tolerance 1um --json",
    "cellfoundry metrics segmentation reference.tif predicted.tif --region annotated.tif",
  ],
  options: {
    mpp: { type: "string", value: "UM", help: "Micrometres per pixel: 0.5, or 0.5,0.48 (y, x)" },
    tolerance: { type: "string", value: "DISTANCE", help: "For boundary F: 2px (default) or 1um" },
    region: { type: "string", value: "IN.tif", help: "Image above 0 where every cell is in REF.tif" },
    ignore: { type: "string", value: "OUT.tif", help: "Image above 0 where nobody can tell" },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const reference = await readLabelFile(requiredPositional(input, 0, "REF.tif", metricsSegmentationCommand));
  const predicted = await readLabelFile(requiredPositional(input, 1, "PRED.tif", metricsSegmentationCommand));
  const { defaultTallySettings, evaluateLabels, scoresOf, uncountedPixels } = await import(
    "#core/metrics/index.ts"
  );
  const mpp = readMpp(textOption(input, "mpp"));
  const boundaryTolerance = readTolerance(textOption(input, "tolerance"), mpp !== null);
  const settings = { ...defaultTallySettings, boundaryTolerance };
  const [region, ignore] = [
    await readMask(textOption(input, "region")),
    await readMask(textOption(input, "ignore")),
  ];
  const coverage = region === undefined ? "exhaustive" : "region";
  const uncounted = uncountedPixels(reference, { coverage, region, ignore });
  const scores = scoresOf(evaluateLabels(reference, predicted, mpp, settings, uncounted).tally, settings);
  const { errors, hausdorff, areaBias } = scores;
  input.out.result(scores, () =>
    [
      scoreTable(scores.byThreshold),
      "",
      `Mean AP 0.5 to 0.95 (mSA): ${score(scores.meanAveragePrecision)}; foreground IoU ${shown(scores.foreground.iou)}`,
      `SEG ${shown(scores.seg)}, DET ${shown(scores.det)}, AJI ${shown(scores.aji)}, AJI+ ${shown(scores.ajiPlus)}`,
      `Borders within ${boundaryTolerance.distance} ${boundaryTolerance.unit}: F ${shown(scores.boundary?.f)}; Hausdorff of found cells ` +
        `${shown(hausdorff.px)} px (95 %: ${shown(hausdorff.p95Px)} px${mpp === null ? "" : `, ${shown(hausdorff.p95Um)} um`}); ` +
        `area bias ${shown(areaBias.mean)}`,
      `Cells: ${errors.correct} correct, ${errors.missed} missed, ${errors.gained} gained, ${errors.split} split, ` +
        `${errors.merge} merged, ${errors.catastrophe} in disorder.`,
      ...leftOut(scores.uncounted),
    ].join("\n"),
  );
  return undefined;
}

const shown = (value: number | null | undefined): string =>
  value === null || value === undefined ? "-" : score(value);

function readMpp(text: string | undefined): { readonly y: number; readonly x: number } | null {
  if (text === undefined) return null;
  const [y, x = y] = text.split(",").map(Number);
  if (y === undefined || x === undefined || !(y > 0) || !(x > 0) || y > 1e3 || x > 1e3)
    throw usageError("--mpp is one number or two, above 0.", metricsSegmentationCommand);
  return { y, x };
}

function readTolerance(text: string | undefined, hasMpp: boolean): BoundaryTolerance {
  const found = /^(\d+(?:\.\d+)?)(px|um)$/.exec(text ?? "2px");
  if (found === null)
    throw usageError("--tolerance is a distance such as 2px or 1um.", metricsSegmentationCommand);
  const unit = found[2] === "um" ? "um" : "px";
  if (unit === "um" && !hasMpp)
    throw usageError("A tolerance in um needs --mpp.", metricsSegmentationCommand);
  return { distance: Number(found[1]), unit };
}

async function readMask(path: string | undefined): Promise<Mask | undefined> {
  if (path === undefined) return undefined;
  const { height, width, data } = await readLabelFile(path);
  return { dtype: "uint8", height, width, data: Uint8Array.from(data, (value) => (value > 0 ? 1 : 0)) };
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
