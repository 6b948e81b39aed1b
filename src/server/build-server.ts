/**
 * Puts the server together: checks, headers, routes, pages. Does not listen, so tests can ask it directly.
 */

import cookie from "@fastify/cookie";
import multipart from "@fastify/multipart";
import rateLimit from "@fastify/rate-limit";
import fastify, { type FastifyInstance, type FastifyRequest, type RouteOptions } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import type { Queue } from "#jobs/index.ts";
import { codeVersion, type Log, silentLog } from "#platform/index.ts";
import { ensureLab, type Store, type StoredOutcome } from "#store/index.ts";
import { installErrorHandler } from "./errors.ts";
import { installJsonParser } from "./json-bodies.ts";
import { defaultLimits, type ServerLimits } from "./limits.ts";
import { type NewsFeeds, openNewsFeeds } from "./news-feed.ts";
import { createZarrCache } from "./open-zarr.ts";
import { installOpenApi } from "./openapi.ts";
import type { ServerParts } from "./parts.ts";
import { openPresenceBoard } from "./presence-board.ts";
import { createRateGate, createSignInGate } from "./rate-gates.ts";
import { addRoutes, guardAllRoutes } from "./register.ts";
import { routes } from "./routes/index.ts";
import { installSecurityHeaders } from "./security-headers.ts";
import { createSizedCache } from "./sized-cache.ts";
import { addWebApp } from "./web-app.ts";

export interface ServerOptions {
  readonly store: Store;
  readonly queue: Queue;
  /** Folder of the built pages; without it only the API is served. */
  readonly webDir?: string | undefined;
  readonly log?: Log | undefined;
  readonly limits?: Partial<ServerLimits> | undefined;
  /** Called with each route that is added; for tests that count them. */
  readonly watchRoutes?: (route: RouteOptions) => void;
  /** Called before the server is ready; for tests that add what must be refused. */
  readonly prepare?: (app: FastifyInstance) => void;
}

/** JSON bodies that say nothing else: names, ids, queries. */
const bodyBytesMax = 2 ** 20;

/** Pictures of a few hundred images at the size of a grid. */
const picturesBytesMax = 128 * 2 ** 20;

/** Objects of some images with 30,000 cells each; an object takes about this much with its outline. */
const outcomesBytesMax = 64 * 2 ** 20;
const outcomeBytes = 400;

/** An upload of the largest file on a slow line takes this long; a connection that takes longer is a dead one. */
const requestTimeoutMs = 2 * 3600 * 1000;

/** @throws when a route has no policy, and whatever the database throws. Call `close()` on the result. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const { store, queue, log = silentLog } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const app = fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    genReqId: () => store.ids.next(),
    // Ids have 26 characters; the rest of a Zarr key is one parameter as well.
    routerOptions: { maxParamLength: 300 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  installErrorHandler(app, log);
  installJsonParser(app);
  const closing = new AbortController();
  await app.register(rateLimit, { global: false });
  await app.register(cookie);
  guardAllRoutes(app, store, createRateGate(app, limits.requestsPerMinute));
  await installSecurityHeaders(app);
  await app.register(multipart);
  await installOpenApi(app, codeVersion());
  logRequests(app, log);

  const news = await openNewsFeeds(store.databaseUrl, log);
  endWithServer(app, news, closing);
  const parts: ServerParts = {
    store,
    queue,
    feed: news.jobs,
    layerNews: news.layers,
    presence: openPresenceBoard(news.presence, store.clock),
    limits,
    log,
    labName: (await ensureLab(store)).name,
    version: codeVersion(),
    pictures: createSizedCache(picturesBytesMax, (bytes: Uint8Array) => bytes.byteLength),
    outcomes: createSizedCache(outcomesBytesMax, (list: StoredOutcome[]) => list.length * outcomeBytes),
    zarr: createZarrCache(),
    signInGate: createSignInGate(app, limits),
    closing: closing.signal,
  };
  try {
    if (options.watchRoutes !== undefined) app.addHook("onRoute", options.watchRoutes);
    addRoutes(app, parts, routes);
    await addWebApp(app, options.webDir);
    options.prepare?.(app);
    await app.ready();
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Streams would keep the server open for ever: they end first, then requests finish, then the feeds close. */
function endWithServer(app: FastifyInstance, news: NewsFeeds, closing: AbortController): void {
  app.addHook("preClose", async () => closing.abort());
  app.addHook("onClose", () => news.close());
}

/** One short line per change and per failure; reading is not worth a line. Query strings are left out. */
function logRequests(app: FastifyInstance, log: Log): void {
  app.addHook("onResponse", async (request, reply) => {
    const quiet = (request.method === "GET" || request.method === "HEAD") && reply.statusCode < 500;
    if (quiet) return;
    log.write("info", "request", {
      id: request.id,
      method: request.method,
      path: pathOnly(request),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
  });
}

/** The pattern of the route, not what was asked: an address can hold names. */
function pathOnly(request: FastifyRequest): string {
  return request.routeOptions.url ?? "(unknown address)";
}
