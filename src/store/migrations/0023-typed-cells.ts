/**
 * Types of cells, counted per layer, so that images can be chosen by what their cells are.
 *
 * `typed_cells` follows when somebody asks: a change only marks its layer, in the transaction of the change and whoever
 * makes it. A revision keeps the terms its cells had, so that a freeze need not read the log of every layer.
 */

export const typedCells = `
-- Main layers that have, or had, a cell with types. Marked rows are counted anew by the next question.
CREATE TABLE typed_layer (
  layer_id text PRIMARY KEY REFERENCES layer (id),
  project_id text NOT NULL REFERENCES project (id),
  stale boolean NOT NULL
);
CREATE INDEX typed_layer_stale ON typed_layer (project_id) WHERE stale;

-- Living cells of a layer by the terms they bear; cells without a term are not here.
CREATE TABLE typed_cells (
  layer_id text NOT NULL REFERENCES typed_layer (layer_id),
  image_id text NOT NULL REFERENCES image (id),
  project_id text NOT NULL REFERENCES project (id),
  terms text[] NOT NULL CHECK (cardinality(terms) > 0),
  cells integer NOT NULL CHECK (cells > 0),
  PRIMARY KEY (layer_id, terms)
);
CREATE INDEX typed_cells_image ON typed_cells (image_id);
CREATE INDEX typed_cells_project ON typed_cells (project_id);
CREATE INDEX typed_cells_terms ON typed_cells USING gin (terms);

-- Terms that cells of a project bear or once bore: few, however many images there are.
CREATE TABLE cell_term (
  project_id text NOT NULL REFERENCES project (id),
  term text NOT NULL,
  PRIMARY KEY (project_id, term)
);

-- Terms of the living cells, ascending; null when none has any.
ALTER TABLE layer_revision ADD COLUMN cell_terms text[];

CREATE FUNCTION object_types_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO typed_layer (layer_id, project_id, stale)
  SELECT l.id, i.project_id, true FROM layer l JOIN image i ON i.id = l.image_id
  WHERE l.id IN (SELECT layer_id FROM written) AND l.name = '' ORDER BY l.id
  ON CONFLICT (layer_id) DO UPDATE SET stale = true;
  RETURN NULL;
END $$;
CREATE TRIGGER object_types_insert AFTER INSERT ON object_types REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION object_types_written();

-- Every edit moves a layer's number. The row is locked also when it is marked already: who counts must wait for the end
-- of this transaction, or would count without it and take the mark away.
CREATE FUNCTION typed_layer_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE typed_layer SET stale = true WHERE layer_id = NEW.id AND NOT stale;
  IF NOT FOUND THEN PERFORM FROM typed_layer WHERE layer_id = NEW.id FOR SHARE; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER layer_typed_cells AFTER UPDATE OF seq ON layer FOR EACH ROW WHEN (OLD.seq <> NEW.seq)
  EXECUTE FUNCTION typed_layer_moved();

-- Counts marked layers anew. Each statement sees what was committed while the first one waited.
CREATE FUNCTION typed_cells_settle(project text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE ids text[];
BEGIN
  PERFORM FROM typed_layer WHERE project_id = project AND stale LIMIT 1;
  IF NOT FOUND THEN RETURN; END IF;
  ids := ARRAY(SELECT layer_id FROM typed_layer WHERE project_id = project AND stale ORDER BY layer_id FOR UPDATE);
  DELETE FROM typed_cells WHERE layer_id = ANY(ids);
  INSERT INTO typed_cells (layer_id, image_id, project_id, terms, cells)
  SELECT y.layer_id, l.image_id, project, y.terms, count(*)
  FROM object_types y JOIN object o ON o.layer_id = y.layer_id AND o.uid = y.uid JOIN layer l ON l.id = y.layer_id
  WHERE y.layer_id = ANY(ids) AND o.digest IS NOT NULL AND cardinality(y.terms) > 0 GROUP BY 1, 2, 4;
  INSERT INTO cell_term (project_id, term)
  SELECT DISTINCT project, t.term FROM typed_cells c, unnest(c.terms) AS t (term) WHERE c.layer_id = ANY(ids)
  ORDER BY 2 ON CONFLICT DO NOTHING;
  UPDATE typed_layer SET stale = false WHERE layer_id = ANY(ids);
END $$;

-- What was typed before.
INSERT INTO typed_layer (layer_id, project_id, stale)
SELECT l.id, i.project_id, true FROM layer l JOIN image i ON i.id = l.image_id
WHERE l.name = '' AND EXISTS (SELECT FROM object_types y WHERE y.layer_id = l.id);
-- Of a revision only where nothing changed since; an older one is frozen without, as it would have been before.
UPDATE layer_revision r SET cell_terms = n.terms FROM (
  SELECT l.id, l.seq, array_agg(DISTINCT t.term ORDER BY t.term) AS terms
  FROM layer l JOIN object_types y ON y.layer_id = l.id
  JOIN object o ON o.layer_id = y.layer_id AND o.uid = y.uid AND o.digest IS NOT NULL, unnest(y.terms) AS t (term)
  GROUP BY l.id
) n WHERE r.layer_id = n.id AND r.seq = n.seq AND r.types_digest IS NOT NULL;
`;
