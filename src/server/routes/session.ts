/** Sign in with a one-time or invite token, see who one is, sign out. */

import { type Member, type SessionInfo, sessionSchema, signInSchema } from "#api/index.ts";
import { FoundryError } from "#core/errors.ts";
import { endSession, redeemToken } from "#store/index.ts";
import { clearSessionCookie, setSessionCookie } from "../authenticate.ts";
import type { ServerParts } from "../parts.ts";
import { empty, json, route } from "../route.ts";

const info = (parts: ServerParts, member: Member | null): SessionInfo => ({
  member,
  lab: { name: parts.labName },
  version: parts.version,
});

export const sessionRoutes = [
  route({
    method: "GET",
    url: "/session",
    summary: "Who is signed in; `member` is null for nobody",
    policy: "open",
    answer: json(sessionSchema),
    handle: async ({ parts, member }) => info(parts, member?.suspended === true ? null : member),
  }),
  route({
    method: "POST",
    url: "/session",
    summary: "Sign in by the server's one-time token, or join by an invite (which needs a name)",
    policy: "open",
    body: signInSchema,
    answer: json(sessionSchema),
    errors: ["member.invite"],
    bodyBytesMax: 4096,
    async handle({ parts, request, reply, body }) {
      await parts.signInGate.check(request);
      try {
        const { member, session } = await redeemToken(parts.store, body.token, body.name);
        setSessionCookie(reply, session);
        return info(parts, member);
      } catch (error) {
        // Only failures count: a class of thirty may join from one address, a guesser may not. Who is asked for a
        // name had a right token.
        if (error instanceof FoundryError && error.details["needsName"] !== true)
          await parts.signInGate.countFailure(request);
        throw error;
      }
    },
  }),
  route({
    method: "DELETE",
    url: "/session",
    summary: "Sign out",
    policy: "ownAccess",
    answer: empty,
    async handle({ parts, actor, reply }) {
      if (actor.kind === "session") await endSession(parts.store, actor.sessionToken);
      clearSessionCookie(reply);
      return undefined;
    },
  }),
];
