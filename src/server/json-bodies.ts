/**
 * JSON bodies, and what no text from outside may hold.
 *
 * PostgreSQL cannot store the character NUL in text; no name or query of a person has one, so it is refused at the
 * door instead of failing deep inside. An empty body counts as none: some clients say "JSON" and send nothing.
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
      // Looking for the escape first keeps large bodies from being walked for nothing.
      if (error === null && text.includes("\\u0000") && holdsNul(value)) done(nulError(), undefined);
      else done(error, value);
    });
  });
}

/** Whether any string or key within a parsed body holds NUL. Cost: O(values). */
function holdsNul(value: unknown): boolean {
  if (typeof value === "string") return value.includes("\0");
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, inner]) => key.includes("\0") || holdsNul(inner));
}

export function nulError(): FoundryError {
  return new FoundryError("request.invalid", {
    message: "The request holds the character NUL, which no text may hold.",
    hint: "Remove it and send the request again.",
  });
}
