/**
 * Imports as records: which files, by digest, became which images, by what rules; and what a source tells of objects
 * besides their pixels: its own number for them, a word for their type, whether a person drew them, and links in time.
 *
 * An import is immutable: it is what a dataset card and a citation rest on, so the database itself refuses changes.
 */

export const importsAndLinks = `
CREATE TABLE import (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  -- The job that did it; a job tried again after a crash goes on with the same import.
  job_id text UNIQUE REFERENCES job (id),
  title text NOT NULL,
  format text NOT NULL,
  licence text NOT NULL,
  -- What the person chose and answered.
  options jsonb NOT NULL,
  program text NOT NULL,
  agent_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL
);
CREATE INDEX import_project ON import (project_id, id);

CREATE TABLE import_file (
  import_id text NOT NULL REFERENCES import (id),
  path text NOT NULL,
  bytes bigint NOT NULL CHECK (bytes >= 0),
  digest raw_digest NOT NULL,
  PRIMARY KEY (import_id, path)
);
CREATE INDEX import_file_digest ON import_file (digest);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % never change', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER import_immutable BEFORE UPDATE OR DELETE ON import
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER import_file_immutable BEFORE UPDATE OR DELETE ON import_file
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE image
  ADD COLUMN import_id text REFERENCES import (id),
  -- The file in the import, for people and for provenance.
  ADD COLUMN import_path text,
  -- What images of the group share, from the narrowest to the widest; null when nobody said.
  ADD COLUMN group_level text
    CHECK (group_level IN ('field', 'movie', 'well', 'slide', 'specimen', 'donor', 'source')),
  -- How the group was found, in words.
  ADD COLUMN group_rule text,
  -- False when nothing tells which images belong together and the whole import is one group for safety.
  ADD COLUMN group_known boolean NOT NULL DEFAULT true;
CREATE INDEX image_import ON image (import_id, name) WHERE import_id IS NOT NULL;

ALTER TABLE object
  -- Number of the object in the label image or list it came from.
  ADD COLUMN source_label integer,
  -- Raw word of the source for its type.
  ADD COLUMN cell_type text,
  -- Whether a person drew it, when the source says.
  ADD COLUMN manual boolean;

-- Objects under a tree that were all born in this edit: an import needs no row per object in the log.
ALTER TABLE edit ADD COLUMN born_root raw_digest REFERENCES revision_node (digest);

CREATE TABLE link (
  layer_id text NOT NULL,
  from_uid text NOT NULL,
  to_uid text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('link', 'division')),
  agent_id text NOT NULL REFERENCES agent (id),
  PRIMARY KEY (layer_id, from_uid, to_uid),
  FOREIGN KEY (layer_id, from_uid) REFERENCES object (layer_id, uid),
  FOREIGN KEY (layer_id, to_uid) REFERENCES object (layer_id, uid),
  CHECK (from_uid <> to_uid)
);
-- One parent.
CREATE UNIQUE INDEX link_one_parent ON link (layer_id, to_uid);
`;
