import { expect, test } from "vitest";
import type { Member } from "#api/index.ts";
import { type Actor, decide, enforce, type Rule } from "./policy.ts";

const member = (role: Member["role"], suspended = false): Member => ({
  id: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  name: "Someone",
  role,
  suspended,
  createdAt: "2026-01-01T00:00:00.000Z",
});
const session = (role: Member["role"], suspended = false): Actor => ({
  kind: "session",
  member: member(role, suspended),
  sessionToken: "secret",
});
const token = (role: Member["role"], scope: "read" | "write"): Actor => ({
  kind: "token",
  member: member(role),
  scope,
});
const rule = (role: Rule["role"], scope: Rule["scope"], tokens = true): Rule => ({ role, scope, tokens });

test("a larger role may do what a smaller one may, never the other way", () => {
  const roles = ["viewer", "annotator", "owner"] as const;
  for (const [needed, small] of roles.entries()) {
    for (const [has, large] of roles.entries()) {
      expect(decide(rule(small, "write"), session(large))).toBe(has >= needed ? "allow" : "deny");
    }
  }
});

test("a token has its member's role, and no more than its scope", () => {
  expect(decide(rule("viewer", "read"), token("owner", "read"))).toBe("allow");
  expect(decide(rule("viewer", "write"), token("owner", "read"))).toBe("deny");
  expect(decide(rule("owner", "write"), token("annotator", "write"))).toBe("deny");
  expect(decide(rule("owner", "write"), token("owner", "write"))).toBe("allow");
  expect(decide(rule("owner", "write", false), token("owner", "write"))).toBe("deny");
});

test("suspension ends every right but those that anyone has", () => {
  expect(decide(rule("viewer", "read"), session("owner", true))).toBe("deny");
  expect(decide(rule(null, "read"), session("owner", true))).toBe("allow");
  expect(decide(rule("viewer", "read"), { kind: "anonymous" })).toBe("signIn");
});

test.each([
  ["ownAccess", token("owner", "write"), "policy.denied", "This cannot be done with an API token."],
  ["edit", token("owner", "read"), "policy.denied", "This API token may only read."],
  ["release", session("annotator"), "policy.denied", "Your role, annotator, does not allow this."],
  ["look", session("viewer", true), "policy.denied", "Your access is suspended."],
  ["look", { kind: "anonymous" }, "policy.signIn", "Sign in first."],
] as const)("%s refuses with the reason that applies", (name, actor, code, message) => {
  expect(() => enforce(name, actor as Actor)).toThrow(expect.objectContaining({ code, message }));
});
