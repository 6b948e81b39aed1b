import { expect, test } from "vitest";
import { readChecksSearch } from "./checks-search.ts";

test("an address keeps what it knows and drops the rest", () => {
  expect(readChecksSearch({ rule: "objectHole", status: "waived", x: 1 })).toEqual({
    rule: "objectHole",
    status: "waived",
  });
  expect(readChecksSearch({ rule: "constructor", status: "open" })).toEqual({});
});
