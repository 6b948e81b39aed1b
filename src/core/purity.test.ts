/**
 * Core is functions of their arguments: no clock, no chance, no files, no browser. Read from the sources, because a test
 * of behaviour cannot show the absence of a call.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const impure =
  /\bDate\b|Math\.random|\bcrypto\b|\bperformance\b|\bprocess\.|\bfetch\(|\blocalStorage\b|setTimeout|setInterval|\bconsole\.|\bawait\b/;

/** A stretch of frames or pixels may be called a window; only the browser's is foreign, which nothing declares. */
const browserObjects = ["window", "document"] as const;

const declares = (code: string, name: string): boolean =>
  new RegExp(`\\b(?:const|let) ${name}\\b|[({,]\\s*${name}\\s*[:,)}]`).test(code);

const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
);

test("the sources of core are found", () => expect(sources.length).toBeGreaterThan(40));

test.each(sources)("%s is pure", (name) => {
  const code = readFileSync(join(import.meta.dirname, name), "utf8").replace(
    /\/\*[\s\S]*?\*\/|\/\/.*|from "[^"]*"/g,
    "",
  );
  expect(code.match(impure)?.[0]).toBeUndefined();
  for (const object of browserObjects)
    expect(!declares(code, object) && new RegExp(`\\b${object}\\.`).test(code), object).toBe(false);
  // Maths whose rounding engines may choose makes digests differ between server and browser; labels rest on none of it.
  const isIdentity = /canonical-json|rng|encode-shape|object-shape|bits|operation|layer-state/.test(name);
  if (isIdentity) expect(code.match(/Math\.(sin|cos|tan|exp|log|pow)/)?.[0]).toBeUndefined();
});
