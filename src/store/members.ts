/**
 * People: members, sign-in and invite tokens, sessions, API tokens. Only digests of tokens are stored.
 */

import type { Store } from "./store.ts";
import type { Agent, AgentKind, ApiToken, Invite, Lab, Member, Role, TokenScope } from "./types.ts";

export async function ensureLab(_store: Store, _name?: string): Promise<Lab> {
  return notYet();
}

/** The first owner; created when there is none. */
export async function ensureOwner(_store: Store, _name?: string): Promise<Member> {
  return notYet();
}

/** Token that signs in the given member (default: the first owner). */
export async function createSignInToken(
  _store: Store,
  _options?: { readonly memberId?: string; readonly oneTime?: boolean; readonly minutes?: number },
): Promise<string> {
  return notYet();
}

/** Signs in by a sign-in token, or joins by an invite (which needs a name). */
export async function redeemToken(
  _store: Store,
  _token: string,
  _name?: string,
): Promise<{ readonly member: Member; readonly session: string }> {
  return notYet();
}

export async function sessionMember(_store: Store, _session: string): Promise<Member | null> {
  return notYet();
}

export async function endSession(_store: Store, _session: string): Promise<void> {
  return notYet();
}

export async function listMembers(_store: Store): Promise<Member[]> {
  return notYet();
}

export async function updateMember(
  _store: Store,
  _actor: Agent,
  _memberId: string,
  _changes: { readonly name?: string; readonly role?: Role; readonly suspended?: boolean },
): Promise<Member> {
  return notYet();
}

export async function createInvite(
  _store: Store,
  _actor: Agent,
  _invite: { readonly role: Role; readonly note?: string },
): Promise<{ readonly invite: Invite; readonly token: string }> {
  return notYet();
}

export async function listInvites(_store: Store): Promise<Invite[]> {
  return notYet();
}

export async function deleteInvite(_store: Store, _actor: Agent, _inviteId: string): Promise<void> {
  return notYet();
}

export async function createApiToken(
  _store: Store,
  _actor: Agent,
  _token: { readonly memberId: string; readonly name: string; readonly scope: TokenScope },
): Promise<{ readonly apiToken: ApiToken; readonly token: string }> {
  return notYet();
}

export async function listApiTokens(_store: Store, _memberId: string): Promise<ApiToken[]> {
  return notYet();
}

export async function revokeApiToken(
  _store: Store,
  _actor: Agent,
  _memberId: string,
  _tokenId: string,
): Promise<void> {
  return notYet();
}

export async function apiTokenMember(
  _store: Store,
  _token: string,
): Promise<{ readonly member: Member; readonly scope: TokenScope } | null> {
  return notYet();
}

export function agentOf(_member: Member): Agent {
  return notYet();
}

/** The agent of that kind and name, made when it is new. */
export async function ensureAgent(
  _store: Store,
  _kind: Exclude<AgentKind, "person">,
  _name: string,
): Promise<Agent> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
