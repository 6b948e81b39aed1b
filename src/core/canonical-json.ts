/**
 * One text for one value: the input of every digest.
 *
 * Keys are sorted by UTF-16 code units, no spaces, `undefined` members are left out (as JSON does), numbers print as
 * ECMAScript prints them (the rule of RFC 8785). Whatever has no single JSON form is refused rather than guessed:
 * NaN, infinities, -0 in disguise, functions, class instances, lone surrogates, cycles.
 */

import { assert } from "./errors.ts";

/** 64 levels: our records nest below 10; a limit turns a cycle into a clear error instead of a full stack. */
const depthMax = 64;

/**
 * Canonical JSON text of plain data.
 *
 * @throws Error `internal:` for a value without a canonical form; the message names its path. Cost: O(size log keys).
 */
export function canonicalJson(value: unknown): string {
  return write(value, "$", 0);
}

function write(value: unknown, path: string, depth: number): string {
  assert(depth <= depthMax, `canonical JSON nests deeper than ${depthMax} at ${path}`);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    assert(value.isWellFormed(), `lone surrogate in text at ${path}`);
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    assert(Number.isFinite(value), `number without a JSON form at ${path}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => write(item, `${path}[${index}]`, depth + 1)).join(",")}]`;
  }
  assert(isPlainObject(value), `value without a canonical form at ${path}`);
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) continue;
    assert(key.isWellFormed(), `lone surrogate in a key at ${path}`);
    members.push(`${JSON.stringify(key)}:${write(member, `${path}.${key}`, depth + 1)}`);
  }
  return `{${members.join(",")}}`;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
