/**
 * How good is a model on kinds of images it has never seen? One command, from files to scores, through the command line.
 *
 * Imports the Data Science Bowl subsets, freezes the fluorescence kinds with groups by appearance, trains for a given
 * time and prints average precision and F1 at IoU 0.5 on the test groups, none of which was trained on.
 *
 * Usage: node test/bench/unseen-groups.ts [--minutes 15] [--seed 0] [--data ../shared/data] [--keep FOLDER]
 * Needs the folders `dsb2018` and `dsb2018-more` below the data folder.
 */

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { ModelVersion } from "#store/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "15" },
    seed: { type: "string", default: "0" },
    data: { type: "string", default: join(root, "..", "shared", "data") },
    /** Data folder to use and keep; default a fresh one that is deleted. */
    keep: { type: "string" },
  },
});

const home = values.keep ?? mkdtempSync(join(tmpdir(), "cellfoundry-bench-"));

/** Runs one command and returns its JSON answer; its progress goes to this terminal. */
function cellfoundry(...args: readonly string[]): Promise<Record<string, unknown>> {
  const line = args.join(" ");
  console.error(`\n$ cellfoundry ${line}`);
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(root, "src/cli/main.ts"), ...args, "--home", home, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      console.error(`  ${((performance.now() - startedAt) / 1000).toFixed(1)} s, exit code ${code}`);
      // A check that finds errors says so by its code.
      if (code !== 0 && !(args[0] === "check" && code === 1))
        reject(new Error(`"cellfoundry ${line}" ended with ${code}`));
      else resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    });
  });
}

async function run(): Promise<void> {
  for (const folder of ["dsb2018", "dsb2018-more"]) {
    const path = join(values.data, folder);
    if (!existsSync(path))
      throw new Error(`"${path}" is missing; give the folder that holds it with --data.`);
    const result = await cellfoundry("import", path, "--project", "bench", "--licence", "CC0-1.0");
    console.error(
      `  imported ${result["imported"]}, failed ${result["failed"]}, already there ${result["skipped"]}`,
    );
  }
  // A few nuclei of the public labels have holes, which keep labels out of a version.
  await cellfoundry("check");
  await cellfoundry("check", "--fix", "objectHole", "--yes");
  const frozen = await cellfoundry(
    "dataset",
    "freeze",
    "fluorescence",
    "--where",
    "kind~fluorescence",
    "--seed",
    values.seed,
  );
  const dataset = `${frozen["name"]}@${frozen["version"]}`;
  console.error(`  ${dataset} split ${JSON.stringify(frozen["split"])}`);
  const startedAt = performance.now();
  const trained = await cellfoundry(
    "train",
    "--dataset",
    dataset,
    "--minutes",
    values.minutes,
    "--seed",
    values.seed,
  );
  const minutes = (performance.now() - startedAt) / 60_000;
  report(dataset, trained["modelVersion"] as ModelVersion, minutes);
}

function report(dataset: string, version: ModelVersion, minutes: number): void {
  const test = version.evaluations.find((evaluation) => evaluation.split === "test");
  const at50 = test?.scores.find((score) => score.threshold === 0.5);
  if (test === undefined || at50 === undefined)
    throw new Error("The training gave no evaluation on the test split.");
  console.log(
    `${version.name}@${version.version} on ${dataset}, ${version.training?.steps} steps, ${cpus().length} cores`,
  );
  console.log(`training with evaluation: ${minutes.toFixed(1)} minutes`);
  for (const group of test.groups) {
    console.log(
      `  ${group.group.padEnd(12)} ${String(group.images).padStart(3)} images  AP@0.5 ${group.ap50.toFixed(3)}  F1@0.5 ${group.f1.toFixed(3)}`,
    );
  }
  console.log(`errors ${JSON.stringify(test.errors)}`);
  console.log(
    `AP@0.5 ${at50.averagePrecision.toFixed(3)}  F1@0.5 ${at50.f1.toFixed(3)}  on ${test.imageCount} images of unseen groups`,
  );
}

try {
  await run();
} finally {
  if (values.keep === undefined) rmSync(home, { recursive: true, force: true });
}
