import { describe, expect, test } from "vitest";
import {
  assert,
  type ErrorCode,
  errorCodes,
  errorFromWire,
  errorToWire,
  FoundryError,
  isErrorCode,
  isFoundryError,
} from "./errors.ts";

const codes = Object.keys(errorCodes) as ErrorCode[];

describe("FoundryError", () => {
  test.each(codes)("%s crosses a wire unchanged", (code) => {
    const error = new FoundryError(code, {
      message: "What happened.",
      hint: "What to do.",
      details: { item: 4 },
    });
    const back = errorFromWire(JSON.parse(JSON.stringify(errorToWire(error))));
    expect(back).toBeInstanceOf(FoundryError);
    expect([back.code, back.message, back.hint, back.details]).toEqual([
      code,
      "What happened.",
      "What to do.",
      { item: 4 },
    ]);
  });

  test("codes are area.problem, each with an HTTP status of a failure", () => {
    for (const code of codes) {
      expect(code).toMatch(/^[a-z]+\.[a-zA-Z]+$/);
      expect(errorCodes[code].http).toBeGreaterThanOrEqual(400);
      expect(errorCodes[code].http).toBeLessThan(600);
    }
  });

  test("the text of a foreign error does not leave the process", () => {
    const wire = errorToWire(new Error("connect to postgres://user:secret@host"));
    expect(wire).toEqual({ code: "server.internal", message: "Something went wrong inside the program." });
  });

  test("an unknown code on the wire becomes server.internal; names of the prototype are no codes", () => {
    expect(errorFromWire({ code: "made.up" as ErrorCode, message: "x" }).code).toBe("server.internal");
    expect(["toString", "constructor", "__proto__", "array.axes"].map(isErrorCode)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test("narrowing, cause, and programmer mistakes", () => {
    const cause = new Error("below");
    const error = new FoundryError("disk.full", { message: "Full.", cause });
    expect(error.cause).toBe(cause);
    expect([
      isFoundryError(error),
      isFoundryError(error, "disk.full"),
      isFoundryError(error, "disk.io"),
      isFoundryError(cause),
    ]).toEqual([true, true, false, false]);
    expect(() => assert(false, "never")).toThrow("internal: never");
    expect(() => assert(true, "never")).not.toThrow();
  });
});
