/**
 * A file as a download, whole or in the one range that was asked for, streamed from the disk (RFC 9110, section 14).
 *
 * Several ranges at once are answered with the whole file, as the standard allows; a range that begins behind the end is
 * refused with the size, so that a client can correct itself.
 */

import { createReadStream } from "node:fs";
import type { FastifyReply, FastifyRequest } from "fastify";
import { FoundryError } from "#core/errors.ts";
import type { FilePayload } from "./route.ts";

/** Half-open; null: the whole file. */
export type ByteRange = { readonly from: number; readonly to: number } | null;

/** @returns the range, null for none or one that is not understood, "unsatisfiable" for one behind the end. */
export function readRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "");
  if (match === null || (match[1] === "" && match[2] === "")) return null;
  if (match[1] === "") {
    const length = Math.min(size, Number(match[2]));
    return length === 0 ? "unsatisfiable" : { from: size - length, to: size };
  }
  const from = Number(match[1]);
  const last = match[2] === "" ? Number.POSITIVE_INFINITY : Number(match[2]);
  if (last < from) return null;
  return from >= size ? "unsatisfiable" : { from, to: Math.min(size, last + 1) };
}

/** @throws FoundryError `request.invalid` (416 is told by the header) for a range behind the end. */
export function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { path, size, type, etag }: FilePayload,
): unknown {
  const tag = `"${etag}"`;
  const condition = request.headers["if-range"];
  const range = condition === undefined || condition === tag ? readRange(request.headers.range, size) : null;
  reply.header("accept-ranges", "bytes").type(type);
  if (range === "unsatisfiable") {
    reply.header("content-range", `bytes */${size}`);
    throw new FoundryError("request.range", {
      message: `The file has ${size} bytes; the range asked for begins behind its end.`,
      hint: "Ask for the whole file again.",
    });
  }
  const { from, to } = range ?? { from: 0, to: size };
  if (range !== null) reply.code(206).header("content-range", `bytes ${from}-${to - 1}/${size}`);
  reply.header("content-length", to - from);
  if (request.method === "HEAD" || to === from) return reply.send();
  return reply.send(createReadStream(path, { start: from, end: to - 1 }));
}
