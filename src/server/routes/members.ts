/** Members of the lab, invites, and one's own API tokens. */

import {
  createdInviteSchema,
  createdTokenSchema,
  createInviteSchema,
  createTokenSchema,
  inviteListSchema,
  memberListSchema,
  memberSchema,
  tokenListSchema,
  updateMemberSchema,
} from "#api/index.ts";
import * as store from "#store/index.ts";
import { empty, json, route } from "../route.ts";

const memberRoutesOnly = [
  route({
    method: "GET",
    url: "/members",
    summary: "Everyone in the lab",
    policy: "lookMembers",
    answer: json(memberListSchema),
    handle: async ({ parts }) => ({ members: await store.listMembers(parts.store) }),
  }),
  route({
    method: "PATCH",
    url: "/members/:memberId",
    summary: "Rename a member, change the role, suspend or readmit",
    policy: "manageMembers",
    on: "member",
    body: updateMemberSchema,
    answer: json(memberSchema),
    handle: ({ parts, agent, object, body }) => store.updateMember(parts.store, agent, object.id, body),
  }),
];

const inviteRoutes = [
  route({
    method: "GET",
    url: "/invites",
    summary: "Invites that were made and what became of them",
    policy: "manageMembers",
    answer: json(inviteListSchema),
    handle: async ({ parts }) => ({ invites: await store.listInvites(parts.store) }),
  }),
  route({
    method: "POST",
    url: "/invites",
    summary: "Make a link by which one person joins with a role; shown once",
    policy: "manageMembers",
    body: createInviteSchema,
    answer: json(createdInviteSchema),
    async handle({ parts, agent, body }) {
      const { invite, token } = await store.createInvite(parts.store, agent, body);
      // Behind `#`, so that the token never appears in a server's or a proxy's log.
      return { ...invite, url: `/join#${token}` };
    },
  }),
  route({
    method: "DELETE",
    url: "/invites/:inviteId",
    summary: "Withdraw an invite",
    policy: "manageMembers",
    on: "invite",
    answer: empty,
    async handle({ parts, agent, object }) {
      await store.deleteInvite(parts.store, agent, object.id);
      return undefined;
    },
  }),
];

const tokenRoutes = [
  route({
    method: "GET",
    url: "/tokens",
    summary: "One's own API tokens",
    policy: "ownAccess",
    answer: json(tokenListSchema),
    handle: async ({ parts, member }) => ({ tokens: await store.listApiTokens(parts.store, member.id) }),
  }),
  route({
    method: "POST",
    url: "/tokens",
    summary: "Make an API token with one's own rights, to read or to write; shown once",
    policy: "ownAccess",
    body: createTokenSchema,
    answer: json(createdTokenSchema),
    async handle({ parts, agent, member, body }) {
      const made = await store.createApiToken(parts.store, agent, { memberId: member.id, ...body });
      return { ...made.apiToken, token: made.token };
    },
  }),
  route({
    method: "DELETE",
    url: "/tokens/:tokenId",
    summary: "Revoke one of one's own API tokens",
    policy: "ownAccess",
    on: "apiToken",
    answer: empty,
    async handle({ parts, agent, member, object }) {
      await store.revokeApiToken(parts.store, agent, member.id, object.id);
      return undefined;
    },
  }),
];

export const memberRoutes = [...memberRoutesOnly, ...inviteRoutes, ...tokenRoutes];
