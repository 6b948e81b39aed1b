/**
 * Who a request comes from: a session cookie of the web page, or an API token.
 *
 * A request that changes something on the strength of a cookie must also carry a header that no page of another site
 * can send, because browsers attach cookies by themselves and the header never. Expired, revoked and unknown secrets
 * are all the same: anonymous.
 */

import "@fastify/cookie";
import type { FastifyReply, FastifyRequest } from "fastify";
import { FoundryError } from "#core/errors.ts";
import { apiTokenMember, type Store, sessionMember } from "#store/index.ts";
import type { Actor } from "./policy.ts";

/** Sent by our page with every request. */
const CSRF_HEADER = "x-cellfoundry";
const COOKIE = "cellfoundry_session";

/** The server ends sessions itself (14 idle days, 90 in all); the cookie only must not die before. */
const COOKIE_SECONDS = 90 * 24 * 3600;

/** Secrets are 43 characters; anything longer is not one of ours and is not worth a hash. */
const secretLengthMax = 200;

const anonymous: Actor = { kind: "anonymous" };

export async function identify(store: Store, request: FastifyRequest): Promise<Actor> {
  const authorization = request.headers.authorization;
  // A request that names a token means that token: a wrong one is not rescued by a cookie beside it.
  if (authorization !== undefined) return byToken(store, authorization);
  const cookie = request.cookies[COOKIE];
  if (cookie === undefined || cookie.length > secretLengthMax) return anonymous;
  const member = await sessionMember(store, cookie);
  return member === null ? anonymous : { kind: "session", member, sessionToken: cookie };
}

async function byToken(store: Store, authorization: string): Promise<Actor> {
  const [scheme, token, ...rest] = authorization.split(" ");
  if (scheme?.toLowerCase() !== "bearer" || token === undefined || rest.length > 0) return anonymous;
  if (token.length > secretLengthMax) return anonymous;
  const found = await apiTokenMember(store, token);
  return found === null ? anonymous : { kind: "token", member: found.member, scope: found.scope };
}

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** @throws FoundryError `policy.denied` when a cookie alone would change something. */
export function refuseForgery(request: FastifyRequest, actor: Actor): void {
  if (actor.kind !== "session" || safeMethods.has(request.method)) return;
  if (request.headers[CSRF_HEADER] !== undefined) return;
  throw new FoundryError("policy.denied", {
    message: "The request does not come from the Cell Foundry page.",
    hint: `Send the header "${CSRF_HEADER}: 1", or use an API token instead of a cookie.`,
  });
}

export function setSessionCookie(reply: FastifyReply, sessionToken: string): void {
  reply.setCookie(COOKIE, sessionToken, { ...cookieOptions, maxAge: COOKIE_SECONDS });
}

export function clearSessionCookie(reply: FastifyReply): void {
  reply.clearCookie(COOKIE, cookieOptions);
}

const cookieOptions = { path: "/", httpOnly: true, sameSite: "strict", secure: "auto" } as const;
