import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

describe("canonicalJson", () => {
  test("sorts keys at every depth, by code unit, without spaces", () => {
    expect(canonicalJson({ b: [1, { d: null, c: true }], a: "x", B: 1, ä: 2 })).toBe(
      '{"B":1,"a":"x","b":[1,{"c":true,"d":null}],"ä":2}',
    );
  });
  test("numbers as RFC 8785 prints them", () => {
    expect(canonicalJson([1e21, 1e-7, 0.1, -0, 1e9 / 3, 4.5, 2e-3])).toBe(
      "[1e+21,1e-7,0.1,0,333333333.3333333,4.5,0.002]",
    );
  });
  test("undefined members are left out", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });
  test.each([
    ["NaN", { a: Number.NaN }, /at \$\.a/],
    ["infinity", [1, Infinity], /at \$\[1\]/],
    ["undefined in a list", [undefined], /at \$\[0\]/],
    ["a date", { at: new Date(0) }, /at \$\.at/],
    ["bytes", new Uint8Array(2), /at \$/],
    ["a map", new Map(), /at \$/],
    ["a big integer", 1n, /at \$/],
    ["half a character", "\ud800", /lone surrogate/],
  ])("refuses %s", (_, value, message) => {
    expect(() => canonicalJson(value)).toThrow(message);
  });
  test("a cycle ends in a clear error", () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(() => canonicalJson(loop)).toThrow(/nests deeper than 64/);
  });
  test("law: parses back to the same value, and the order of keys does not matter", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        fc.pre(JSON.stringify(value).isWellFormed() && !JSON.stringify(value).includes("__proto__"));
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
      { numRuns: 200 },
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
