/**
 * Ways to become a member: one-time sign-in tokens, invites, sessions, API tokens.
 *
 * All tokens are 256 random bits; only their SHA-256 is stored, so a copy of the database signs nobody in. A plain
 * digest is enough for such tokens: there is nothing to guess, unlike with passwords.
 */

import { FoundryError } from "#core/errors.ts";
import { isoTime, randomToken, sha256 } from "#platform/index.ts";
import { agentOf } from "./agents.ts";
import { appendEvent } from "./events.ts";
import { addMember, ensureOwner, getMember } from "./members.ts";
import * as text from "./sql/members.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, ApiToken, Invite, Member, Role, TokenScope } from "./types.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Two weeks without a visit end a session, three months end any. */
export const sessionIdleMsMax = 14 * dayMs;
export const sessionMsMax = 90 * dayMs;

const inviteMsMax = 7 * dayMs;
const signInMinutes = 60;

/** Time of last use is written at most this often: a page makes many requests. */
const touchEveryMs = 10 * minuteMs;

/** API tokens begin with this, so that a leaked one is recognised by scanners. */
export const apiTokenPrefix = "cf_";

const after = (store: Store, ms: number): string => new Date(store.clock.now() + ms).toISOString();

/**
 * Token that signs in the given member (default: the first owner, made when there is none).
 *
 * @param options.oneTime  default true. @param options.minutes  how long it is valid, default 60.
 */
export async function createSignInToken(
  store: Store,
  options: { readonly memberId?: string; readonly oneTime?: boolean; readonly minutes?: number } = {},
): Promise<string> {
  const member =
    options.memberId === undefined ? await ensureOwner(store) : await getMember(store, options.memberId);
  const token = randomToken();
  await store.sql.query(text.insertSignInToken, [
    store.ids.next(),
    sha256(token),
    member.id,
    options.oneTime ?? true,
    isoTime(store.clock),
    after(store, (options.minutes ?? signInMinutes) * minuteMs),
  ]);
  return token;
}

/**
 * Signs in by a sign-in token, or joins by an invite, which needs the person's name.
 *
 * @throws FoundryError `member.invite` for a token that is unknown, used or expired, or an invite without a name;
 *         `policy.denied` for a suspended member.
 */
export async function redeemToken(
  store: Store,
  token: string,
  name?: string,
): Promise<{ readonly member: Member; readonly session: string }> {
  return inTransaction(store, async (tx) => {
    const member = await memberOfToken(tx, sha256(token), name);
    if (member.suspended) {
      throw new FoundryError("policy.denied", {
        message: "This membership is suspended; ask an owner of the lab.",
      });
    }
    const session = randomToken();
    const now = isoTime(tx.clock);
    await tx.sql.query(text.deleteOldSessions, [after(tx, -sessionIdleMsMax), after(tx, -sessionMsMax)]);
    await tx.sql.query(text.insertSession, [sha256(session), member.id, now]);
    await appendEvent(tx, agentOf(member), {
      verb: "member.signedIn",
      entity: "member",
      entityId: member.id,
    });
    return { member, session };
  });
}

async function memberOfToken(tx: Store, tokenDigest: string, name: string | undefined): Promise<Member> {
  const now = isoTime(tx.clock);
  const [signIn] = await tx.sql.query<{ memberId: string }>(text.useSignInToken, [tokenDigest, now]);
  if (signIn !== undefined) return getMember(tx, signIn.memberId);
  const [invite] = await tx.sql.query<{ id: string; role: Role }>(text.selectOpenInvite, [tokenDigest, now]);
  if (invite === undefined) {
    throw new FoundryError("member.invite", {
      message: "This link is not valid any more: it was used already, or its time ran out.",
      hint: "Ask an owner of the lab for a new invite, or start the server again for a new sign-in link.",
    });
  }
  if (name === undefined || name.trim() === "") {
    throw new FoundryError("member.invite", {
      message: "Joining by an invite needs your name.",
      hint: "Enter the name others in the lab shall see.",
      details: { needsName: true },
    });
  }
  const member = await addMember(tx, name.trim(), invite.role);
  await tx.sql.query(text.useInvite, [invite.id, now, member.id]);
  return member;
}

/** Member of a session that is not too old, else null. Remembers the visit. */
export async function sessionMember(store: Store, session: string): Promise<Member | null> {
  const digest = sha256(session);
  const [row] = await store.sql.query<Member & { seenAt: string }>(text.selectSession, [
    digest,
    after(store, -sessionIdleMsMax),
    after(store, -sessionMsMax),
  ]);
  if (row === undefined) return null;
  const { seenAt, ...member } = row;
  if (store.clock.now() - Date.parse(seenAt) > touchEveryMs) {
    await store.sql.query(text.touchSession, [digest, isoTime(store.clock)]);
  }
  return member;
}

export async function endSession(store: Store, session: string): Promise<void> {
  await store.sql.query(text.deleteSession, [sha256(session)]);
}

/** The token is returned once and cannot be read again. Valid for seven days. */
export async function createInvite(
  store: Store,
  actor: Agent,
  invite: { readonly role: Role; readonly note?: string | undefined },
): Promise<{ readonly invite: Invite; readonly token: string }> {
  const token = randomToken();
  const id = store.ids.next();
  const values = [
    id,
    sha256(token),
    invite.role,
    invite.note ?? "",
    actor.id,
    isoTime(store.clock),
    after(store, inviteMsMax),
  ];
  return inTransaction(store, async (tx) => {
    const [row] = await tx.sql.query<Invite>(text.insertInvite, values);
    await appendEvent(tx, actor, {
      verb: "invite.created",
      entity: "invite",
      entityId: id,
      details: { role: invite.role },
    });
    return { invite: row as Invite, token };
  });
}

/** Newest first, used and expired ones included. */
export async function listInvites(store: Store): Promise<Invite[]> {
  return store.sql.query<Invite>(text.selectInvites);
}

/** Takes back an invite that nobody used. @throws FoundryError `request.notFound`. */
export async function deleteInvite(store: Store, actor: Agent, inviteId: string): Promise<void> {
  await inTransaction(store, async (tx) => {
    const [row] = await tx.sql.query(text.deleteInvite, [inviteId]);
    if (row === undefined) {
      throw new FoundryError("request.notFound", { message: "There is no open invite of this id." });
    }
    await appendEvent(tx, actor, { verb: "invite.deleted", entity: "invite", entityId: inviteId });
  });
}

/** The token is returned once and cannot be read again. */
export async function createApiToken(
  store: Store,
  actor: Agent,
  token: { readonly memberId: string; readonly name: string; readonly scope: TokenScope },
): Promise<{ readonly apiToken: ApiToken; readonly token: string }> {
  const secret = apiTokenPrefix + randomToken();
  const id = store.ids.next();
  const values = [id, sha256(secret), token.memberId, token.name, token.scope, isoTime(store.clock)];
  return inTransaction(store, async (tx) => {
    const [row] = await tx.sql.query<ApiToken>(text.insertApiToken, values);
    await appendEvent(tx, actor, {
      verb: "token.created",
      entity: "token",
      entityId: id,
      details: { scope: token.scope },
    });
    return { apiToken: row as ApiToken, token: secret };
  });
}

/** Tokens of a member that are not revoked. */
export async function listApiTokens(store: Store, memberId: string): Promise<ApiToken[]> {
  return store.sql.query<ApiToken>(text.selectApiTokens, [memberId]);
}

/** @throws FoundryError `request.notFound` when the member has no such token. */
export async function revokeApiToken(
  store: Store,
  actor: Agent,
  memberId: string,
  tokenId: string,
): Promise<void> {
  await inTransaction(store, async (tx) => {
    const [row] = await tx.sql.query(text.revokeApiToken, [tokenId, memberId, isoTime(tx.clock)]);
    if (row === undefined)
      throw new FoundryError("request.notFound", { message: "There is no such API token." });
    await appendEvent(tx, actor, { verb: "token.revoked", entity: "token", entityId: tokenId });
  });
}

/** Member and scope of an API token that is neither revoked nor of a suspended member, else null. */
export async function apiTokenMember(
  store: Store,
  token: string,
): Promise<{ readonly member: Member; readonly scope: TokenScope } | null> {
  const digest = sha256(token);
  const [row] = await store.sql.query<Member & { scope: TokenScope; lastUsedAt: string | null }>(
    text.selectTokenMember,
    [digest],
  );
  if (row === undefined) return null;
  const { scope, lastUsedAt, ...member } = row;
  if (lastUsedAt === null || store.clock.now() - Date.parse(lastUsedAt) > touchEveryMs) {
    await store.sql.query(text.touchApiToken, [digest, isoTime(store.clock)]);
  }
  return { member, scope };
}
