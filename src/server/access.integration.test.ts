/** Sign-in, invites, tokens, forgery, suspension, and the limits around them. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { createSignInToken } from "#store/index.ts";
import { type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({ limits: { signInFailures: 4 } });
});
afterAll(() => server?.close());

const post = (url: string, payload: object) => ({ method: "POST" as const, url, payload });

test("a one-time token signs in once, with a cookie that scripts and other sites cannot use", async () => {
  const token = await createSignInToken(server.store, { oneTime: true });
  const first = await server.ask(null, post("/api/session", { token }));
  expect(first.statusCode).toBe(200);
  expect(first.json()).toMatchObject({ member: { role: "owner" }, lab: { name: expect.any(String) } });
  expect(first.cookies[0]).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
  expect(first.headers["set-cookie"]).not.toContain("Secure");

  const cookie = `${first.cookies[0]?.name}=${first.cookies[0]?.value}`;
  const again = await server.ask(null, post("/api/session", { token }));
  expect(again.statusCode).toBe(400);
  expect(again.json()).toMatchObject({ error: { code: "member.invite" } });
  expect(again.cookies).toEqual([]);

  const me = await server.ask(null, { url: "/api/session", headers: { cookie } });
  expect(me.json()).toMatchObject({ member: { role: "owner", suspended: false } });

  const headers = { cookie, "x-cellfoundry": "1" };
  expect((await server.ask(null, { method: "DELETE", url: "/api/session", headers })).statusCode).toBe(204);
  const after = await server.ask(null, { url: "/api/session", headers });
  expect(after.json()).toMatchObject({ member: null });
  expect((await server.ask(null, { url: "/api/projects", headers })).statusCode).toBe(401);
});

test("an invite makes one member with its role and name, and then is used up", async () => {
  const invite = await server.ask(
    server.owner,
    post("/api/invites", { role: "annotator", note: "for Grace" }),
  );
  expect(invite.json()).toMatchObject({ role: "annotator", note: "for Grace", usedAt: null });
  const token = invite.json<{ url: string }>().url.replace("/join#", "");

  const nameless = await server.ask(null, post("/api/session", { token }));
  expect(nameless.json()).toMatchObject({ error: { code: "member.invite" } });
  const joined = await server.ask(null, post("/api/session", { token, name: "Grace" }));
  expect(joined.json()).toMatchObject({ member: { name: "Grace", role: "annotator" } });
  expect((await server.ask(null, post("/api/session", { token, name: "Eve" }))).statusCode).toBe(400);

  const list = await server.ask(server.owner, { url: "/api/invites" });
  const row = list.json<{ invites: { note: string; usedAt: string | null }[] }>().invites[0];
  expect(row).toMatchObject({ note: "for Grace", usedAt: expect.any(String) });
});

test("a withdrawn invite admits nobody", async () => {
  const made = (await server.ask(server.owner, post("/api/invites", { role: "viewer" }))).json<{
    id: string;
    url: string;
  }>();
  const gone = await server.ask(server.owner, { method: "DELETE", url: `/api/invites/${made.id}` });
  expect(gone.statusCode).toBe(204);
  const join = await server.ask(null, post("/api/session", { token: made.url.split("#")[1], name: "Eve" }));
  expect(join.statusCode).toBe(400);
});

test("an API token acts for its member until it is revoked, and is never shown again", async () => {
  const made = await server.ask(server.annotator, post("/api/tokens", { name: "laptop", scope: "write" }));
  const { id, token } = made.json<{ id: string; token: string }>();
  expect(token).toMatch(/^cf_[A-Za-z0-9_-]{40,}$/);
  const headers = { authorization: `Bearer ${token}` };
  const project = await server.ask(null, { ...post("/api/projects", { name: "By token" }), headers });
  expect(project.statusCode).toBe(200);
  const list = await server.ask(server.annotator, { url: "/api/tokens" });
  expect(list.body).not.toContain(token);
  expect(list.json()).toMatchObject({ tokens: [{ id, scope: "write", lastUsedAt: expect.any(String) }] });

  // Someone else's token is as absent as one that never was.
  const missing = await server.ask(server.owner, {
    method: "DELETE",
    url: "/api/tokens/01ARZ3NDEKTSV4RRFFQ69G5FAV",
  });
  const foreign = await server.ask(server.owner, { method: "DELETE", url: `/api/tokens/${id}` });
  expect(foreign.statusCode).toBe(404);
  expect(foreign.body).toBe(missing.body);

  expect(
    (await server.ask(server.annotator, { method: "DELETE", url: `/api/tokens/${id}` })).statusCode,
  ).toBe(204);
  expect((await server.ask(null, { url: "/api/projects", headers })).statusCode).toBe(401);
});

test("a wrong token is not rescued by a cookie beside it", async () => {
  const headers = { ...server.owner.headers, authorization: "Bearer cf_wrong" };
  expect((await server.ask(null, { url: "/api/projects", headers })).statusCode).toBe(401);
  const basic = { ...server.owner.headers, authorization: "Basic b3duZXI6b3duZXI=" };
  expect((await server.ask(null, { url: "/api/projects", headers: basic })).statusCode).toBe(401);
});

test("a cookie alone changes nothing: the page's header is needed", async () => {
  const { cookie } = server.owner.headers;
  const forged = await server.ask(null, {
    ...post("/api/projects", { name: "Forged" }),
    headers: { cookie },
  });
  expect(forged.statusCode).toBe(403);
  expect(forged.json()).toMatchObject({ error: { code: "policy.denied" } });
  expect((await server.ask(server.owner, { url: "/api/projects" })).body).not.toContain("Forged");
});

test("suspending a member ends every session and token at once", async () => {
  const member = await server.join("annotator", "Mallory");
  const token = await server.token(member, "read");
  expect((await server.ask(token, { url: "/api/projects" })).statusCode).toBe(200);
  const patch = {
    method: "PATCH" as const,
    url: `/api/members/${member.member.id}`,
    payload: { suspended: true },
  };
  expect((await server.ask(server.owner, patch)).json()).toMatchObject({ suspended: true });
  expect((await server.ask(member, { url: "/api/projects" })).statusCode).toBe(401);
  expect((await server.ask(token, { url: "/api/projects" })).statusCode).toBe(401);
});

test("the last owner cannot be demoted", async () => {
  const owners = (await server.ask(server.owner, { url: "/api/members" })).json<{
    members: { role: string }[];
  }>();
  expect(owners.members.filter(({ role }) => role === "owner")).toHaveLength(1);
  const url = `/api/members/${server.owner.member.id}`;
  const answer = await server.ask(server.owner, { method: "PATCH", url, payload: { role: "viewer" } });
  expect(answer.statusCode).toBe(403);
  expect((await server.ask(server.owner, { url: "/api/members" })).statusCode).toBe(200);
});

test("guessing is slowed per address, and a right token has to wait with it", async () => {
  const remoteAddress = "203.0.113.7";
  const token = await createSignInToken(server.store, { oneTime: true });
  const guess = () =>
    server.ask(null, { ...post("/api/session", { token: "wrong-wrong-wrong-wrong" }), remoteAddress });
  const statuses: number[] = [];
  for (let i = 0; i < 6; i++) statuses.push((await guess()).statusCode);
  expect(statuses).toEqual([400, 400, 400, 400, 429, 429]);
  const right = await server.ask(null, { ...post("/api/session", { token }), remoteAddress });
  expect(right.statusCode).toBe(429);
  expect(right.headers["retry-after"]).toBeDefined();
  const elsewhere = await server.ask(null, {
    ...post("/api/session", { token }),
    remoteAddress: "203.0.113.8",
  });
  expect(elsewhere.statusCode).toBe(200);
});
