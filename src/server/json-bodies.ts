/**
 * JSON bodies, and what no text from outside may hold.
 *
 * PostgreSQL can store neither the character NUL nor half of a surrogate pair; no name or query of a person has one, so both
 * are refused at the door instead of failing deep inside. An empty body counts as none: some clients say "JSON" and send
 * nothing.
 */

import type { FastifyInstance } from "fastify";
import { FoundryError } from "#core/errors.ts";

export function installJsonParser(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    const text = String(body);
    if (text === "") {
      done(null, undefined);
      return;
    }
    parse(request, text, (error, value) => {
      const refused = error === null && MAY_HOLD.test(text) ? refusalOf(value) : null;
      if (refused !== null) done(refused, undefined);
      else done(error, value);
    });
  });
}

/** Escapes of NUL and of surrogates: looking for them first keeps large bodies from being walked for nothing. */
const MAY_HOLD = /\\u(0000|d[89a-f])/i;

/** Why a parsed body is refused; null when it is not. Cost: O(values). */
function refusalOf(value: unknown): FoundryError | null {
  if (typeof value === "string") {
    if (value.includes("\0")) return nulError();
    return value.isWellFormed() ? null : halfCharacterError();
  }
  if (typeof value !== "object" || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const refused = refusalOf(key) ?? refusalOf(inner);
    if (refused !== null) return refused;
  }
  return null;
}

function halfCharacterError(): FoundryError {
  return new FoundryError("request.invalid", {
    message: "The request holds half of a character (a surrogate without its other half).",
    hint: "Remove it and send the request again.",
  });
}

export function nulError(): FoundryError {
  return new FoundryError("request.invalid", {
    message: "The request holds the character NUL, which no text may hold.",
    hint: "Remove it and send the request again.",
  });
}
