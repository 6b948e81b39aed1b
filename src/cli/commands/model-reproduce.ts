/** `model reproduce`: trains a model version again from its recorded run and compares the weights. */

import { type Command, type CommandInput, requiredPositional } from "../command.ts";
import { followJob } from "../follow-job.ts";
import { withStore } from "../open.ts";

export const modelReproduceCommand: Command = {
  usage: "model reproduce NAME@V",
  about:
    "Trains the model version again from the digests of its run and compares the weights. On the same processor type " +
    "they are the same to the byte; else the largest difference and what has changed are told, and the exit code is 1.",
  examples: ["cellfoundry model reproduce nuclei@1.0.0"],
  options: {},
  run,
};

async function run(input: CommandInput): Promise<number | undefined> {
  const reference = requiredPositional(input, 0, "NAME@V", modelReproduceCommand);
  return withStore(input, async (opened) => {
    const { getModelVersion } = await import("#store/index.ts");
    const version = await getModelVersion(opened.store, reference);
    const job = await followJob(opened, input, {
      kind: "reproduce",
      projectId: null,
      title: `Reproduce ${version.name}@${version.version}`,
      params: { modelVersionId: version.id },
    });
    const result = job.result ?? {};
    const changed = (result["changed"] ?? []) as readonly string[];
    input.out.result({ ...result, jobId: job.id }, () =>
      [
        result["same"] === true
          ? `${version.name}@${version.version}: the weights are the same to the byte.`
          : `${version.name}@${version.version}: the weights differ by at most ${Number(result["largestDifference"]).toExponential(2)}.`,
        ...changed.map((line) => `  changed since: ${line}`),
      ].join("\n"),
    );
    return result["same"] === true ? undefined : 1;
  });
}
