/** Our SHA-256 against Node's (OpenSSL), around the block borders, and against the standard's example. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { sha256Hex, sha256Plain } from "./private-digest.ts";

test('"abc" as in FIPS 180-4', () => {
  expect(sha256Plain(new TextEncoder().encode("abc"))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 100_003])(
  "%i random bytes as OpenSSL",
  async (length) => {
    const random = rng(length, "bytes");
    const bytes = Uint8Array.from({ length }, () => random.int(256));
    const expected = createHash("sha256").update(bytes).digest("hex");
    expect(sha256Plain(bytes)).toBe(expected);
    expect(await sha256Hex(bytes)).toBe(expected);
  },
);
