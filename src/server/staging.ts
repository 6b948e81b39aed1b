/**
 * Uploads on their way in: streamed to numbered files in a folder of the home, with the uploader's names in a manifest.
 *
 * A name from outside is data and never becomes part of a path. The manifest is written last, so a folder without one
 * is an upload that broke off; such folders are swept at the next start. The job that reads a folder deletes it.
 */

import { createWriteStream } from "node:fs";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { MultipartFile } from "@fastify/multipart";
import type { FastifyRequest } from "fastify";
import { FoundryError } from "#core/errors.ts";
import { fileTooLarge, fromForm, plainField, readForm } from "./form.ts";
import type { ServerParts } from "./parts.ts";

/** Longest relative path of a file: more than any file system allows for a whole path on common systems. */
const pathLengthMax = 1000;

/** Fields beside the files: a handful of words. */
const fieldsMax = 20;
const fieldBytesMax = 10_000;

export interface StagedUpload {
  readonly folder: string;
  /** Uploader's relative paths, in order. */
  readonly paths: readonly string[];
  readonly bytes: number;
  readonly fields: ReadonlyMap<string, string>;
  /** Path of the metadata sheet among the files, when one was sent as `metadata`. */
  readonly sheet: string | undefined;
}

/** One file of an upload, as the manifest names it. */
export interface ManifestEntry {
  readonly file: string;
  readonly path: string;
  readonly size: number;
}

export const stagingRoot = (home: string): string => join(home, "staging");

/** Written into the folder of an upload that waits for a person. */
export const waitingNote = "waiting.json";

/**
 * Receives a multipart form with any number of `file` parts.
 *
 * @param fieldNames  fields that may come beside the files.
 * @throws FoundryError `limit.files`, `limit.bytes`, `request.invalid`, `import.empty`; nothing stays behind then.
 */
export async function stageUpload(
  parts: ServerParts,
  request: FastifyRequest,
  fieldNames: readonly string[],
): Promise<StagedUpload> {
  const folder = join(stagingRoot(parts.store.home), parts.store.ids.next());
  await mkdir(folder, { recursive: true });
  try {
    return await receive(parts, request, folder, fieldNames);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function receive(
  parts: ServerParts,
  request: FastifyRequest,
  folder: string,
  fieldNames: readonly string[],
): Promise<StagedUpload> {
  const { limits } = parts;
  const manifest: ManifestEntry[] = [];
  const fields = new Map<string, string>();
  let bytes = 0;
  let sheetAt = -1;
  const form = readForm(request, {
    // Folder names come with the file name; without this they would be cut off.
    preservePath: true,
    limits: {
      files: limits.uploadFiles,
      fileSize: limits.uploadFileBytes,
      fields: fieldsMax,
      fieldSize: fieldBytesMax,
      parts: limits.uploadFiles + fieldsMax,
    },
  });
  for await (const part of form) {
    if (part.type === "field") {
      if (!fieldNames.includes(part.fieldname)) throw unknownField(part.fieldname, fieldNames);
      fields.set(part.fieldname, plainField(part.value));
      continue;
    }
    const file = `${String(manifest.length + 1).padStart(6, "0")}.bin`;
    const path = namedPath(part);
    const size = await store(part, join(folder, file), limits.uploadBytes - bytes);
    bytes += size;
    manifest.push({ file, path, size });
    if (part.fieldname === "metadata") sheetAt = manifest.length - 1;
  }
  const sheet = nameSheetApart(manifest, sheetAt);
  if (manifest.length === (sheet === undefined ? 0 : 1)) {
    throw new FoundryError("import.empty", {
      message: "The upload holds no files.",
      hint: "Send each file as a part named `file`.",
    });
  }
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest), { flush: true });
  return {
    folder,
    paths: manifest.filter(({ path }) => path !== sheet).map(({ path }) => path),
    bytes,
    fields,
    sheet,
  };
}

/** The sheet comes from another folder than the files, so its name may be among theirs. @returns its path. */
function nameSheetApart(manifest: ManifestEntry[], at: number): string | undefined {
  const sheet = manifest[at];
  if (sheet === undefined) return undefined;
  let path = sheet.path;
  while (manifest.some((entry, index) => index !== at && entry.path === path)) path = `sheet-${path}`;
  manifest[at] = { ...sheet, path };
  return path;
}

/** Deletes an upload that no job will read. */
export async function discardUpload({ folder }: Pick<StagedUpload, "folder">): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

function unknownField(name: string, known: readonly string[]): FoundryError {
  return new FoundryError("request.invalid", {
    message: `The field "${name.slice(0, 50)}" is not known.`,
    hint: `Send ${known.join(", ")} or nothing.`,
  });
}

/** Only length and control characters are checked here; the importer refuses single files by name. */
function namedPath(part: MultipartFile): string {
  if (part.fieldname !== "file" && part.fieldname !== "metadata") {
    throw new FoundryError("request.invalid", {
      message: `A file was sent as "${part.fieldname.slice(0, 50)}".`,
      hint: "Send files as `file`, and a metadata sheet as `metadata`.",
    });
  }
  const path = part.filename ?? "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (path === "" || path.length > pathLengthMax || /[\u0000-\u001f\u007f]/.test(path)) {
    throw new FoundryError("request.invalid", {
      message: "A file of the upload has no usable name.",
      hint: `Give every file a name of at most ${pathLengthMax} characters without control characters.`,
    });
  }
  return path;
}

/** Streams one file to disk. @returns its size in bytes. */
async function store(part: MultipartFile, to: string, bytesLeft: number): Promise<number> {
  let size = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      done(size > bytesLeft ? uploadTooLarge() : null, chunk);
    },
  });
  const disk = createWriteStream(to, { flags: "wx", mode: 0o600, flush: true });
  await fromForm(pipeline(part.file, count, disk));
  if (part.file.truncated) throw fileTooLarge(part.filename);
  return size;
}

function uploadTooLarge(): FoundryError {
  return new FoundryError("limit.bytes", {
    message: "The upload is larger than one upload may be.",
    hint: "Upload the files in several parts, or import them from the command line.",
  });
}

/** A young folder without a manifest may be an upload to another server of the same home. */
const abandonedAfterMs = 24 * 3600 * 1000;

/**
 * Deletes what broken uploads, forgotten ones and killed decoders left behind.
 *
 * @param now milliseconds since 1970.
 */
export async function sweepStaging(home: string, now: number): Promise<void> {
  const names = await readdir(stagingRoot(home)).catch(() => []);
  for (const name of names) {
    const folder = join(stagingRoot(home), name);
    const has = (file: string): Promise<boolean> =>
      stat(join(folder, file)).then(
        () => true,
        () => false,
      );
    // With a manifest and no note it belongs to a job.
    const keep = (await has("manifest.json")) && !(await has(waitingNote));
    const changed = (await stat(folder).catch(() => undefined))?.mtimeMs ?? now;
    if (!keep && now - changed > abandonedAfterMs) await rm(folder, { recursive: true, force: true });
  }
}
