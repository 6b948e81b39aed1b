/** Agents: every write names one. A person's agent has the id of the member; the others are made by name. */

import { assert } from "#core/errors.ts";
import { isoTime } from "#platform/index.ts";
import * as text from "./sql/events.ts";
import type { Store } from "./store.ts";
import type { Agent, AgentKind, Member } from "./types.ts";

/** The agent that a member acts as. */
export function agentOf(member: Member): Agent {
  return { id: member.id, kind: "person", name: member.name };
}

/** The agent of that kind and name, made when it is new. */
export async function ensureAgent(
  store: Store,
  kind: Exclude<AgentKind, "person">,
  name: string,
): Promise<Agent> {
  const [found] = await store.sql.query<Agent>(text.selectAgent, [kind, name]);
  if (found !== undefined) return found;
  await store.sql.query(text.insertAgent, [store.ids.next(), kind, name, isoTime(store.clock)]);
  const [made] = await store.sql.query<Agent>(text.selectAgent, [kind, name]);
  assert(made !== undefined, "an agent just written can be read");
  return made;
}

/** Agents by id. */
export async function agentsById(store: Store, ids: Iterable<string>): Promise<Map<string, Agent>> {
  const rows = await store.sql.query<Agent>(text.selectAgents, [[...new Set(ids)]]);
  return new Map(rows.map((agent) => [agent.id, agent]));
}
