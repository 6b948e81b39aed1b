/**
 * Reading multipart forms: part by part, with what the parser throws turned into our words.
 *
 * The parser's errors carry no code. Here nothing but the parser and the disk can fail, and the disk has codes, so
 * what is left means that the form is broken.
 */

import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Multipart, MultipartFile } from "@fastify/multipart";
import type { FastifyRequest } from "fastify";
import { FoundryError, isFoundryError } from "#core/errors.ts";
import { systemCode } from "#platform/index.ts";
import { nulError } from "./json-bodies.ts";

/**
 * The parts of a form, one by one.
 *
 * What the parser throws has no code of its own; since nothing else runs in here, it means that the form is broken.
 */
export async function* readForm(
  request: FastifyRequest,
  options: Parameters<FastifyRequest["parts"]>[0],
): AsyncGenerator<Multipart> {
  const form = request.parts(options);
  try {
    for (;;) {
      const step = await form.next().catch((error: unknown) => {
        throw systemCode(error) === undefined ? brokenForm(error) : error;
      });
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    // A caller that stops early ends the parser too.
    await form.return?.();
  }
}

/** Disk errors have system codes and ours are known; what is left comes from the parser, and means a broken form. */
export async function fromForm(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw isFoundryError(error) || systemCode(error) !== undefined ? error : brokenForm(error);
  }
}

/** A field as text. @throws FoundryError `request.invalid` for characters that no text may hold. */
export function plainField(value: unknown): string {
  const text = String(value);
  if (text.includes("\0")) throw nulError();
  return text;
}

function brokenForm(cause: unknown): FoundryError {
  return new FoundryError("request.invalid", {
    message: "The upload ended early or is not a valid form.",
    hint: "Send multipart/form-data, and try again when the connection broke.",
    cause,
  });
}

/** Reads one file of a form into memory. @throws FoundryError `limit.bytes`. */
export async function readPart(part: MultipartFile): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  const collect = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  await fromForm(pipeline(part.file, collect));
  if (part.file.truncated) throw fileTooLarge(part.filename);
  return new Uint8Array(Buffer.concat(chunks));
}

export function fileTooLarge(name: string): FoundryError {
  return new FoundryError("limit.bytes", {
    message: `"${name.slice(0, 200)}" is larger than one file may be.`,
    hint: "Split it into smaller files.",
  });
}
