/** `augment preview`: how training would vary images, in words and as a picture of sample crops. */

import { writeFile } from "node:fs/promises";
import type { PlannedImages } from "#jobs/index.ts";
import type { Store } from "#store/index.ts";
import {
  type Command,
  type CommandInput,
  flagOption,
  numberOption,
  textOption,
  usageError,
} from "../command.ts";
import { chosenProject, type OpenedStore, withStore } from "../open.ts";

/** More rows or columns make a picture that no screen shows. */
const tilesMax = 20;

export const augmentPreviewCommand: Command = {
  usage:
    "augment preview (--dataset NAME@V | --image ID) [--out FILE.png] [--seed S] [--rows N] [--columns N] [--outlines]",
  about:
    "Shows how a training would vary the images of a dataset version, or one image: the plan that their metadata lead to, " +
    "with reasons, and a PNG with sample crops made exactly as training makes them. The first tile of each row is the image " +
    "as it is. --mode safe shows what is used when the kind of image is unknown.",
  examples: [
    "cellfoundry augment preview --dataset nuclei@1.0.0 --out nuclei.png",
    "cellfoundry augment preview --image 01HXIMAGE --seed 3 --outlines --out one.png",
  ],
  options: {
    dataset: { type: "string", value: "NAME@V", help: "Dataset version; its training images are shown" },
    image: { type: "string", value: "ID", help: "One image instead" },
    out: { type: "string", value: "FILE", help: "PNG to write; without it only the plan is shown" },
    seed: { type: "string", value: "S", help: "Other crops for another seed; default 0" },
    rows: { type: "string", value: "N", help: "Images shown; default 4" },
    columns: { type: "string", value: "N", help: "Crops beside each image; default 6" },
    mode: { type: "string", value: "MODE", help: "domain (default), safe or none" },
    outlines: { type: "boolean", help: "Draw the outlines of the labels" },
  },
  run,
};

interface Shown {
  readonly plans: readonly (PlannedImages["words"] & { readonly images: number })[];
  readonly rows: unknown;
  readonly png: Uint8Array;
}

async function run(input: CommandInput): Promise<undefined> {
  const out = textOption(input, "out");
  const dataset = textOption(input, "dataset");
  const image = textOption(input, "image");
  if ((dataset === undefined) === (image === undefined))
    throw usageError("Give either --dataset or --image.", augmentPreviewCommand);
  await withStore(input, async (opened) => {
    const shown =
      dataset === undefined
        ? await showImage(opened.store, image ?? "", input)
        : await showDataset(opened, dataset, input);
    if (out !== undefined) await writeFile(out, shown.png);
    input.out.result({ plans: shown.plans, rows: shown.rows, out: out ?? null }, () =>
      [...shown.plans.map(planText), ...(out === undefined ? [] : [`Sample crops: ${out}`])].join("\n\n"),
    );
  });
  return undefined;
}

function readOptions(input: CommandInput) {
  const mode = textOption(input, "mode");
  const modes = ["domain", "safe", "none"] as const;
  const known = modes.find((one) => one === mode);
  if (mode !== undefined && known === undefined)
    throw usageError(`--mode is "${mode}"; it must be one of ${modes.join(", ")}.`, augmentPreviewCommand);
  const count = { low: 1, high: tilesMax, integer: true };
  return {
    seed: numberOption(input, "seed", { low: 0, high: 0xffffffff, integer: true }) ?? 0,
    rows: numberOption(input, "rows", count),
    columns: numberOption(input, "columns", count),
    outlines: flagOption(input, "outlines"),
    mode: known,
  };
}

async function showDataset(opened: OpenedStore, reference: string, input: CommandInput): Promise<Shown> {
  const { augmentPlansOf, datasetAugmentSamples } = await import("#jobs/index.ts");
  const { getDatasetVersion } = await import("#store/index.ts");
  const { writePng } = await import("#formats/index.ts");
  const projectId = input.options.has("project") ? (await chosenProject(opened, input)).id : undefined;
  const version = await getDatasetVersion(opened.store, reference, projectId);
  const options = readOptions(input);
  const plans = await augmentPlansOf(opened.store, version, options.mode);
  const { picture, rows } = await datasetAugmentSamples(opened.store, version, options);
  return { plans: plans.map(({ words, images }) => ({ ...words, images })), rows, png: writePng(picture) };
}

async function showImage(store: Store, imageId: string, input: CommandInput): Promise<Shown> {
  const { imageAugmentSamples } = await import("#jobs/index.ts");
  const { writePng } = await import("#formats/index.ts");
  const { plan, picture, rows } = await imageAugmentSamples(store, imageId, readOptions(input));
  return { plans: [{ ...plan, images: 1 }], rows, png: writePng(picture) };
}

function planText({ title, reason, geometry, changes, images }: Shown["plans"][number]): string {
  return [
    `${title} (${images} ${images === 1 ? "image" : "images"})`,
    `  ${reason}`,
    `  ${geometry}`,
    ...changes.map(
      ({ about, often, strengths, why }) =>
        `  - ${about}, ${often}${strengths.length === 0 ? "" : ` (${strengths.join("; ")})`}. ${why}`,
    ),
  ].join("\n");
}
