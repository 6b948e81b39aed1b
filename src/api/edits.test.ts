import { expect, test } from "vitest";
import type { EditOperation } from "#core/edits/index.ts";
import { editFromWire, editToWire } from "./edits.ts";
import { wireEditSchema } from "./labels.ts";

test("an edit comes back as it went, and passes the server's schema", () => {
  const shape = { t: 0, z: 0, bbox: [1, 2, 3, 6], bits: Uint8Array.of(0b10110110) } as const;
  const operation: EditOperation = {
    operationId: "01JD0000000000000000000001",
    kind: "undo",
    tool: "undo",
    changes: [
      { uid: "01JD0000000000000000000002", before: shape, after: null },
      { uid: "01JD0000000000000000000003", before: null, after: shape },
    ],
    msSpent: 1234,
    undoes: "01JD0000000000000000000004",
  };
  const wire = editToWire(operation);
  expect(wireEditSchema.parse(wire)).toEqual(wire);
  expect(wire.changes[0]?.before?.bits).toBe("tg==");
  expect(editFromWire(wire)).toEqual(operation);
  expect("undoes" in editToWire({ ...operation, kind: "draw", undoes: undefined } as never)).toBe(false);
});
