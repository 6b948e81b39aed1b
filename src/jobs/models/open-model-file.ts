/**
 * A model file from outside: an ONNX file, a package (zip) with its description, or the folder of one.
 *
 * Paths inside a package are names in its list, never paths of this machine; a description that points elsewhere
 * (an address, a folder above) is refused where the file is needed.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseDocument } from "yaml";
import { FoundryError } from "#core/errors.ts";
import { readZip } from "#formats/index.ts";
import { sha256 } from "#platform/index.ts";

/** The largest models for cells take 1.2 GB. */
const FILE_BYTES_MAX = 1.5 * 2 ** 30;
/** A description is written by hand. */
const DESCRIPTION_BYTES_MAX = 1 << 20;
/** YAML lets a text stand for itself many times over; a hundred repetitions are more than any description has. */
const ALIASES_MAX = 100;
const ENTRIES_MAX = 1000;
const DESCRIPTION_NAMES = ["rdf.yaml", "bioimageio.yaml", "model.yaml"];

export type ModelFile =
  | { readonly kind: "onnx"; readonly name: string; readonly bytes: Uint8Array }
  | {
      readonly kind: "package";
      readonly name: string;
      readonly parsed: unknown;
      readonly files: PackageFiles;
    };

export interface PackageFiles {
  has(path: string): boolean;
  /** @throws FoundryError `model.invalid` when it is not in the package, or has another digest. */
  read(path: string, digest: string | undefined): Promise<Uint8Array>;
}

const hint = "Download the whole package again, or import the ONNX file alone.";

function missing(path: string): FoundryError {
  const shown = path.replaceAll(/[^\w .\-/:]/g, "?").slice(0, 100);
  const elsewhere = /^[a-z]+:\/\//i.test(path)
    ? " It lies at an address; nothing is fetched from there."
    : "";
  return new FoundryError("model.invalid", {
    message: `The package lacks the file "${shown}" that its description names.${elsewhere}`,
    hint,
    details: { path: shown },
  });
}

function verified(bytes: Uint8Array, path: string, digest: string | undefined): Uint8Array {
  if (digest === undefined || sha256(bytes) === digest) return bytes;
  throw new FoundryError("model.invalid", {
    message: `The file "${path}" of the package does not have the digest that its description states.`,
    hint,
    details: { path, stated: digest },
  });
}

/** @throws FoundryError `model.invalid` for text that is not YAML. */
export function parseDescription(text: string): unknown {
  const document = parseDocument(text, { schema: "core" });
  const [fault] = document.errors;
  if (fault !== undefined) {
    throw new FoundryError("model.invalid", {
      message: `The model description is not YAML: ${fault.message.split("\n")[0]?.slice(0, 200) ?? ""}`,
      hint,
    });
  }
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (cause) {
    throw new FoundryError("model.invalid", {
      message: "The model description repeats itself too often.",
      hint,
      cause,
    });
  }
}

/** From bytes with a name, as an upload gives them. @throws FoundryError `model.invalid`, `format.zip`, `limit.bytes`. */
export function modelFileOf(bytes: Uint8Array, name: string): ModelFile {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (!isZip) return { kind: "onnx", name, bytes };
  const limits = {
    entriesMax: ENTRIES_MAX,
    entryBytesMax: FILE_BYTES_MAX,
    totalBytesMax: 2 * FILE_BYTES_MAX,
  };
  const entries = readZip(bytes, name, limits);
  const description = entries.find(({ path }) => DESCRIPTION_NAMES.includes(basename(path)));
  if (description === undefined) throw noDescription(name);
  if (description.size > DESCRIPTION_BYTES_MAX) throw missing(description.path);
  // Programs that zip a folder put its name before every path.
  const root = description.path.slice(0, description.path.length - basename(description.path).length);
  const find = (path: string): (typeof entries)[number] | undefined =>
    entries.find((entry) => entry.path === root + path.replace(/^\.\//, ""));
  return {
    kind: "package",
    name,
    parsed: parseDescription(new TextDecoder().decode(description.read())),
    files: {
      has: (path) => find(path) !== undefined,
      async read(path, digest) {
        const entry = find(path);
        if (entry === undefined) throw missing(path);
        return verified(entry.read(), path, digest);
      },
    },
  };
}

function noDescription(name: string): FoundryError {
  return new FoundryError("model.invalid", {
    message: `${name.slice(0, 100)} holds no model description (rdf.yaml or bioimageio.yaml).`,
    hint: "Import the package of a BioImage.IO model, or an ONNX file.",
  });
}

/** From a file or folder of this machine, for the command line. */
export async function openModelPath(path: string): Promise<ModelFile> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new FoundryError("model.invalid", {
      message: "There is no such model file or folder.",
      hint: "Name an .onnx file, a package (.zip), or a folder with rdf.yaml or bioimageio.yaml.",
    });
  }
  if (found.isDirectory()) return openFolder(path);
  if (/\.ya?ml$/.test(path)) return openFolder(join(path, ".."), basename(path));
  if (found.size > FILE_BYTES_MAX) {
    throw new FoundryError("limit.bytes", {
      message: `The model file has ${found.size} bytes; the limit is ${FILE_BYTES_MAX}.`,
      hint: "Use a smaller network.",
    });
  }
  return modelFileOf(new Uint8Array(await readFile(path)), basename(path));
}

async function openFolder(folder: string, description?: string): Promise<ModelFile> {
  const entries = await readdir(folder, { withFileTypes: true });
  // Files of this very folder only: neither links nor folders, whatever the description says.
  const names = new Set(entries.filter((entry) => entry.isFile()).map((entry) => entry.name));
  const name = description ?? DESCRIPTION_NAMES.find((one) => names.has(one));
  if (name === undefined || !names.has(name)) throw noDescription(basename(folder));
  const read = async (path: string, digest: string | undefined): Promise<Uint8Array> => {
    const plain = path.replace(/^\.\//, "");
    if (!names.has(plain)) throw missing(path);
    return verified(new Uint8Array(await readFile(join(folder, plain))), plain, digest);
  };
  const text = await read(name, undefined);
  if (text.length > DESCRIPTION_BYTES_MAX) throw missing(name);
  return {
    kind: "package",
    name: basename(folder),
    parsed: parseDescription(new TextDecoder().decode(text)),
    files: { has: (path) => names.has(path.replace(/^\.\//, "")), read },
  };
}
