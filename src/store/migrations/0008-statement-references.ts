/**
 * References of the tables that grow fastest, checked once per statement instead of once per row.
 *
 * An import writes thousands of objects and files that all name a few layers, one agent and one import; a foreign key
 * asks for them again for every row and takes a third of the time of the statement. A trigger asks once for all rows of
 * a statement. The other direction: imports never change (0002), the agent of an object is held by the edit that made
 * the object, and a layer with objects refuses to go.
 */

export const statementReferences = `
CREATE FUNCTION refuse_missing(what text, missing text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'no % %', what, missing USING ERRCODE = 'foreign_key_violation';
END $$;

CREATE FUNCTION check_object_owners() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_missing('agent', n.agent_id) FROM (SELECT DISTINCT agent_id FROM new_rows) n
  WHERE NOT EXISTS (SELECT 1 FROM agent a WHERE a.id = n.agent_id);
  PERFORM refuse_missing('layer', n.layer_id) FROM (SELECT DISTINCT layer_id FROM new_rows) n
  WHERE NOT EXISTS (SELECT 1 FROM layer l WHERE l.id = n.layer_id);
  RETURN NULL;
END $$;
ALTER TABLE object DROP CONSTRAINT object_agent_id_fkey, DROP CONSTRAINT object_layer_id_fkey;
CREATE TRIGGER object_owners_insert AFTER INSERT ON object REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_object_owners();
CREATE TRIGGER object_owners_update AFTER UPDATE ON object REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_object_owners();

CREATE FUNCTION keep_layer_of_objects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM object o WHERE o.layer_id = OLD.id) THEN
    RAISE EXCEPTION 'layer % has objects', OLD.id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER layer_kept_delete BEFORE DELETE ON layer
  FOR EACH ROW EXECUTE FUNCTION keep_layer_of_objects();
CREATE TRIGGER layer_kept_update BEFORE UPDATE OF id ON layer
  FOR EACH ROW WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION keep_layer_of_objects();

CREATE FUNCTION check_file_imports() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_missing('import', n.import_id) FROM (SELECT DISTINCT import_id FROM new_rows) n
  WHERE NOT EXISTS (SELECT 1 FROM import i WHERE i.id = n.import_id);
  RETURN NULL;
END $$;
ALTER TABLE import_file DROP CONSTRAINT import_file_import_id_fkey;
CREATE TRIGGER import_file_import_insert AFTER INSERT ON import_file REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_file_imports();
`;
