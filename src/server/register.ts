/**
 * Makes fastify serve our declarations, and refuses to start with anything else.
 *
 * Order of the checks, each before the next costs anything: rate, who asks, forgery, the rule, the input, the object.
 * The rule comes before the body is read, so a stranger cannot make the server swallow an upload.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { FoundryError } from "#core/errors.ts";
import { agentOf, type Store } from "#store/index.ts";
import { identify, refuseForgery } from "./authenticate.ts";
import { nulError } from "./json-bodies.ts";
import { loadObject, objectRules } from "./objects.ts";
import { describeRoute } from "./openapi.ts";
import type { ServerParts } from "./parts.ts";
import { type Actor, enforce, type RuleName, rules } from "./policy.ts";
import { createRateGate, type RateGate } from "./rate-gates.ts";
import { type FilePayload, OtherAnswer, type Payload, paramsSchema, type Route } from "./route.ts";
import { type EventSource, sendEvents } from "./send-events.ts";
import { sendFile } from "./send-file.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Name of the rule that guards the route. */
    policy?: RuleName;
    /** The declaration, for the API page. */
    declared?: Route;
  }
  interface FastifyRequest {
    /** Set before any handler runs; null only until then. */
    actor: Actor | null;
  }
}

/**
 * Must run before any route is added.
 *
 * @throws (at start) when a route is added without a policy.
 */
export function guardAllRoutes(app: FastifyInstance, store: Store, gate: RateGate): void {
  app.addHook("onRoute", requirePolicy);
  app.decorateRequest("actor", null);
  app.addHook("onRequest", async (request) => {
    await gate(request);
    if (request.url.includes("%00")) throw nulError();
    if (request.is404) return;
    const policy = request.routeOptions.config.policy;
    // The hook above made sure of it at start; this is the same lock on the inside.
    if (policy === undefined) throw new Error("internal: a route without a policy was reached");
    const needsNobody = rules[policy].role === null && !isSessionRoute(request);
    const actor = needsNobody ? anonymous : await identify(store, request);
    request.actor = actor;
    refuseForgery(request, actor);
    enforce(policy, actor);
  });
}

const anonymous: Actor = { kind: "anonymous" };

/** Of the open routes only the session itself looks at who asks; the others must answer without a database. */
function isSessionRoute(request: FastifyRequest): boolean {
  return request.routeOptions.url === "/api/session";
}

function requirePolicy(options: RouteOptions): void {
  const policy: string | undefined = options.config?.policy;
  if (policy !== undefined && Object.hasOwn(rules, policy)) return;
  throw new Error(`internal: ${String(options.method)} ${options.url} has no policy`);
}

/** Adds all routes below `/api`. */
export function addRoutes(app: FastifyInstance, parts: ServerParts, routes: readonly Route[]): void {
  for (const declared of routes) addRoute(app, parts, declared);
}

function addRoute(app: FastifyInstance, parts: ServerParts, declared: Route): void {
  const params = paramsSchema(declared.url);
  app.route({
    method: declared.method,
    url: `/api${declared.url}`,
    config: {
      policy: declared.policy,
      declared,
    },
    schema: {
      ...(params === undefined ? {} : { params }),
      ...(declared.query === undefined ? {} : { querystring: declared.query }),
      ...(declared.body === undefined ? {} : { body: declared.body }),
      ...describeRoute(declared),
    },
    // A HEAD of a stream would open one that nobody closes.
    exposeHeadRoute: declared.method === "GET" && declared.answer.kind !== "events",
    ...(declared.perMinute === undefined ? {} : { onRequest: createRateGate(app, declared.perMinute) }),
    ...(declared.bodyBytesMax === undefined ? {} : { bodyLimit: declared.bodyBytesMax }),
    // A call whose fields all have defaults may come without a body.
    preValidation: async (request) => {
      if (declared.body !== undefined && (request.body === undefined || request.body === null))
        request.body = {};
    },
    handler: (request, reply) => serve(parts, declared, request, reply),
  });
}

async function serve(
  parts: ServerParts,
  declared: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { actor } = request;
  if (actor === null) throw new Error("internal: a handler was reached without a check of who asks");
  const params = request.params as Record<string, string>;
  const member = actor.kind === "anonymous" ? null : actor.member;
  const call = {
    params,
    query: request.query,
    body: request.body,
    object: await objectFor(parts, declared, params, actor),
    actor,
    member,
    agent: member === null ? null : agentOf(member),
    parts,
    request,
    reply,
  };
  // The declaration's types were checked where it was written; here they are gone on purpose.
  const result: unknown = await declared.handle(call as never);
  const { answer } = declared;
  switch (answer.kind) {
    case "json":
      reply.header("cache-control", "no-store");
      return result instanceof OtherAnswer
        ? reply.code(result.status).send(result.body)
        : reply.code(answer.status).send(result);
    case "empty":
      return reply.code(204).send();
    case "bytes":
      return sendPayload(request, reply, result as Payload);
    case "file": {
      const payload = result as FilePayload;
      if (!prepareDownload(request, reply, { ...payload, cache: "check" })) return reply.code(304).send();
      return sendFile(request, reply, payload);
    }
    case "events":
      return sendEvents(parts, request, reply, result as EventSource);
  }
}

async function objectFor(
  parts: ServerParts,
  declared: Route,
  params: Record<string, string>,
  actor: Actor,
): Promise<unknown> {
  if (declared.on === undefined) return undefined;
  const id = params[objectRules[declared.on].param];
  if (actor.kind === "anonymous" || id === undefined) {
    throw new Error(`internal: ${declared.url} has no ${declared.on} to act on`);
  }
  return loadObject(parts.store, declared.on, id, actor);
}

/** One year: what the standards call "does not change". */
const immutable = "private, max-age=31536000, immutable";

/** Sets the headers of a download; false when the client has the current bytes already. */
function prepareDownload(
  request: FastifyRequest,
  reply: FastifyReply,
  { etag: name, cache, fileName, type }: Pick<Payload, "etag" | "cache" | "fileName" | "type">,
): boolean {
  const etag = `"${name}"`;
  reply.header("etag", etag).header("cache-control", cache === "immutable" ? immutable : "private, no-cache");
  if (matchesTag(request.headers["if-none-match"], etag)) return false;
  // Always as a download: user content is never a page of ours, whatever it holds.
  reply.header("content-disposition", attachment(fileName)).type(type);
  reply.header("content-security-policy", "default-src 'none'; sandbox");
  return true;
}

async function sendPayload(request: FastifyRequest, reply: FastifyReply, payload: Payload): Promise<unknown> {
  if (!prepareDownload(request, reply, payload)) return reply.code(304).send();
  const body = await payload.make();
  return reply.send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}

function matchesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
}

/** Names with other than plain characters travel encoded (RFC 6266), so no name can end the header early. */
function attachment(fileName: string): string {
  const plain = fileName.replaceAll(/[^\w.@+ -]/g, "_").slice(0, 150);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeName(fileName.slice(0, 150))}`;
}

function encodeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Answer of an address below `/api` that no route has. */
export function noSuchRoute(): FoundryError {
  return new FoundryError("request.notFound", {
    message: "There is no such address.",
    hint: "All calls are listed at /api/openapi.json.",
  });
}
