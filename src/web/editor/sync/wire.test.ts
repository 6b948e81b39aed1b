import { expect, test } from "vitest";
import { wireEditSchema } from "#api/index.ts";
import type { EditOperation } from "#core/edits/index.ts";
import { base64ToBytes, bytesToBase64, operationFromWire, operationToWire } from "./wire.ts";

test("base64 is Node's base64, for every length up to 40 and for more bytes than a call takes", () => {
  for (const length of [...Array.from({ length: 41 }, (_, i) => i), 100_003]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) % 256);
    const text = Buffer.from(bytes).toString("base64");
    expect(bytesToBase64(bytes)).toBe(text);
    expect(base64ToBytes(text)).toEqual(bytes);
  }
});

test("an operation comes back as it went, and passes the server's schema", () => {
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
  const wire = operationToWire(operation);
  expect(wireEditSchema.parse(wire)).toEqual(wire);
  expect(wire.changes[0]?.before?.bits).toBe("tg==");
  expect(operationFromWire(wire)).toEqual(operation);
  expect("undoes" in operationToWire({ ...operation, kind: "draw", undoes: undefined } as never)).toBe(false);
});
