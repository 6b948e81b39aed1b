/** Statements about events and the agents behind them. */

/** An agent as a JSON value, from a table with the given alias. */
export const agentJson = (alias: string): string =>
  `json_build_object('id', ${alias}.id, 'kind', ${alias}.kind, 'name', ${alias}.name)`;

export const insertEvent = `
INSERT INTO event (agent_id, verb, entity, entity_id, details, at) VALUES ($1, $2, $3, $4, $5, $6)`;

export const selectEvents = `
SELECT e.seq, ${agentJson("a")} AS agent, e.verb, e.entity, e.entity_id AS "entityId", e.details, e.at
FROM event e JOIN agent a ON a.id = e.agent_id
WHERE e.seq > $1 ORDER BY e.seq LIMIT $2`;

export const insertAgent = `
INSERT INTO agent (id, kind, name, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (kind, name) WHERE kind <> 'person' DO NOTHING`;

export const insertPersonAgent = `INSERT INTO agent (id, kind, name, created_at) VALUES ($1, 'person', $2, $3)`;

export const selectAgent = `SELECT id, kind, name FROM agent WHERE kind = $1 AND name = $2`;
export const selectAgents = `SELECT id, kind, name FROM agent WHERE id = ANY($1)`;
export const renameAgent = `UPDATE agent SET name = $2 WHERE id = $1`;
