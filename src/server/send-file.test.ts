import { expect, test } from "vitest";
import { readRange } from "./send-file.ts";

test("ranges of a file of 1000 bytes, as RFC 9110 has them", () => {
  expect(readRange(undefined, 1000)).toBeNull();
  expect(readRange("bytes=0-499", 1000)).toEqual({ from: 0, to: 500 });
  expect(readRange("bytes=500-999", 1000)).toEqual({ from: 500, to: 1000 });
  expect(readRange("bytes=-500", 1000)).toEqual({ from: 500, to: 1000 });
  expect(readRange("bytes=500-", 1000)).toEqual({ from: 500, to: 1000 });
  expect(readRange("bytes=999-", 1000)).toEqual({ from: 999, to: 1000 });
  expect(readRange("bytes=990-2000", 1000)).toEqual({ from: 990, to: 1000 });
  expect(readRange("bytes=1000-", 1000)).toBe("unsatisfiable");
  expect(readRange("bytes=-0", 1000)).toBe("unsatisfiable");
  for (const odd of ["bytes=-", "bytes=5-2", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b", "bytes=0-0 "])
    expect(readRange(odd, 1000), odd).toBeNull();
});
