/** `model run`: the recorded run of a model version as a file. */

import { writeFile } from "node:fs/promises";
import { canonicalJson } from "#core/canonical-json.ts";
import { type Command, type CommandInput, requiredPositional, textOption } from "../command.ts";
import { withStore } from "../open.ts";

export const modelRunCommand: Command = {
  usage: "model run NAME@V [--out FILE]",
  about:
    "Prints everything that decided the weights of a model version, by digest: dataset version, split, base, " +
    "configuration, seed, program, libraries, device.",
  examples: ["cellfoundry model run nuclei@1.0.0 --out run.json"],
  options: { out: { type: "string", value: "FILE", help: "Write it there instead" } },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const reference = requiredPositional(input, 0, "NAME@V", modelRunCommand);
  const out = textOption(input, "out");
  await withStore(input, async ({ store }) => {
    const { getModelVersion } = await import("#store/index.ts");
    const { readRunFile } = await import("#jobs/index.ts");
    const file = await readRunFile(store, await getModelVersion(store, reference));
    // Canonical, so that equal runs are equal files.
    if (out !== undefined) await writeFile(out, `${canonicalJson(file)}\n`);
    input.out.result({ ...file }, () =>
      out === undefined ? JSON.stringify(file, null, 2) : `Written to ${out}`,
    );
  });
  return undefined;
}
