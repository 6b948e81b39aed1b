import { describe, expect, test } from "vitest";
import { parseMetadata } from "./metadata.ts";

describe("parseMetadata", () => {
  test("trims, keeps unknown fields, drops empty ones, turns numbers into text", () => {
    expect(
      parseMetadata({
        kind: " fluorescence ",
        objective: 20,
        organ: "",
        notes: null,
        cellLine: undefined,
        fixed: true,
      }),
    ).toEqual({
      kind: "fluorescence",
      objective: "20",
      fixed: "true",
    });
  });
  test.each([
    [{ "my field": "x" }, /"my field" cannot be a field name/],
    [{ "1st": "x" }, /cannot be a field name/],
    [{ __proto__x: "x" }, /cannot be a field name/],
    [{ Split: "test" }, /"Split" is used by the program/],
    [{ kind: { a: 1 } }, /must be a text/],
    [{ kind: "x".repeat(2001) }, /longer than 2000/],
    [{ kind: "a\u0000b" }, /not text/],
    [
      Object.fromEntries(Array.from({ length: 101 }, (_, k) => [`f${k}`, "x"])),
      /100 metadata fields; got 101/,
    ],
  ])("refuses %#", (input, message) => {
    expect(() => parseMetadata(input)).toThrow(message);
    expect(() => parseMetadata(input)).toThrow(expect.objectContaining({ code: "metadata.invalid" }));
  });
});
