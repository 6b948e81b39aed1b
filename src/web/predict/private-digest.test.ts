/** SHA-256 with and without the browser's own, against Node's (OpenSSL). */
import { createHash } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { rng } from "#core/rng.ts";
import { sha256Hex } from "./private-digest.ts";

afterEach(() => vi.unstubAllGlobals());

test.each([0, 55, 56, 64, 100_003])("%i random bytes as OpenSSL", async (length) => {
  const random = rng(length, "bytes");
  const bytes = Uint8Array.from({ length }, () => random.int(256));
  const expected = createHash("sha256").update(bytes).digest("hex");
  expect(await sha256Hex(bytes)).toBe(expected);
  // As over plain HTTP.
  vi.stubGlobal("crypto", {});
  expect(await sha256Hex(bytes)).toBe(expected);
});
