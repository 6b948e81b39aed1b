/**
 * Catalogue: terms beside raw words, facets that stay quick at a million images, saved queries, bulk edits.
 *
 * An image's metadata stays the raw words. Every distinct word of a facet field is one row of `facet_word` with the
 * term it stands for, so that a word is understood once for all images that use it. Images with the same words and
 * status share a `facet_combination`; `facet_count` counts images and cells per combination as signed additions that
 * nobody has to lock, folded together now and then. Triggers keep all of it true in the transaction of the change,
 * whoever writes the image.
 */

/** "cell" and 3 in ASCII; see `lockMigrations` for the other number. */
export const meaningsLock = 0x63656c33;

export const catalogueSchema = `
ALTER TABLE image ADD COLUMN terms jsonb NOT NULL DEFAULT '{}';
-- Training buckets by field: those of the terms, and over them what a person chose.
ALTER TABLE image ADD COLUMN buckets jsonb NOT NULL DEFAULT '{}';
ALTER TABLE image ADD COLUMN bucket_choices jsonb NOT NULL DEFAULT '{}';
-- Ids of facet_word of the metadata, ascending; kept by a trigger, so that a change of status need not read words.
ALTER TABLE image ADD COLUMN words integer[] NOT NULL DEFAULT '{}';
CREATE INDEX image_name ON image (project_id, lower(left(name, 200)), id);

-- Terms -------------------------------------------------------------------------------------------------------------

-- Installed releases and terms of the lab; the shipped vocabulary is part of the program and not in here.
CREATE TABLE term (
  curie text PRIMARY KEY,
  -- The term as core/ontology has it.
  body jsonb NOT NULL,
  is_local boolean NOT NULL,
  created_by text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL,
  CHECK (NOT is_local OR jsonb_array_length(body->'parents') > 0)
);

-- Raised with every change of terms, so that a process knows when what it has read is old.
CREATE TABLE vocabulary_state (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  version integer NOT NULL
);
INSERT INTO vocabulary_state (version) VALUES (0);

-- Facets ------------------------------------------------------------------------------------------------------------

CREATE FUNCTION facet_fields() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ARRAY['kind', 'organ', 'cellType', 'cellLine', 'species', 'disease', 'sex', 'modality', 'platform',
    'perturbation', 'preparation', 'stage', 'compartment']
$$;

CREATE TABLE facet_word (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  field text NOT NULL,
  word text NOT NULL,
  curie text,
  bucket text,
  -- new: nobody has looked it up yet; chosen: a person said what it means; plain: the field has no vocabulary.
  state text NOT NULL CHECK (state IN ('new', 'known', 'chosen', 'ambiguous', 'unknown', 'plain')),
  CHECK ((curie IS NOT NULL) = (state IN ('known', 'chosen')))
);
-- A word may be longer than an index entry can be.
CREATE UNIQUE INDEX facet_word_once ON facet_word (project_id, field, hashtextextended(word, 0));
CREATE INDEX facet_word_new ON facet_word (project_id) WHERE state = 'new';

CREATE TABLE facet_combination (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  status text NOT NULL,
  -- Ids of facet_word, ascending.
  words integer[] NOT NULL,
  fields jsonb NOT NULL,
  terms jsonb NOT NULL,
  buckets jsonb NOT NULL,
  -- True until the images of the combination have its terms too.
  stale boolean NOT NULL DEFAULT false,
  UNIQUE (project_id, status, words)
);
CREATE INDEX facet_combination_words ON facet_combination USING gin (words);
CREATE INDEX facet_combination_stale ON facet_combination (id) WHERE stale;

CREATE TABLE facet_count (
  combination_id integer NOT NULL REFERENCES facet_combination (id),
  images integer NOT NULL,
  cells bigint NOT NULL
);
CREATE INDEX facet_count_combination ON facet_count (combination_id);

-- Groups by number, with their role where group_split gives one.
CREATE TABLE image_group (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  key text NOT NULL,
  role text,
  UNIQUE (project_id, key)
);

CREATE FUNCTION group_roles_set() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE image_group g SET role = n.role FROM new_roles n WHERE g.project_id = n.project_id AND g.key = n.group_key;
  RETURN NULL;
END $$;
CREATE TRIGGER group_roles_insert AFTER INSERT ON group_split REFERENCING NEW TABLE AS new_roles
  FOR EACH STATEMENT EXECUTE FUNCTION group_roles_set();
CREATE TRIGGER group_roles_update AFTER UPDATE ON group_split REFERENCING NEW TABLE AS new_roles
  FOR EACH STATEMENT EXECUTE FUNCTION group_roles_set();
CREATE FUNCTION group_roles_cleared() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE image_group g SET role = NULL FROM old_roles o WHERE g.project_id = o.project_id AND g.key = o.group_key;
  RETURN NULL;
END $$;
CREATE TRIGGER group_roles_delete AFTER DELETE ON group_split REFERENCING OLD TABLE AS old_roles
  FOR EACH STATEMENT EXECUTE FUNCTION group_roles_cleared();

-- Images that are not in the trash, narrow, for ranges, order and counts.
CREATE TABLE catalogue (
  image_id text PRIMARY KEY REFERENCES image (id),
  project_id text NOT NULL REFERENCES project (id),
  combination_id integer NOT NULL REFERENCES facet_combination (id),
  group_id integer NOT NULL REFERENCES image_group (id),
  cells integer NOT NULL,
  height integer NOT NULL,
  width integer NOT NULL,
  mpp double precision,
  imported date NOT NULL
) WITH (fillfactor = 90);
CREATE INDEX catalogue_project ON catalogue (project_id, image_id);
CREATE INDEX catalogue_combination ON catalogue (combination_id, image_id);
CREATE INDEX catalogue_cells ON catalogue (project_id, cells, image_id);
CREATE INDEX catalogue_mpp ON catalogue (project_id, coalesce(mpp, 0), image_id);
CREATE INDEX catalogue_group ON catalogue (group_id);

-- Lower-case name and metadata values, for free text; apart, because the row of an image changes with every edit.
CREATE TABLE image_text (
  image_id text PRIMARY KEY REFERENCES image (id),
  body text NOT NULL
);
-- Without the extension free text reads every row, which is slower and gives the same answer.
DO $$
DECLARE home text;
BEGIN
  BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
  EXCEPTION WHEN OTHERS THEN NULL;
  END;
  SELECT n.nspname INTO home FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
  WHERE e.extname = 'pg_trgm';
  IF home IS NOT NULL THEN
    EXECUTE format('CREATE INDEX image_text_body ON image_text USING gin (body %I.gin_trgm_ops)', home);
  END IF;
END $$;

-- Held by every transaction that reads what words mean in order to write it down; who changes a meaning waits for them.
CREATE FUNCTION hold_meanings() RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock_shared(${meaningsLock})
$$;

-- Looks up the words of an image's metadata, and writes down those that are new.
CREATE FUNCTION image_words_fill() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted integer;
BEGIN
  PERFORM hold_meanings();
  FOR attempt IN 1..2 LOOP
    SELECT count(*), coalesce(array_agg(w.id ORDER BY w.id) FILTER (WHERE w.id IS NOT NULL), '{}'),
      coalesce(jsonb_object_agg(w.field, w.curie) FILTER (WHERE w.curie IS NOT NULL), '{}'),
      coalesce(jsonb_object_agg(w.field, w.bucket) FILTER (WHERE w.bucket IS NOT NULL), '{}') || NEW.bucket_choices
    INTO wanted, NEW.words, NEW.terms, NEW.buckets
    FROM jsonb_each_text(NEW.metadata) m LEFT JOIN facet_word w ON w.project_id = NEW.project_id
      AND w.field = m.key AND hashtextextended(w.word, 0) = hashtextextended(m.value, 0) AND w.word = m.value
    WHERE m.key = ANY(facet_fields());
    EXIT WHEN wanted = cardinality(NEW.words);
    INSERT INTO facet_word (project_id, field, word, state)
    SELECT NEW.project_id, m.key, m.value, CASE m.key WHEN 'kind' THEN 'plain' ELSE 'new' END
    FROM jsonb_each_text(NEW.metadata) m WHERE m.key = ANY(facet_fields()) ORDER BY m.key ON CONFLICT DO NOTHING;
  END LOOP;
  RETURN NEW;
END $$;
CREATE TRIGGER image_words_insert BEFORE INSERT ON image FOR EACH ROW EXECUTE FUNCTION image_words_fill();
CREATE TRIGGER image_words_update BEFORE UPDATE OF metadata, trashed_at, bucket_choices ON image
  FOR EACH ROW EXECUTE FUNCTION image_words_fill();

-- Makes the catalogue rows and counts of the given images what the images are now.
CREATE FUNCTION catalogue_refresh(ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE touched integer[];
BEGIN
  PERFORM hold_meanings();
  INSERT INTO facet_combination (project_id, status, words, fields, terms, buckets)
  SELECT n.project_id, n.status, n.words, f.fields, f.terms, f.buckets
  FROM (SELECT DISTINCT project_id, status, words FROM image WHERE id = ANY(ids) AND trashed_at IS NULL) n
  CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_object_agg(w.field, w.word), '{}') AS fields,
      coalesce(jsonb_object_agg(w.field, w.curie) FILTER (WHERE w.curie IS NOT NULL), '{}') AS terms,
      coalesce(jsonb_object_agg(w.field, w.bucket) FILTER (WHERE w.bucket IS NOT NULL), '{}') AS buckets
    FROM facet_word w WHERE w.id = ANY(n.words)
  ) f
  WHERE NOT EXISTS (
    SELECT FROM facet_combination c
    WHERE c.project_id = n.project_id AND c.status = n.status AND c.words = n.words)
  ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING;

  INSERT INTO image_group (project_id, key, role)
  SELECT n.project_id, n.group_key, s.role
  FROM (SELECT DISTINCT project_id, group_key FROM image WHERE id = ANY(ids) AND trashed_at IS NULL) n
  LEFT JOIN group_split s ON s.project_id = n.project_id AND s.group_key = n.group_key
  WHERE NOT EXISTS (SELECT FROM image_group g WHERE g.project_id = n.project_id AND g.key = n.group_key)
  ORDER BY 1, 2 ON CONFLICT DO NOTHING;

  WITH before AS MATERIALIZED (
    SELECT combination_id, cells FROM catalogue WHERE image_id = ANY(ids)
  ),
  written AS (
    INSERT INTO catalogue (image_id, project_id, combination_id, group_id, cells, height, width, mpp, imported)
    SELECT i.id, i.project_id, (
        SELECT c.id FROM facet_combination c
        WHERE c.project_id = i.project_id AND c.status = i.status AND c.words = i.words),
      (SELECT g.id FROM image_group g WHERE g.project_id = i.project_id AND g.key = i.group_key), i.cell_count, i.height, i.width, i.mpp_y, (i.created_at AT TIME ZONE 'UTC')::date
    FROM image i WHERE i.id = ANY(ids) AND i.trashed_at IS NULL ORDER BY i.id
    ON CONFLICT (image_id) DO UPDATE SET combination_id = excluded.combination_id, group_id = excluded.group_id,
      cells = excluded.cells, mpp = excluded.mpp
    RETURNING combination_id, cells
  ),
  gone AS (
    DELETE FROM catalogue k USING image i
    WHERE k.image_id = ANY(ids) AND i.id = k.image_id AND i.trashed_at IS NOT NULL
  ),
  added AS (
    INSERT INTO facet_count (combination_id, images, cells)
    SELECT d.combination_id, sum(d.images), sum(d.cells) FROM (
      SELECT combination_id, 1 AS images, cells::bigint AS cells FROM written
      UNION ALL SELECT combination_id, -1, -cells::bigint FROM before
    ) d
    GROUP BY d.combination_id HAVING sum(d.images) <> 0 OR sum(d.cells) <> 0
    RETURNING combination_id
  )
  SELECT array_agg(combination_id) INTO touched FROM added;
  PERFORM facet_count_fold(touched);
END $$;

-- Adds up the counts of combinations that have many, so that reading stays quick. What another transaction is folding
-- is left to it: no one waits.
CREATE FUNCTION facet_count_fold(combinations integer[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE crowded integer[];
BEGIN
  SELECT array_agg(combination_id) INTO crowded FROM (
    SELECT combination_id FROM facet_count WHERE combination_id = ANY(combinations)
    GROUP BY combination_id HAVING count(*) > 16
  ) c;
  IF crowded IS NULL THEN RETURN; END IF;
  WITH gone AS (
    DELETE FROM facet_count WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM facet_count WHERE combination_id = ANY(crowded) FOR UPDATE SKIP LOCKED))
    RETURNING combination_id, images, cells
  )
  INSERT INTO facet_count (combination_id, images, cells)
  SELECT combination_id, sum(images), sum(cells) FROM gone
  GROUP BY combination_id HAVING sum(images) <> 0 OR sum(cells) <> 0;
END $$;

CREATE FUNCTION image_text_refresh(ids text[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO image_text (image_id, body)
  SELECT i.id, lower(i.name) || coalesce(
    (SELECT string_agg(E'\\x1f' || lower(m.value), '' ORDER BY m.key) FROM jsonb_each_text(i.metadata) m), '')
  FROM image i WHERE i.id = ANY(ids) ORDER BY i.id
  ON CONFLICT (image_id) DO UPDATE SET body = excluded.body
$$;

CREATE FUNCTION image_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids text[] := ARRAY(SELECT id FROM new_images);
BEGIN
  PERFORM catalogue_refresh(ids);
  PERFORM image_text_refresh(ids);
  RETURN NULL;
END $$;
CREATE TRIGGER image_catalogue_insert AFTER INSERT ON image REFERENCING NEW TABLE AS new_images
  FOR EACH STATEMENT EXECUTE FUNCTION image_inserted();

-- Sets rather than a join: the plan is made once per session, perhaps for one row, and must also serve ten thousand.
CREATE FUNCTION image_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids text[];
BEGIN
  ids := ARRAY(SELECT c.id FROM (
    SELECT id, status, cell_count, group_key, mpp_y, trashed_at, metadata FROM new_images
    EXCEPT SELECT id, status, cell_count, group_key, mpp_y, trashed_at, metadata FROM old_images) c);
  IF cardinality(ids) > 0 THEN PERFORM catalogue_refresh(ids); END IF;
  ids := ARRAY(SELECT c.id FROM (
    SELECT id, name, metadata FROM new_images EXCEPT SELECT id, name, metadata FROM old_images) c);
  IF cardinality(ids) > 0 THEN PERFORM image_text_refresh(ids); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER image_catalogue_update AFTER UPDATE ON image
  REFERENCING OLD TABLE AS old_images NEW TABLE AS new_images
  FOR EACH STATEMENT EXECUTE FUNCTION image_updated();

-- Words that have come to mean another term: combinations follow at once, images by image_terms_follow.
CREATE FUNCTION facet_words_changed(ids integer[]) RETURNS void LANGUAGE sql AS $$
  UPDATE facet_combination c SET stale = true, terms = n.terms, buckets = n.buckets
  FROM facet_combination o CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_object_agg(w.field, w.curie) FILTER (WHERE w.curie IS NOT NULL), '{}') AS terms,
      coalesce(jsonb_object_agg(w.field, w.bucket) FILTER (WHERE w.bucket IS NOT NULL), '{}') AS buckets
    FROM facet_word w WHERE w.id = ANY(o.words)
  ) n
  WHERE o.words && ids AND c.id = o.id
$$;

-- Work of people on many images ------------------------------------------------------------------------------------

CREATE TABLE saved_query (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  name text NOT NULL,
  query text NOT NULL,
  search text NOT NULL,
  owner_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL,
  UNIQUE (project_id, name)
);

CREATE TABLE bulk_edit (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  kind text NOT NULL CHECK (kind IN ('set', 'trash', 'restore')),
  query text NOT NULL,
  changes jsonb NOT NULL,
  image_count integer NOT NULL DEFAULT 0,
  agent_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL,
  -- Null while it is still at work, or when it was interrupted; it can be undone all the same.
  finished_at timestamptz,
  undone_by text REFERENCES agent (id),
  undone_at timestamptz
);
CREATE INDEX bulk_edit_project ON bulk_edit (project_id, id);

-- Values of the changed fields before the edit and after it; an undo writes back only where "after" still stands.
CREATE TABLE bulk_edit_image (
  bulk_edit_id text NOT NULL REFERENCES bulk_edit (id),
  image_id text NOT NULL REFERENCES image (id),
  before jsonb NOT NULL,
  after jsonb NOT NULL,
  PRIMARY KEY (bulk_edit_id, image_id)
);

-- The part of an image that a bulk edit can change, cut down to the fields it does change.
CREATE FUNCTION image_part(i image, fields text[], bucket_fields text[], with_group boolean, with_mpp boolean)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'metadata', (SELECT coalesce(jsonb_object_agg(f, i.metadata->f), '{}') FROM unnest(fields) f),
    'buckets', (SELECT coalesce(jsonb_object_agg(f, i.bucket_choices->f), '{}') FROM unnest(bucket_fields) f))
    || CASE WHEN with_group THEN jsonb_build_object('group', i.group_key) ELSE '{}' END
    || CASE WHEN with_mpp THEN jsonb_build_object('mppY', i.mpp_y, 'mppX', i.mpp_x, 'mppReason', i.mpp_reason)
      ELSE '{}' END
$$;

-- Images that were there before.
DO $$
DECLARE page text[]; last text := '';
BEGIN
  LOOP
    page := ARRAY(SELECT id FROM image WHERE id > last ORDER BY id LIMIT 5000);
    EXIT WHEN cardinality(page) = 0;
    UPDATE image SET metadata = metadata WHERE id = ANY(page);
    PERFORM catalogue_refresh(page), image_text_refresh(page);
    last := page[cardinality(page)];
  END LOOP;
END $$;
`;
