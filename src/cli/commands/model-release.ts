/** `model release`: makes a candidate the released version, when it beats the present one on the same test images. */

import { type Command, type CommandInput, requiredPositional } from "../command.ts";
import { withStore } from "../open.ts";

export const modelReleaseCommand: Command = {
  usage: "model release NAME@V",
  about:
    "Releases a model version. It is refused (exit code 1) unless the version beats the released one of its line on the " +
    "same frozen test images.",
  examples: ["cellfoundry model release nuclei@1.1.0"],
  options: {},
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const reference = requiredPositional(input, 0, "NAME@V", modelReleaseCommand);
  await withStore(input, async ({ store, actor }) => {
    const { getModelVersion, releaseModelVersion } = await import("#store/index.ts");
    const version = await getModelVersion(store, reference);
    const released = await releaseModelVersion(store, actor, version.id);
    input.out.result(released, () =>
      [`Released ${released.modelVersion.name}@${released.modelVersion.version}.`, released.gate.reason].join(
        "\n",
      ),
    );
  });
  return undefined;
}
