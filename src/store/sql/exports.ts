/** Statements about exports: what they read of images and layers, and the rows of finished ones. */

import { agentJson } from "./events.ts";

/** Images by id, with channels and source. */
export const selectExportImages = `
SELECT i.id, i.name, i.axes, i.shape, i.dtype, i.array_digest AS "arrayDigest", i.mpp_y AS "mppY", i.mpp_x AS "mppX",
  i.group_key AS "group", i.metadata, i.terms, i.buckets,
  json_build_object('title', s.title, 'licence', s.licence, 'url', s.url) AS source,
  coalesce((SELECT json_agg(json_build_object('name', c.name, 'role', c.role) ORDER BY c.index)
    FROM channel c WHERE c.image_id = i.id), '[]') AS channels
FROM image i JOIN source s ON s.id = i.source_id WHERE i.id = ANY($1)`;

/**
 * Newest accepted revision of each layer that is no branch, made before $2 (null: whenever). A version's own revision is
 * newer than none of them, because it was chosen by the same rule.
 */
export const selectExportLayers = `
SELECT DISTINCT ON (l.id) l.id AS "layerId", l.image_id AS "imageId", l.compartment, l.name, l.truth, l.overlap_allowed AS "overlapAllowed", r.coverage,
  r.region_digest AS "regionDigest", r.id AS "revisionId", encode(r.root, 'hex') AS root
FROM layer l JOIN layer_revision r ON r.layer_id = l.id AND r.accepted
WHERE l.image_id = ANY($1) AND l.branch_of IS NULL AND ($2::timestamptz IS NULL OR r.created_at <= $2)
ORDER BY l.id, r.number DESC`;

export const selectLayersOfRevisions = `
SELECT r.id AS "revisionId", r.layer_id AS "layerId", encode(r.root, 'hex') AS root, r.coverage,
  r.region_digest AS "regionDigest"
FROM layer_revision r WHERE r.id = ANY($1)`;

export const selectSourcesOfImages = `
SELECT s.title, s.licence, s.url, count(*) AS images FROM image i JOIN source s ON s.id = i.source_id
WHERE i.id = ANY($1) GROUP BY s.id ORDER BY s.title, s.id`;

export const selectExtentOfImages = `
SELECT coalesce(max(c.index) + 1, 0) AS channels,
  (SELECT max(created_at) FROM image WHERE id = ANY($1)) AS "newestAt"
FROM channel c WHERE c.image_id = ANY($1)`;

/** Names that several images of a version bear. */
export const selectSharedNamesOfVersion = `
SELECT name FROM dataset_item WHERE dataset_version_id = $1 GROUP BY name HAVING count(*) > 1`;
export const selectSharedNames = `
SELECT name FROM image WHERE id = ANY($1) GROUP BY name HAVING count(*) > 1`;

export const selectChannelsOfVersion = `
SELECT coalesce(max(c.index) + 1, 0) AS channels
FROM dataset_item d JOIN channel c ON c.image_id = d.image_id WHERE d.dataset_version_id = $1`;

export const insertExport = `
INSERT INTO export (id, project_id, job_id, dataset_version_id, title, format, bytes, file_count, image_count,
  cell_count, digest, agent_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`;

const exportQuery = (where: string): string => `
SELECT e.id, e.project_id AS "projectId", e.job_id AS "jobId", e.dataset_version_id AS "datasetVersionId", e.title,
  e.format, e.bytes, e.file_count AS "fileCount", e.image_count AS "imageCount", e.cell_count AS "cellCount", e.digest,
  ${agentJson("a")} AS agent, e.created_at AS "createdAt"
FROM export e JOIN agent a ON a.id = e.agent_id WHERE ${where} ORDER BY e.id DESC`;

export const selectExport = exportQuery("e.id = $1");
export const selectExportsOfProject = exportQuery("e.project_id = $1");
export const selectAllExports = exportQuery("true");
export const deleteExport = `DELETE FROM export WHERE id = $1`;
