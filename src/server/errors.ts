/**
 * The one place where a failure becomes an answer.
 *
 * Known failures keep their code, words and HTTP status from the table in `core/errors.ts`. What the framework and its
 * parts throw is translated by their codes, never by their texts. Everything else is `server.internal`: the person gets
 * a request id, the log gets the trace, and nothing of the machine leaves it.
 */

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { type ErrorCode, errorCodes, errorToWire, FoundryError, isFoundryError } from "#core/errors.ts";
import type { Log } from "#platform/index.ts";

/** More fields than this do not help anyone; the first ones name the mistake. */
const issuesShownMax = 10;

export function installErrorHandler(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => {
    const known = asFoundryError(error, request);
    if (errorCodes[known.code].http >= 500) {
      log.write("error", "request failed", { id: request.id, code: known.code, trace: traceOf(error) });
    }
    return sendError(known, reply);
  });
}

/** Enough to find the place; a deep trace says nothing more. */
const traceLengthMax = 2000;

function traceOf(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const cause =
    error instanceof Error && error.cause instanceof Error ? ` caused by ${error.cause.message}` : "";
  return (text + cause).slice(0, traceLengthMax);
}

function sendError(known: FoundryError, reply: FastifyReply): FastifyReply {
  const { http, retry } = errorCodes[known.code];
  if (retry && !reply.hasHeader("retry-after")) reply.header("retry-after", "5");
  // A failed download must not be saved under the file's name, nor kept by a cache.
  reply.removeHeader("content-disposition").removeHeader("etag").header("cache-control", "no-store");
  return reply
    .code(http)
    .type("application/json; charset=utf-8")
    .send({ error: errorToWire(known) });
}

/** Translates anything thrown while a request was served. */
function asFoundryError(error: unknown, request: FastifyRequest): FoundryError {
  if (isFoundryError(error)) return error.code === "server.internal" ? internal(request, error) : error;
  if (hasZodFastifySchemaValidationErrors(error)) return invalidRequest(error);
  const code = (error as Partial<FastifyError> | null)?.code;
  const translated = typeof code === "string" ? frameworkCodes[code] : undefined;
  if (translated !== undefined) return new FoundryError(translated.code, translated);
  return internal(request, error);
}

function internal(request: FastifyRequest, cause: unknown): FoundryError {
  return new FoundryError("server.internal", {
    message: "Something went wrong inside the program.",
    hint: `Try again. When it happens twice, look for request ${request.id} in the server's log.`,
    details: { requestId: request.id },
    cause,
  });
}

interface Issue {
  readonly instancePath?: string;
  readonly message?: string;
}

/** Names the field and what is wrong with it. */
function invalidRequest(error: {
  readonly validation: readonly Issue[];
  readonly validationContext?: string | undefined;
}): FoundryError {
  const where = error.validationContext === "querystring" ? "query" : (error.validationContext ?? "request");
  const issues = error.validation.slice(0, issuesShownMax).map((issue) => ({
    field: [where, ...(issue.instancePath ?? "").split("/").filter((part) => part !== "")].join("."),
    problem: issue.message ?? "is not valid",
  }));
  const first = issues[0] ?? { field: where, problem: "is not valid" };
  return new FoundryError("request.invalid", {
    message: `${first.field}: ${first.problem}.`,
    hint: "The accepted fields of every call are described at /api/openapi.json.",
    details: { issues },
  });
}

interface Translation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

const notJson: Translation = {
  code: "request.invalid",
  message: "The body of the request is not valid JSON.",
};
const tooLarge: Translation = {
  code: "limit.bytes",
  message: "The request is larger than this call accepts.",
  hint: "Send it in several smaller requests.",
};
const tooManyParts: Translation = {
  code: "limit.files",
  message: "The request holds more files or fields than one request may.",
  hint: "Send the files in several requests.",
};
const brokenForm: Translation = {
  code: "request.invalid",
  message: "The upload ended early or is not a valid form.",
  hint: "Send multipart/form-data, and try again when the connection broke.",
};

/** Codes of fastify and of its multipart part that a caller can cause. */
const frameworkCodes: Readonly<Record<string, Translation>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: notJson,
  FST_ERR_CTP_EMPTY_JSON_BODY: notJson,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: brokenForm,
  FST_ERR_CTP_BODY_TOO_LARGE: tooLarge,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: "request.invalid",
    message: "This content type is not accepted here.",
    hint: "Send JSON, or multipart/form-data where files are expected.",
  },
  FST_REQ_FILE_TOO_LARGE: tooLarge,
  FST_FILES_LIMIT: tooManyParts,
  FST_FIELDS_LIMIT: tooManyParts,
  FST_PARTS_LIMIT: tooManyParts,
  FST_PROTO_VIOLATION: brokenForm,
  FST_INVALID_JSON_FIELD_ERROR: brokenForm,
  FST_INVALID_MULTIPART_CONTENT_TYPE: brokenForm,
  FST_MP_PREMATURE_CLOSE: brokenForm,
  ERR_STREAM_PREMATURE_CLOSE: brokenForm,
  ENOSPC: {
    code: "disk.full",
    message: "The disk of the server is full; nothing was saved.",
    hint: "Free some space on the server and try again.",
  },
};
