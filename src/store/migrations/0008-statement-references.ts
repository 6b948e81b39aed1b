/**
 * Two references of the tables that grow fastest, checked once per statement instead of once per row.
 *
 * An import writes thousands of objects and files that all name one agent and one import; a foreign key asks for it
 * again for every row and takes a third of the time of the statement. The trigger asks once for all rows of a
 * statement. The other direction needs no key: imports never change (0002), and the agent of an object is held by the
 * edit that made the object.
 */

export const statementReferences = `
CREATE FUNCTION objects_have_agents() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE missing text;
BEGIN
  SELECT n.agent_id INTO missing FROM (SELECT DISTINCT agent_id FROM new_rows) n
  WHERE NOT EXISTS (SELECT 1 FROM agent a WHERE a.id = n.agent_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'no agent %', missing USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'object_agent';
  END IF;
  RETURN NULL;
END $$;
ALTER TABLE object DROP CONSTRAINT object_agent_id_fkey;
CREATE TRIGGER object_agent_insert AFTER INSERT ON object REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION objects_have_agents();
CREATE TRIGGER object_agent_update AFTER UPDATE ON object REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION objects_have_agents();

CREATE FUNCTION files_have_imports() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE missing text;
BEGIN
  SELECT n.import_id INTO missing FROM (SELECT DISTINCT import_id FROM new_rows) n
  WHERE NOT EXISTS (SELECT 1 FROM import i WHERE i.id = n.import_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'no import %', missing USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'import_file_import';
  END IF;
  RETURN NULL;
END $$;
ALTER TABLE import_file DROP CONSTRAINT import_file_import_id_fkey;
CREATE TRIGGER import_file_import_insert AFTER INSERT ON import_file REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION files_have_imports();
`;
