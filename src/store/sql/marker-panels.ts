/** Statements about marker panels. */

export const selectPanel = `SELECT body FROM marker_panel WHERE project_id = $1`;
export const upsertPanel = `
INSERT INTO marker_panel (project_id, body, agent_id, changed_at) VALUES ($1, $2::jsonb, $3, $4)
ON CONFLICT (project_id) DO UPDATE SET body = excluded.body, agent_id = excluded.agent_id, changed_at = excluded.changed_at`;
