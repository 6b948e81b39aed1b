/** `model export`: a model version as files that any ONNX runtime and another data folder can use. */

import { type Command, type CommandInput, requiredOption, requiredPositional } from "../command.ts";
import { withStore } from "../open.ts";

export const modelExportCommand: Command = {
  usage: "model export NAME@V --out FOLDER",
  about: "Writes model.onnx, weights.bin and card.json into FOLDER/NAME/VERSION.",
  examples: ["cellfoundry model export nuclei@1.0.0 --out models"],
  options: { out: { type: "string", value: "FOLDER", help: "Where the folder of the model is made" } },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const reference = requiredPositional(input, 0, "NAME@V", modelExportCommand);
  const out = requiredOption(input, "out", modelExportCommand);
  await withStore(input, async ({ store }) => {
    const { getModelVersion } = await import("#store/index.ts");
    const { exportModelVersion } = await import("#jobs/index.ts");
    const version = await getModelVersion(store, reference);
    const folder = await exportModelVersion(store, version, out);
    input.out.result({ model: `${version.name}@${version.version}`, folder }, () => `Written to ${folder}`);
  });
  return undefined;
}
