/** `model import`: a model from elsewhere becomes a model version of a project. */

import { join } from "node:path";
import { FoundryError } from "#core/errors.ts";
import { channelRoles } from "#core/ontology/index.ts";
import type { InspectedModel } from "#jobs/index.ts";
import { type Command, type CommandInput, flagOption, requiredPositional, textOption } from "../command.ts";
import { chosenProject, type OpenedStore, withStore } from "../open.ts";

const adapters = ["deepWatershed", "foreground", "stardist", "cellpose"] as const;
const compartments = ["nuclear", "wholeCell", "cytoplasm"] as const;
const normalisations = ["percentile", "zscore", "none"] as const;

export const modelImportCommand: Command = {
  usage: "model import FILE --project P [--adapter KIND] [--dry-run]",
  about:
    "Imports a BioImage.IO package (a zip, its folder or rdf.yaml) or an ONNX file as a candidate. The file is checked, " +
    "run once in a process of bounded memory and time, and compared with its own test before anything is stored.",
  examples: [
    "cellfoundry model import nuclei-package.zip --project retina --dry-run",
    "cellfoundry model import network.onnx --project retina --adapter stardist --licence MIT",
  ],
  options: {
    adapter: { type: "string", value: "KIND", help: `How its answer becomes cells: ${adapters.join(", ")}` },
    roles: { type: "string", value: "A,B", help: "Role of each input channel, in order: nuclear,membrane" },
    compartment: { type: "string", value: "PART", help: `What it outlines: ${compartments.join(", ")}` },
    mpp: { type: "string", value: "UM", help: "Micrometres per pixel it was trained at" },
    normalisation: { type: "string", value: "KIND", help: `For ONNX files: ${normalisations.join(", ")}` },
    licence: { type: "string", value: "NAME", help: "Licence, where the file states none (SPDX name)" },
    name: { type: "string", value: "NAME", help: "Name of the model; default taken from the file" },
    version: { type: "string", value: "V", help: "Version; default the next of that name" },
    "dry-run": { type: "boolean", help: "Only tell what the file is" },
    "accept-failed-test": { type: "boolean", help: "Import although it does not reproduce its test" },
  },
  run,
};

function oneOf<T extends string>(input: CommandInput, option: string, choices: readonly T[]): T | undefined {
  const text = textOption(input, option);
  if (text === undefined || (choices as readonly string[]).includes(text)) return text as T | undefined;
  throw new FoundryError("cli.usage", {
    message: `--${option} "${text}" is not known.`,
    hint: `Choose one of ${choices.join(", ")}.`,
  });
}

function requestOf(input: CommandInput): NonNullable<Parameters<typeof inspect>[2]> {
  const roles = textOption(input, "roles")
    ?.split(",")
    .map((role) => role.trim());
  const odd = roles?.find((role) => !(channelRoles as readonly string[]).includes(role));
  if (odd !== undefined) {
    throw new FoundryError("cli.usage", {
      message: `"${odd}" is not the role of a channel.`,
      hint: `Roles are ${channelRoles.join(", ")}.`,
    });
  }
  const mpp = textOption(input, "mpp");
  const size = Number(mpp);
  if (mpp !== undefined && !(size > 0 && size < 1000))
    throw new FoundryError("cli.usage", {
      message: `--mpp "${mpp}" is no pixel size.`,
      hint: "Write µm, such as 0.5.",
    });
  return {
    kind: oneOf(input, "adapter", adapters),
    roles: roles as (typeof channelRoles)[number][] | undefined,
    compartment: oneOf(input, "compartment", compartments),
    normalisation: oneOf(input, "normalisation", normalisations),
    mpp: mpp === undefined ? undefined : { y: size, x: size },
  };
}

async function inspect(
  { store }: OpenedStore,
  path: string,
  request: NonNullable<Parameters<typeof import("#jobs/index.ts")["inspectModel"]>[1]["request"]>,
): Promise<InspectedModel> {
  const { inspectModel, openModelPath } = await import("#jobs/index.ts");
  return inspectModel(await openModelPath(path), { tempFolder: join(store.home, "staging"), request });
}

async function run(input: CommandInput): Promise<undefined> {
  const path = requiredPositional(input, 0, "FILE", modelImportCommand);
  const request = requestOf(input);
  await withStore(input, async (opened) => {
    const project = await chosenProject(opened, input);
    const model = await inspect(opened, path, request);
    const { onnx: _bytes, weights: _weights, ...told } = model;
    if (flagOption(input, "dry-run")) {
      input.out.result({ ...told, imported: null }, () => report(model).join("\n"));
      return;
    }
    const { importModel } = await import("#jobs/index.ts");
    const version = await importModel(opened.store, opened.actor, model, {
      projectId: project.id,
      name: textOption(input, "name"),
      version: textOption(input, "version"),
      licence: textOption(input, "licence"),
      acceptFailedTest: flagOption(input, "accept-failed-test"),
    });
    input.out.result(
      { ...told, imported: { id: version.id, name: version.name, version: version.version } },
      () =>
        [
          ...report(model),
          "",
          `Imported as ${version.name}@${version.version}, a candidate of ${project.name}.`,
        ].join("\n"),
    );
  });
  return undefined;
}

function report(model: InspectedModel): string[] {
  const { facts, contract, test } = model;
  const kinds = {
    bioimageio: "BioImage.IO package",
    cellfoundry: "model of Cell Foundry",
    onnx: "ONNX file",
  };
  const ports = (list: typeof facts.inputs): string =>
    list.map(({ name, shape }) => `${name} [${shape.map((size) => size ?? "?").join(", ")}]`).join("; ");
  const difference = Math.max(0, ...test.outputs.map(({ largestDifference }) => largestDifference));
  const tests = {
    passed: `reproduced, largest difference ${difference.toExponential(1)}`,
    failed: `NOT reproduced, largest difference ${difference.toPrecision(3)}`,
    none: "none in the file; it ran without fault",
  };
  return [
    `${model.title}  (${kinds[model.source]})`,
    ...(model.description === "" ? [] : [model.description]),
    `licence   ${model.licence}`,
    `authors   ${model.authors.join(", ") || "not stated"}`,
    `network   ${facts.nodeCount} nodes, ${facts.parameterCount} parameters, ${facts.producer}`,
    `inputs    ${ports(facts.inputs)}`,
    `outputs   ${ports(facts.outputs)}`,
    `channels  ${contract.channels.map(({ role }) => role).join(", ")}`,
    `cells     ${contract.architecture}`,
    `test      ${tests[test.state]}; ${test.seconds.toFixed(2)} s and ${Math.round(test.memoryBytes / 2 ** 20)} MiB for one tile`,
    ...model.notes.map((note) => `- ${note}`),
  ];
}
