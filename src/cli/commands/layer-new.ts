/** `layer new`: another layer on an image, where its cells may overlap if that is said here. */

import { type Compartment, compartmentSchema, layerNameMax } from "#api/index.ts";
import {
  type Command,
  type CommandInput,
  flagOption,
  requiredPositional,
  textOption,
  usageError,
} from "../command.ts";
import { chosenProject, withStore } from "../open.ts";

const compartments = compartmentSchema.options;

export const layerNewCommand: Command = {
  usage: "layer new IMAGE [NAME] [--compartment KIND] [--overlap]",
  about:
    "Makes an empty layer on an image: the main one of its kind, or with a name another beside it. With --overlap its cells " +
    "may share pixels; that is said here once and never changed. A layer that is there already, and by the same rule, is given.",
  examples: [
    'cellfoundry layer new "plate 7" chromosomes --overlap',
    'cellfoundry layer new "plate 7" --compartment wholeCell',
  ],
  options: {
    compartment: {
      type: "string",
      value: "KIND",
      help: `What it holds: ${compartments.join(", ")}; default ${compartments[0]}`,
    },
    overlap: { type: "boolean", help: "Cells of the layer may lie on each other" },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const reference = requiredPositional(input, 0, "IMAGE", layerNewCommand);
  const name = (input.positionals[1] ?? "").trim();
  if (name.length > layerNameMax)
    throw usageError(`A name has at most ${layerNameMax} letters.`, layerNewCommand);
  const compartment = compartmentOf(textOption(input, "compartment"));
  await withStore(input, async (opened) => {
    const { ensureLayer, findImage, layersOfImage } = await import("#store/index.ts");
    const { store, actor } = opened;
    const project = await chosenProject(opened, input);
    const image = await findImage(store, project.id, reference);
    const before = new Set((await layersOfImage(store, image.id)).map(({ id }) => id));
    const overlapAllowed = flagOption(input, "overlap");
    const layer = await ensureLayer(store, actor, image.id, compartment, { name, overlapAllowed });
    const made = !before.has(layer.id);
    input.out.result({ ...layer, image: image.name, made }, () => {
      const title = `${image.name}:${name === "" ? compartment : name}`;
      const rule = overlapAllowed ? "Its cells may overlap." : "Its cells may not overlap.";
      return `${title} ${made ? `is a new layer (${compartment}).` : "is there already."} ${rule}`;
    });
  });
  return undefined;
}

function compartmentOf(text: string | undefined): Compartment {
  const found = compartments.find((one) => one === (text ?? compartments[0]));
  if (found !== undefined) return found;
  throw usageError(`--compartment "${text}" is none of ${compartments.join(", ")}.`, layerNewCommand);
}
