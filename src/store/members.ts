/** People of the lab: members and their roles. How they sign in stands in `sessions.ts`. */

import { assert, FoundryError } from "#core/errors.ts";
import { isoTime } from "#platform/index.ts";
import { appendEvent } from "./events.ts";
import * as agentText from "./sql/events.ts";
import * as text from "./sql/members.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, Lab, Member, Role } from "./types.ts";

/** The lab of this data folder, made with the given name when there is none yet. */
export async function ensureLab(store: Store, name = "My lab"): Promise<Lab> {
  await store.sql.query(text.insertLab, [name, isoTime(store.clock)]);
  const [lab] = await store.sql.query<Lab>(text.selectLab);
  assert(lab !== undefined, "the lab just written can be read");
  return lab;
}

/** The first owner who is not suspended; made when there is none. */
export async function ensureOwner(store: Store, name = "Owner"): Promise<Member> {
  const [present] = await store.sql.query<Member>(text.selectFirstOwner);
  if (present !== undefined) return present;
  return inTransaction(store, async (tx) => {
    await tx.sql.query(text.lockMembers);
    const [found] = await tx.sql.query<Member>(text.selectFirstOwner);
    return found ?? addMember(tx, name, "owner");
  });
}

/** Writes a new member; call within a transaction. */
export async function addMember(tx: Store, name: string, role: Role): Promise<Member> {
  const id = tx.ids.next();
  const now = isoTime(tx.clock);
  await tx.sql.query(agentText.insertPersonAgent, [id, name, now]);
  await tx.sql.query(text.insertMember, [id, role, now]);
  const actor: Agent = { id, kind: "person", name };
  await appendEvent(tx, actor, { verb: "member.joined", entity: "member", entityId: id, details: { role } });
  return getMember(tx, id);
}

/** @throws FoundryError `request.notFound`. */
export async function getMember(store: Store, memberId: string): Promise<Member> {
  const [member] = await store.sql.query<Member>(text.selectMember, [memberId]);
  if (member === undefined) {
    throw new FoundryError("request.notFound", {
      message: "There is no such member.",
      details: { memberId },
    });
  }
  return member;
}

/** In order of joining. */
export async function listMembers(store: Store): Promise<Member[]> {
  return store.sql.query<Member>(text.selectMembers);
}

/**
 * Changes name, role or suspension; suspending ends all sessions.
 *
 * @throws FoundryError `policy.denied` when the lab would be left without an owner; `request.notFound`.
 */
export async function updateMember(
  store: Store,
  actor: Agent,
  memberId: string,
  changes: {
    readonly name?: string | undefined;
    readonly role?: Role | undefined;
    readonly suspended?: boolean | undefined;
  },
): Promise<Member> {
  return inTransaction(store, async (tx) => {
    await tx.sql.query(text.lockMembers);
    const before = await getMember(tx, memberId);
    const role = changes.role ?? before.role;
    const suspended = changes.suspended ?? before.suspended;
    await tx.sql.query(text.updateMember, [memberId, role, suspended]);
    const [owners] = await tx.sql.query<{ count: number }>(text.countOwners);
    if (owners?.count === 0) {
      throw new FoundryError("policy.denied", {
        message: "The lab needs at least one owner who is not suspended.",
        hint: "Make someone else an owner first.",
      });
    }
    if (changes.name !== undefined) await tx.sql.query(agentText.renameAgent, [memberId, changes.name]);
    if (suspended) await tx.sql.query(text.deleteMemberSessions, [memberId]);
    await appendEvent(tx, actor, {
      verb: "member.changed",
      entity: "member",
      entityId: memberId,
      details: { role, suspended },
    });
    return getMember(tx, memberId);
  });
}
