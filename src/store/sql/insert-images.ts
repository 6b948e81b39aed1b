/**
 * Statements that write many images at once: a fixed number of them, however many images and objects there are.
 *
 * Lists travel as arrays, one per column. Rows that other transactions may also bring (blobs, images, shapes, nodes)
 * are sorted by their digest, so that two imports take their locks in one order.
 */

export const insertBlobs = `
INSERT INTO blob (digest, bytes, created_at)
SELECT n.digest, n.bytes, $3 FROM unnest($1::text[], $2::bigint[]) AS n (digest, bytes) ORDER BY n.digest
ON CONFLICT DO NOTHING`;

/** One JSON list, because rows are wide and few. Pixels that the project holds already give no row. */
export const insertImages = `
INSERT INTO image (id, project_id, source_id, name, array_digest, axes, shape, dtype, height, width, mpp_y, mpp_x,
  mpp_reason, group_key, group_level, group_rule, group_known, metadata, status, cell_count, import_id, import_path,
  created_by, created_at)
SELECT n.id, n.project_id, n.source_id, n.name, n.array_digest, n.axes, n.shape, n.dtype, n.height, n.width, n.mpp_y,
  n.mpp_x, n.mpp_reason, n.group_key, n.group_level, n.group_rule, n.group_known, n.metadata, n.status, n.cell_count,
  n.import_id, n.import_path, $2, $3
FROM jsonb_to_recordset($1::jsonb) AS n (id text, project_id text, source_id text, name text, array_digest text,
  axes text, shape integer[], dtype text, height integer, width integer, mpp_y double precision,
  mpp_x double precision, mpp_reason text, group_key text, group_level text, group_rule text, group_known boolean,
  metadata jsonb, status text, cell_count integer, import_id text, import_path text)
ORDER BY n.array_digest
ON CONFLICT (project_id, array_digest) WHERE trashed_at IS NULL DO NOTHING
RETURNING id`;
export const selectImagesByDigest = `
SELECT id, name, array_digest AS "arrayDigest", import_id AS "importId" FROM image
WHERE project_id = $1 AND array_digest = ANY($2) AND trashed_at IS NULL`;

export const insertChannels = `
INSERT INTO channel (image_id, index, name, role)
SELECT * FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[])`;

export const insertLayers = `
INSERT INTO layer (id, image_id, compartment, name, truth, coverage, status, seq, next_label, object_count, head_seq,
  region_digest, overlap_allowed, created_by, created_at)
SELECT n.id, n.image_id, n.compartment, n.name, n.truth, n.coverage, n.status, n.seq, n.object_count + 1,
  n.object_count, n.seq, n.region_digest, n.overlap_allowed, $9, $10
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[],
  $11::integer[], $12::text[], $13::boolean[])
  AS n (id, image_id, compartment, name, truth, coverage, status, object_count, seq, region_digest, overlap_allowed)`;
export const setHeads = `
UPDATE layer SET head_revision_id = n.revision_id FROM unnest($1::text[], $2::text[]) AS n (id, revision_id)
WHERE layer.id = n.id`;

/** Digests ($1) and shapes ($2) lie joined, each in one parameter; each row cuts out its own. */
export const insertShapes = `
INSERT INTO object_shape (digest, bytes)
SELECT substring($1::bytea FROM 32 * n.i::integer - 31 FOR 32) AS digest,
  substring($2::bytea FROM n.start + 1 FOR n.length)
FROM unnest($3::integer[], $4::integer[]) WITH ORDINALITY AS n (start, length, i) ORDER BY digest
ON CONFLICT DO NOTHING`;

/**
 * All born in edit 1 of their layer. $1 layers, $2 the number of the layer of each object; digests lie joined in $4.
 * Numbers that stand for "not said" are 0.
 */
export const insertObjects = `
INSERT INTO object (layer_id, uid, label, digest, t, z, y0, x0, y1, x1, source_label, manual, cell_type, touched,
  seq, agent_id, kind)
SELECT ($1::text[])[n.layer], n.uid, n.label, substring($4::bytea FROM 32 * n.i::integer - 31 FOR 32),
  n.t, n.z, n.y0, n.x0, n.y1, n.x1, nullif(n.source_label, 0),
  CASE n.manual WHEN 1 THEN false WHEN 2 THEN true END, ($14::text[])[n.i], ($15::boolean[])[n.layer], 1, $16, 'import'
FROM unnest($2::integer[], $3::text[], $5::integer[], $6::integer[], $7::integer[], $8::integer[], $9::integer[],
  $10::integer[], $11::integer[], $12::integer[], $13::integer[]) WITH ORDINALITY
  AS n (layer, uid, label, t, z, y0, x0, y1, x1, source_label, manual, i)`;

export const insertBirths = `
INSERT INTO edit (layer_id, seq, operation_id, kind, tool, ms_spent, born_root, agent_id, at)
SELECT n.layer_id, 1, n.operation_id, 'import', 'import', 0, n.root, $4, $5
FROM unnest($1::text[], $2::text[], $3::bytea[]) AS n (layer_id, operation_id, root)`;

export const insertRevisions = `
INSERT INTO layer_revision (id, layer_id, number, parent_id, root, seq, object_count, added, removed, reshaped,
  message, accepted, coverage, region_digest, agent_id, created_at, types_digest, cell_terms)
SELECT n.id, n.layer_id, 1, NULL, n.root, n.seq, n.object_count, n.object_count, 0, 0, n.message, n.accepted,
  l.coverage, l.region_digest, $8, $9, n.types_digest,
  CASE WHEN jsonb_typeof($11::jsonb->(n.i::integer - 1)) = 'array'
    THEN ARRAY(SELECT jsonb_array_elements_text($11::jsonb->(n.i::integer - 1))) END
FROM unnest($1::text[], $2::text[], $3::bytea[], $4::integer[], $5::text[], $6::boolean[], $7::integer[], $10::text[])
  WITH ORDINALITY AS n (id, layer_id, root, object_count, message, accepted, seq, types_digest, i) JOIN layer l ON l.id = n.layer_id`;

export const insertLinks = `
INSERT INTO link (layer_id, from_uid, to_uid, kind, agent_id)
SELECT n.*, $5 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS n`;

export const insertEvents = `
INSERT INTO event (agent_id, verb, entity, entity_id, details, at)
SELECT $1, 'image.imported', 'image', n.id, n.details, $4 FROM unnest($2::text[], $3::jsonb[]) AS n (id, details)`;
