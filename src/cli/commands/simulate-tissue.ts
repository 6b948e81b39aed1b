/** `simulate tissue`: pictures of tissue with exact labels of nuclei and cells, ready to import. */

import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type TissueParams, type TissuePlatform, tissuePlatforms } from "#core/tissue/index.ts";
import {
  type Command,
  type CommandInput,
  numberOption,
  requiredPositional,
  textOption,
  usageError,
} from "../command.ts";
import { counted } from "../output.ts";

/** More would take hours; several folders with different seeds do the same. */
const imagesMax = 10_000;

export const simulateTissueCommand: Command = {
  usage: "simulate tissue OUT [--images N] [--size PX] [--seed S]",
  about:
    "Draws tissue: crowded or sparse cells of several kinds, nuclei inside, a nuclear and a membrane or cytoplasm channel, " +
    "with the blur, noise, spill-over and background of a platform. Labels are exact. What is not asked for is drawn " +
    "anew for each image and written into the list; `cellfoundry import OUT` brings images and both compartments in.",
  examples: [
    "cellfoundry simulate tissue tissue --images 50 --size 512 --seed 7",
    "cellfoundry simulate tissue dense --images 8 --density 1 --platform CODEX --mpp 0.5",
  ],
  options: {
    images: { type: "string", value: "N", help: `How many, up to ${imagesMax}; default 10` },
    size: { type: "string", value: "PX", help: "Height and width; default 512" },
    seed: { type: "string", value: "S", help: "Same seed, same images; default 1" },
    platform: { type: "string", value: "NAME", help: `${tissuePlatforms.join(", ")}; default drawn` },
    mpp: { type: "string", value: "UM", help: "Micrometres per pixel; default drawn by platform" },
    density: { type: "string", value: "0..1", help: "0: cells far apart, 1: packed; default drawn" },
    "cell-diameter": { type: "string", value: "UM", help: "Mean diameter of the large cells; default drawn" },
    negative: {
      type: "string",
      value: "0..1",
      help: "Share of cells without the second marker; default drawn",
    },
    photons: {
      type: "string",
      value: "N",
      help: "Photons or counts of a bright pixel: few = noisy; default drawn",
    },
  },
  run,
};

function wishesOf(input: CommandInput): Partial<TissueParams> {
  const platform = textOption(input, "platform");
  const known = tissuePlatforms.find((name) => name.toLowerCase() === platform?.toLowerCase());
  if (platform !== undefined && known === undefined) {
    throw usageError(
      `There is no platform "${platform}"; there are ${tissuePlatforms.join(", ")}.`,
      simulateTissueCommand,
    );
  }
  const size = numberOption(input, "size", { low: 16, high: 8192, integer: true }) ?? 512;
  const wishes: Record<string, number | TissuePlatform | undefined> = {
    height: size,
    width: size,
    platform: known,
    mppUm: numberOption(input, "mpp", { low: 0.1, high: 2 }),
    density: numberOption(input, "density", { low: 0, high: 1 }),
    cellDiameterUm: numberOption(input, "cell-diameter", { low: 5, high: 60 }),
    negativeCells: numberOption(input, "negative", { low: 0, high: 1 }),
    photons: numberOption(input, "photons", { low: 1, high: 1e6 }),
  };
  return Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined));
}

async function run(input: CommandInput): Promise<undefined> {
  const out = resolve(requiredPositional(input, 0, "OUT", simulateTissueCommand));
  const images = numberOption(input, "images", { low: 1, high: imagesMax, integer: true }) ?? 10;
  const wishes = wishesOf(input);
  const seed = textOption(input, "seed") ?? "1";
  await mkdir(out, { recursive: true });
  if ((await readdir(out)).length > 0) {
    throw usageError(`${out} is not empty; name a new folder.`, simulateTissueCommand);
  }
  const [{ simulateTissue }, { tissueListName, writeSimulatedTissue, writeTissueList }] = await Promise.all([
    import("#core/tissue/index.ts"),
    import("#formats/index.ts"),
  ]);
  const entries = [];
  let [cells, nuclei] = [0, 0];
  for (let k = 0; k < images; k++) {
    input.signal.throwIfAborted();
    const name = `tissue-${String(k).padStart(String(images - 1).length, "0")}`;
    const tissue = simulateTissue(wishes, `${seed}/${k}`);
    const { entry, files } = writeSimulatedTissue(tissue, name);
    for (const { path, bytes } of files) {
      await mkdir(dirname(join(out, path)), { recursive: true });
      await writeFile(join(out, path), bytes);
    }
    entries.push(entry);
    nuclei += tissue.pairs.length;
    cells += tissue.cells.data.reduce((most, label) => Math.max(most, label), 0);
    input.out.progress(`Simulated ${k + 1} of ${images}`);
  }
  input.out.endProgress();
  await writeFile(join(out, tissueListName), writeTissueList(entries));
  input.out.result({ out, images, cells, nuclei, seed }, () =>
    [
      `${counted(images, "image")} with ${counted(cells, "cell")} and ${nuclei} nuclei in ${out}`,
      `Import them: cellfoundry import ${out}`,
    ].join("\n"),
  );
  return undefined;
}
