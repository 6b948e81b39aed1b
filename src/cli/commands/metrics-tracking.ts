/** `metrics tracking`: a tracking against a reference, both as folders of the Cell Tracking Challenge; needs no data folder. */

import { readdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { LabelImage } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { Track } from "#core/lineage/index.ts";
import type { OnlyChild, ParentLinks, TrackingScores } from "#core/track-metrics/index.ts";
import { type Command, type CommandInput, requiredPositional, textOption, usageError } from "../command.ts";
import { score } from "../output.ts";

/** Longer movies are compared in parts. */
const framesMax = 100_000;

export const metricsTrackingCommand: Command = {
  usage: "metrics tracking REF_GT RESULT [--parent-links divisions|table] [--only-child cut|join]",
  about:
    "Compares a tracking (mask000.tif …, res_track.txt) with a reference (man_track000.tif …, man_track.txt, or the folder " +
    "01_GT that holds TRA and SEG) by the measures of the Cell Tracking Challenge: TRA, DET, LNK, SEG, AOGM with its " +
    "counts, CT, TF, BC(i), CCA, BIO(i); divisions with a tolerance in frames; HOTA.",
  examples: ["cellfoundry metrics tracking movie/01_GT movie/01_RES --json"],
  options: {
    "parent-links": {
      type: "string",
      value: "RULE",
      help: "divisions (default): an only child is the same cell; table: a parent, as in the challenge's own program",
    },
    "only-child": {
      type: "string",
      value: "RULE",
      help: "cut (default): an only child is a track of its own in CT, TF, CCA; join: it goes on",
    },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const truth = await openFolder(resolve(requiredPositional(input, 0, "REF_GT", metricsTrackingCommand)));
  const result = await openFolder(resolve(requiredPositional(input, 1, "RESULT", metricsTrackingCommand)));
  const { createTrackScorer } = await import("#core/track-metrics/index.ts");
  const scorer = createTrackScorer(
    { reference: truth.tracks, predicted: result.tracks },
    {
      parentLinks: oneOf<ParentLinks>(input, "parent-links", ["divisions", "table"]),
      onlyChild: oneOf<OnlyChild>(input, "only-child", ["cut", "join"]),
    },
  );
  for (const [frame, path] of truth.masks) {
    input.signal.throwIfAborted();
    scorer.addFrame(frame, await readMask(path), await readMask(maskOf(result, frame)));
    input.out.progress(`Frame ${frame}`);
  }
  for (const [frame, path] of truth.segmentations)
    scorer.addSegmentation(await readMask(path), await readMask(maskOf(result, frame)));
  input.out.endProgress();
  const scores = scorer.scores();
  input.out.result(scores, () => describe(scores));
  return undefined;
}

function oneOf<Rule extends string>(
  input: CommandInput,
  name: string,
  rules: readonly [Rule, ...Rule[]],
): Rule {
  const text = textOption(input, name);
  if (text === undefined) return rules[0];
  const rule = rules.find((known) => known === text);
  if (rule === undefined) throw usageError(`--${name} is ${rules.join(" or ")}.`, metricsTrackingCommand);
  return rule;
}

interface TrackedFolder {
  readonly folder: string;
  readonly tracks: readonly Track[];
  /** Frame -> file, ascending. */
  readonly masks: ReadonlyMap<number, string>;
  readonly segmentations: ReadonlyMap<number, string>;
}

async function openFolder(folder: string): Promise<TrackedFolder> {
  const names = await namesIn(folder);
  const tracking = names.includes("TRA") ? join(folder, "TRA") : folder;
  const files = tracking === folder ? names : await namesIn(tracking);
  const table = files.find((name) => name === "man_track.txt" || name === "res_track.txt");
  const masks = framesOf(tracking, files, /^(?:man_track|mask)_?(\d{2,6})\.tiff?$/i);
  if (table === undefined || masks.size === 0)
    throw new FoundryError("format.ctc", {
      message: `${folder} is no tracking: ${table === undefined ? "man_track.txt or res_track.txt" : "its masks"} cannot be found.`,
      hint: "Name a folder with man_track000.tif … and man_track.txt, or with mask000.tif … and res_track.txt.",
    });
  const { readTrackTable } = await import("#formats/index.ts");
  const tracks = readTrackTable(await readFile(join(tracking, table), "utf8"), table);
  const seg = names.includes("SEG") ? join(folder, "SEG") : null;
  const segmentations =
    seg === null
      ? new Map<number, string>()
      : framesOf(seg, await namesIn(seg), /^man_seg_?(\d{2,6})\.tiff?$/i);
  return { folder, tracks, masks, segmentations };
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((cause: unknown) => {
    throw new FoundryError("import.empty", {
      message: `"${folder}" cannot be opened.`,
      hint: "Check the path.",
      cause,
    });
  });
}

function framesOf(folder: string, names: readonly string[], pattern: RegExp): Map<number, string> {
  const found = names.flatMap((name): [number, string][] => {
    const match = pattern.exec(name);
    return match === null ? [] : [[Number(match[1]), join(folder, name)]];
  });
  if (found.length > framesMax)
    throw new FoundryError("limit.files", {
      message: `${folder} holds ${found.length} frames; the limit is ${framesMax}.`,
      hint: "Compare the movie in parts.",
    });
  return new Map(found.sort((a, b) => a[0] - b[0]));
}

function maskOf({ folder, masks }: TrackedFolder, frame: number): string {
  const path = masks.get(frame);
  if (path === undefined)
    throw new FoundryError("format.ctc", {
      message: `${folder} has no mask of frame ${frame}, which the reference has.`,
      hint: "A result needs a mask for every frame of the reference, also for those without cells.",
    });
  return path;
}

async function readMask(path: string): Promise<LabelImage> {
  const { readLabels } = await import("#formats/index.ts");
  return readLabels(new Uint8Array(await readFile(path)), { name: basename(path) });
}

const shown = (value: number | null): string => (value === null ? "-" : score(value));

function describe(scores: TrackingScores): string {
  const { counts, settings, byTolerance } = scores;
  const rows = byTolerance.map(({ tolerance, division, bc, bio, opClb }) =>
    [
      `${tolerance}`.padStart(9),
      ...[division.precision, division.recall, division.f1, bc, bio, opClb].map((value) =>
        shown(value).padStart(9),
      ),
      `${division.correct} of ${division.reference}, ${division.false} false, ${division.mismatched} mismatched`.padStart(
        9,
      ),
    ].join("  "),
  );
  return [
    `TRA ${shown(scores.tra)}, DET ${shown(scores.det)}, LNK ${shown(scores.lnk)}, SEG ${shown(scores.seg)} (${settings.segFrameCount} frames), ` +
      `OP_CTB ${shown(scores.opCtb)}, OP_CSB ${shown(scores.opCsb)}`,
    `AOGM ${scores.aogm}: ${counts.NS} splits (NS), ${counts.FN} missed (FN), ${counts.FP} false (FP) of ${counts.referenceDetections} cells in ` +
      `${settings.frameCount} frames; ${counts.ED} links to delete (ED), ${counts.EA} to add (EA), ${counts.EC} to change (EC) of ${counts.referenceLinks}`,
    `CT ${shown(scores.ct)} (${scores.completeTracks} of ${scores.referenceTracks} tracks complete), TF ${shown(scores.tf)}, CCA ${shown(scores.cca)}, ` +
      `HOTA ${shown(scores.hota)} (DetA ${shown(scores.detA)}, AssA ${shown(scores.assA)})`,
    "",
    `Divisions by frames that they may be off:`,
    ["tolerance", "precision", "recall", "F1", "BC", "BIO", "OP_CLB"]
      .map((word) => word.padStart(9))
      .join("  "),
    ...rows,
    "",
    `Matched by ${settings.matcher}; parent links: ${settings.parentLinks}; only children: ${settings.onlyChild}.`,
  ].join("\n");
}
