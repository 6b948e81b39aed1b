import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { checkPixels, corpus } from "../bench/formats-pixels.ts";

test.skipIf(!existsSync(corpus))(
  "public TIFF pages are read exactly or refused by name, none wrongly",
  async () => {
    const { pages, exact, wrong, refused } = await checkPixels();
    expect(wrong).toEqual([]);
    expect(pages).toBe(325);
    expect(exact).toBeGreaterThanOrEqual(321);
    for (const reason of refused.keys())
      expect(reason).toMatch(
        /^(it is compressed with .*, which is not read here|predictor 2 does not fit its 12 bits)/,
      );
  },
);
