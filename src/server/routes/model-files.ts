/** Models as files: import from elsewhere (with a dry run), export as a package. */

import { join } from "node:path";
import type { FastifyRequest } from "fastify";
import { type ModelImport, modelImportResultSchema, modelImportSchema } from "#api/index.ts";
import { FoundryError } from "#core/errors.ts";
import { channelRoles } from "#core/ontology/index.ts";
import { type InspectedModel, importModel, inspectModel, modelFileOf, modelPackage } from "#jobs/index.ts";
import { plainField, readForm, readPart } from "../form.ts";
import { bytes, json, OtherAnswer, type Payload, route } from "../route.ts";

/** The file is held in memory while it is checked; larger models come in by the command line. */
const fileBytesMax = 256 * 2 ** 20;

const fieldNames = [
  "adapter",
  "roles",
  "compartment",
  "mpp",
  "normalisation",
  "licence",
  "name",
  "dryRun",
] as const;
type FieldName = (typeof fieldNames)[number];

export const modelFileRoutes = [
  route({
    method: "POST",
    url: "/projects/:projectId/models/import",
    summary:
      "Import a model from elsewhere as a candidate: a BioImage.IO package or an ONNX file; with `dryRun` only tell what it is",
    policy: "edit",
    on: "project",
    form: {
      file: "File: the package (zip) or the ONNX file",
      adapter:
        "How its answer becomes cells: `deepWatershed`, `foreground`, `stardist`, `cellpose`; default by its description",
      roles: "Role of each input channel, in order, with commas",
      compartment: "What it outlines: `nuclear`, `wholeCell` or `cytoplasm`",
      mpp: "Micrometres per pixel it was trained at",
      normalisation: "For ONNX files: `percentile`, `zscore` or `none`",
      licence: "Licence, where the file states none",
      name: "Name of the model; default taken from the file",
      dryRun: "`1` to get what the file is instead of importing it",
    },
    answer: json(modelImportResultSchema, 201, { 200: modelImportSchema }),
    errors: [
      "model.invalid",
      "limit.memory",
      "limit.time",
      "format.zip",
      "format.npy",
      "engine.failed",
      "disk.full",
    ],
    perMinute: 30,
    async handle({ parts, agent, object, request }) {
      const { file, name, fields } = await readModelForm(request);
      const model = await inspectModel(modelFileOf(file, name), {
        tempFolder: join(parts.store.home, "staging"),
        request: requestOf(fields),
      });
      const dryRun = fields.get("dryRun");
      if (dryRun !== undefined && dryRun !== "" && dryRun !== "0") return new OtherAnswer(200, told(model));
      const modelVersion = await importModel(parts.store, agent, model, {
        projectId: object.id,
        name: slugOf(fields.get("name")),
        licence: fields.get("licence")?.slice(0, 200),
      });
      return { model: told(model), modelVersion };
    },
  }),
  route({
    method: "GET",
    url: "/model-versions/:modelVersionId/package.zip",
    summary: "The model version as a BioImage.IO package of format 0.5",
    policy: "look",
    on: "modelVersion",
    answer: bytes("application/zip"),
    errors: ["blob.corrupt", "blob.missing", "model.invalid", "engine.failed"],
    perMinute: 30,
    handle: async ({ parts, object }): Promise<Payload> => ({
      type: "application/zip",
      etag: `${object.onnxDigest}-package-1-${object.evaluations.length}`,
      cache: "check",
      fileName: `${object.name}-${object.version}.bioimageio.zip`,
      make: () => modelPackage(parts.store, object),
    }),
  }),
];

interface ModelForm {
  readonly file: Uint8Array;
  readonly name: string;
  readonly fields: ReadonlyMap<FieldName, string>;
}

async function readModelForm(request: FastifyRequest): Promise<ModelForm> {
  const fields = new Map<FieldName, string>();
  let file: Uint8Array | undefined;
  let name = "";
  const limits = { files: 1, fileSize: fileBytesMax, fields: fieldNames.length, fieldSize: 1000 };
  for await (const part of readForm(request, { limits })) {
    if (part.type === "file") {
      name = ((part.filename ?? "").split(/[\\/]/).at(-1) ?? "").slice(-100);
      file = await readPart(part);
    } else if ((fieldNames as readonly string[]).includes(part.fieldname)) {
      const text = plainField(part.value).trim();
      if (text !== "") fields.set(part.fieldname as FieldName, text);
    }
  }
  if (file !== undefined) return { file, name: name === "" ? "model" : name, fields };
  throw new FoundryError("request.invalid", {
    message: "The request lacks a model file.",
    hint: "Send a multipart form with the part `file`.",
  });
}

function oneOf<T extends string>(
  fields: ModelForm["fields"],
  name: FieldName,
  choices: readonly T[],
): T | undefined {
  const text = fields.get(name);
  if (text === undefined || (choices as readonly string[]).includes(text)) return text as T | undefined;
  throw refused(name, text, `Choose one of ${choices.join(", ")}.`);
}

function refused(name: string, text: string, hint: string): FoundryError {
  return new FoundryError("request.invalid", {
    message: `The field "${name}" cannot be "${text.slice(0, 60)}".`,
    hint,
  });
}

function requestOf(fields: ModelForm["fields"]): NonNullable<Parameters<typeof inspectModel>[1]["request"]> {
  const roles = fields
    .get("roles")
    ?.split(",")
    .map((role) => role.trim());
  const odd = roles?.find((role) => !(channelRoles as readonly string[]).includes(role));
  if (odd !== undefined) throw refused("roles", odd, `Roles are ${channelRoles.join(", ")}.`);
  const mpp = fields.get("mpp");
  const size = Number(mpp);
  if (mpp !== undefined && !(size > 0 && size < 1000)) throw refused("mpp", mpp, "Write µm, such as 0.5.");
  return {
    kind: oneOf(fields, "adapter", ["deepWatershed", "foreground", "stardist", "cellpose"]),
    roles: roles as (typeof channelRoles)[number][] | undefined,
    compartment: oneOf(fields, "compartment", ["nuclear", "wholeCell", "cytoplasm"]),
    normalisation: oneOf(fields, "normalisation", ["percentile", "zscore", "none"]),
    mpp: mpp === undefined ? undefined : { y: size, x: size },
  };
}

function slugOf(name: string | undefined): string | undefined {
  if (name === undefined || /^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) return name;
  throw refused("name", name, "Use lower-case letters, digits and hyphens.");
}

/** Without the bytes. */
function told(model: InspectedModel): ModelImport {
  const { source, name, title, description, licence, facts, contract, test, notes } = model;
  const worst = Math.max(0, ...test.outputs.map(({ largestDifference }) => largestDifference));
  const kind =
    "adapter" in contract ? (contract.adapter as { head: { kind: ModelImport["adapter"] } }).head.kind : null;
  return {
    source,
    name,
    title,
    description,
    licence,
    authors: [...model.authors],
    citations: [...model.citations],
    inputs: facts.inputs.map((port) => ({ ...port, shape: [...port.shape] })),
    outputs: facts.outputs.map((port) => ({ ...port, shape: [...port.shape] })),
    nodes: facts.nodeCount,
    parameters: facts.parameterCount,
    producer: facts.producer,
    adapter: kind,
    channels: contract.channels.map(({ role }) => role),
    compartments: contract.compartments.map(({ compartment }) => compartment),
    test: {
      state: test.state,
      largestDifference: test.outputs.length === 0 || !Number.isFinite(worst) ? null : worst,
      tolerance: { absolute: test.tolerance.absolute, relative: test.tolerance.relative },
      seconds: test.seconds,
      memoryBytes: test.memoryBytes,
    },
    notes: [...notes],
  };
}
