/** Members, sign-in, sessions, invites and tokens against a real database, with a clock the test moves. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { agentOf, ensureAgent } from "./agents.ts";
import { listEvents } from "./events.ts";
import { ensureLab, ensureOwner, listMembers, updateMember } from "./members.ts";
import { ensureProject } from "./projects.ts";
import {
  apiTokenMember,
  createApiToken,
  createInvite,
  createSignInToken,
  deleteInvite,
  endSession,
  listApiTokens,
  listInvites,
  redeemToken,
  revokeApiToken,
  sessionMember,
} from "./sessions.ts";
import type { Store } from "./store.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";

let temporary: TemporaryStore;
let store: Store;
let now = Date.parse("2026-01-01T00:00:00Z");
const day = 24 * 3_600_000;

beforeAll(async () => {
  temporary = await openTemporaryStore({ clock: { now: () => now } });
  store = temporary.store;
});
afterAll(() => temporary.end());

test("many at once make one lab, one owner, one agent, one project", async () => {
  const labs = await Promise.all(Array.from({ length: 5 }, () => ensureLab(store, "Lab A")));
  expect(new Set(labs.map(({ name }) => name))).toEqual(new Set(["Lab A"]));
  const owners = await Promise.all(Array.from({ length: 5 }, () => ensureOwner(store)));
  expect(new Set(owners.map(({ id }) => id)).size).toBe(1);
  const agents = await Promise.all(Array.from({ length: 5 }, () => ensureAgent(store, "service", "worker")));
  expect(new Set(agents.map(({ id }) => id)).size).toBe(1);
  const owner = agentOf(owners[0] ?? (await ensureOwner(store)));
  const projects = await Promise.all(Array.from({ length: 5 }, () => ensureProject(store, owner, "P")));
  expect(new Set(projects.map(({ id }) => id)).size).toBe(1);
});

test("a sign-in token works once, even when two ask at the same time, and not after its hour", async () => {
  const token = await createSignInToken(store);
  const results = await Promise.allSettled([redeemToken(store, token), redeemToken(store, token)]);
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const late = await createSignInToken(store);
  now += 2 * 3_600_000;
  await expect(redeemToken(store, late)).rejects.toMatchObject({ code: "member.invite" });
  await expect(redeemToken(store, "made-up-token-of-no-one")).rejects.toMatchObject({
    code: "member.invite",
  });
});

test("a session ends after 14 idle days, and after 90 whatever happens", async () => {
  const { session, member } = await redeemToken(store, await createSignInToken(store));
  expect(await sessionMember(store, session)).toEqual(member);
  now += 15 * day;
  expect(await sessionMember(store, session)).toBeNull();
  const kept = await redeemToken(store, await createSignInToken(store));
  for (let i = 0; i < 8; i++) {
    now += 10 * day;
    expect((await sessionMember(store, kept.session))?.id).toBe(member.id);
  }
  now += 11 * day;
  expect(await sessionMember(store, kept.session)).toBeNull();
  const ended = await redeemToken(store, await createSignInToken(store));
  await endSession(store, ended.session);
  expect(await sessionMember(store, ended.session)).toBeNull();
});

test("an invite makes one member of its role, with a name, and can be taken back", async () => {
  const owner = agentOf(await ensureOwner(store));
  const { invite, token } = await createInvite(store, owner, { role: "annotator", note: "for Ada" });
  await expect(redeemToken(store, token)).rejects.toMatchObject({
    code: "member.invite",
    details: { needsName: true },
  });
  const { member, session } = await redeemToken(store, token, " Ada ");
  expect(member).toMatchObject({ name: "Ada", role: "annotator", suspended: false });
  await expect(redeemToken(store, token, "Eve")).rejects.toMatchObject({ code: "member.invite" });
  expect((await listInvites(store))[0]).toMatchObject({ id: invite.id, note: "for Ada", role: "annotator" });
  expect((await listInvites(store))[0]?.usedAt).not.toBeNull();
  await expect(deleteInvite(store, owner, invite.id)).rejects.toMatchObject({ code: "request.notFound" });
  const second = await createInvite(store, owner, { role: "viewer" });
  await deleteInvite(store, owner, second.invite.id);
  await expect(redeemToken(store, second.token, "Eve")).rejects.toMatchObject({ code: "member.invite" });

  const { token: api } = await createApiToken(store, agentOf(member), {
    memberId: member.id,
    name: "script",
    scope: "read",
  });
  expect(api.startsWith("cf_")).toBe(true);
  expect(await apiTokenMember(store, api)).toMatchObject({ scope: "read", member: { id: member.id } });
  await updateMember(store, owner, member.id, { suspended: true, name: "Ada L." });
  expect(await sessionMember(store, session)).toBeNull();
  expect(await apiTokenMember(store, api)).toBeNull();
  expect((await listMembers(store)).find(({ id }) => id === member.id)).toMatchObject({
    name: "Ada L.",
    suspended: true,
  });
});

test("API tokens are listed and revoked by their owner only; only digests are stored", async () => {
  const owner = await ensureOwner(store);
  const { apiToken, token } = await createApiToken(store, agentOf(owner), {
    memberId: owner.id,
    name: "t",
    scope: "write",
  });
  expect(await apiTokenMember(store, token)).toMatchObject({ scope: "write" });
  expect((await listApiTokens(store, owner.id)).map(({ id }) => id)).toEqual([apiToken.id]);
  const other = (await listMembers(store)).find(({ id }) => id !== owner.id);
  await expect(revokeApiToken(store, agentOf(owner), other?.id ?? "", apiToken.id)).rejects.toMatchObject({
    code: "request.notFound",
  });
  await revokeApiToken(store, agentOf(owner), owner.id, apiToken.id);
  expect(await apiTokenMember(store, token)).toBeNull();
  const rows = await store.sql.query<{ line: string }>(
    "SELECT row_to_json(t)::text AS line FROM api_token t",
  );
  expect(rows.some(({ line }) => line.includes(token.slice(3)))).toBe(false);
});

test("the last owner stays", async () => {
  const owner = await ensureOwner(store);
  await expect(updateMember(store, agentOf(owner), owner.id, { role: "viewer" })).rejects.toMatchObject({
    code: "policy.denied",
  });
  await expect(updateMember(store, agentOf(owner), owner.id, { suspended: true })).rejects.toMatchObject({
    code: "policy.denied",
  });
  expect((await ensureOwner(store)).role).toBe("owner");
});

test("every write left an event with its agent", async () => {
  const events = await listEvents(store, { limit: 500 });
  expect(events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq).sort((a, b) => a - b));
  for (const verb of [
    "member.joined",
    "member.signedIn",
    "invite.created",
    "token.revoked",
    "project.created",
  ]) {
    expect(
      events.some((event) => event.verb === verb && event.agent.kind === "person"),
      verb,
    ).toBe(true);
  }
});
