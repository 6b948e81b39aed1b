/**
 * Whether cells of a layer may share pixels. Said when the layer is made and never changed: what its revisions, branches and
 * frozen items hold was drawn under that rule. All layers from before keep their cells apart.
 */

export const overlappingCells = `
ALTER TABLE layer ADD COLUMN overlap_allowed boolean NOT NULL DEFAULT false;

CREATE FUNCTION layer_overlap_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'whether cells of a layer may overlap is said when it is made';
END $$;
CREATE TRIGGER layer_overlap BEFORE UPDATE OF overlap_allowed ON layer FOR EACH ROW
  WHEN (OLD.overlap_allowed <> NEW.overlap_allowed) EXECUTE FUNCTION layer_overlap_kept();
`;
