/**
 * The API page (OpenAPI 3.1) from the same declarations that the server checks with.
 *
 * Every schema of `api` that is a thing of its own appears once, by name; every route names all its errors by code.
 */

import swagger from "@fastify/swagger";
import type { FastifyInstance, FastifySchema } from "fastify";
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod";
import { z } from "zod";
import * as api from "#api/index.ts";
import { type ErrorCode, errorCodes } from "#core/errors.ts";
import { objectRules } from "./objects.ts";
import { rules } from "./policy.ts";
import type { Route } from "./route.ts";

/** Schemas of `api` with names: `imageDetailSchema` becomes `ImageDetail`. */
function namedSchemas() {
  const registry = z.registry<{ id: string }>();
  for (const [name, value] of Object.entries(api)) {
    if (!(value instanceof z.ZodObject || value instanceof z.ZodDiscriminatedUnion)) continue;
    // Query parameters are written out one by one where they are used.
    if (name.endsWith("QuerySchema")) continue;
    const word = name.replace(/Schema$/, "");
    registry.add(value, { id: word.charAt(0).toUpperCase() + word.slice(1) });
  }
  return registry;
}

/** Must run before any route is added. */
export async function installOpenApi(app: FastifyInstance, version: string): Promise<void> {
  const schemaRegistry = namedSchemas();
  const transform = createJsonSchemaTransform({ schemaRegistry });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Cell Foundry",
        version,
        description:
          "Annotate, version, train, release and host single-cell models. Send an API token as " +
          "`Authorization: Bearer cf_…`. Long work answers 202 with a job; follow it at `/api/jobs/{jobId}/events`.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/" }],
      components: {
        securitySchemes: {
          token: { type: "http", scheme: "bearer", description: "API token, made on the settings page." },
          session: { type: "apiKey", in: "cookie", name: "cellfoundry_session" },
        },
      },
    },
    transform: (document) => {
      const done = transform(document as Parameters<typeof transform>[0]);
      const declared = (document.route.config as { declared?: Route } | undefined)?.declared;
      if (declared?.form !== undefined) {
        (done.schema as Record<string, unknown>)["body"] = formSchema(declared.form);
      }
      return done;
    },
    transformObject: createJsonSchemaTransformObject({ schemaRegistry }),
  });
}

/** Parts whose description begins with "File" carry bytes. */
function formSchema(form: Readonly<Record<string, string>>) {
  const properties = Object.entries(form).map(([name, description]) => [
    name,
    description.startsWith("File")
      ? { type: "string", format: "binary", description }
      : { type: "string", description },
  ]);
  return { type: "object", properties: Object.fromEntries(properties) };
}

const binary = z.string().meta({ format: "binary" });

/** The documenting part of a route's schema; the answers also filter what is sent. */
export function describeRoute(declared: Route): FastifySchema {
  const open = rules[declared.policy].role === null;
  return {
    summary: declared.summary,
    operationId: operationId(declared),
    tags: [declared.url.split("/")[1] ?? "api"],
    security: open ? [] : [{ token: [] }, { session: [] }],
    ...(declared.form === undefined ? {} : { consumes: ["multipart/form-data"] }),
    response: { ...successAnswers(declared), ...errorAnswers(declared) },
  };
}

/** `GET /images/:imageId/zarr/*` -> `getImagesImageIdZarrRest`. */
function operationId({ method, url }: Route): string {
  const words = url.replace("*", "rest").split(/[^A-Za-z0-9]+/);
  const camel = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return method.toLowerCase() + camel;
}

function successAnswers({ answer }: Route): Record<number, unknown> {
  switch (answer.kind) {
    case "json":
      return { [answer.status]: answer.schema, ...answer.also };
    case "empty":
      return { 204: z.undefined().describe("Done; there is nothing to tell.") };
    case "events":
      return {
        200: content(["text/event-stream"], "Events until the end of the job, the page or the server."),
      };
    case "file":
    case "bytes":
      return {
        200: content(
          answer.types,
          "The bytes; `ETag` names them, `If-None-Match` saves fetching them again.",
        ),
      };
  }
}

function content(types: readonly string[], description: string) {
  return { description, content: Object.fromEntries(types.map((type) => [type, { schema: binary }])) };
}

/** Error codes that a route can answer with, by HTTP status. */
function errorsOf(declared: Route): Map<number, ErrorCode[]> {
  const codes = new Set<ErrorCode>(declared.errors ?? []);
  if (rules[declared.policy].role !== null) codes.add("policy.signIn").add("policy.denied");
  if (declared.on !== undefined) codes.add(objectRules[declared.on].missing);
  if (declared.on !== undefined || declared.query !== undefined || declared.body !== undefined) {
    codes.add("request.invalid");
  }
  if (declared.form !== undefined) codes.add("request.invalid").add("limit.bytes").add("limit.files");
  codes.add("limit.rate").add("server.internal");
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...codes].sort()) {
    const status = errorCodes[code].http;
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

function errorAnswers(declared: Route): Record<number, unknown> {
  const entries = [...errorsOf(declared)].map(([status, codes]) => [
    status,
    {
      description: `Error: ${codes.map((code) => `\`${code}\``).join(", ")}.`,
      content: { "application/json": { schema: api.errorBodySchema } },
    },
  ]);
  return Object.fromEntries(entries);
}
