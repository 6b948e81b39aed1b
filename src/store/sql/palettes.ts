/** Channel palettes of a project. */

export const selectPalettes = `
SELECT id, project_id AS "projectId", name, channels
FROM channel_palette WHERE project_id = $1 ORDER BY lower(name), id`;

export const selectPalette = `SELECT id, project_id AS "projectId" FROM channel_palette WHERE id = $1`;

/** The same name again replaces its channels. */
export const upsertPalette = `
INSERT INTO channel_palette (id, project_id, name, channels, author_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (project_id, name) DO UPDATE SET channels = excluded.channels
RETURNING id, project_id AS "projectId", name, channels`;

export const deletePalette = `DELETE FROM channel_palette WHERE id = $1`;
