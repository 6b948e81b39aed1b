import { expect, test } from "vitest";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatScore,
  formatTimeLeft,
  formatWhen,
  plural,
} from "./format.ts";

/** Narrow spaces are for the screen; tests compare with plain ones. */
const plain = (text: string): string => text.replaceAll("\u202f", " ");

test("counts and plurals", () => {
  expect(formatCount(3412)).toBe("3,412");
  expect(plural(1, "image")).toBe("1 image");
  expect(plural(0, "image")).toBe("0 images");
  expect(plural(2, "mouse", "mice")).toBe("2 mice");
});

test("bytes in decimal units, never 1000 of a unit", () => {
  expect(plain(formatBytes(0))).toBe("0 B");
  expect(plain(formatBytes(999))).toBe("999 B");
  expect(plain(formatBytes(1000))).toBe("1.0 kB");
  expect(plain(formatBytes(999_600))).toBe("1.0 MB");
  expect(plain(formatBytes(1_400_000))).toBe("1.4 MB");
  expect(plain(formatBytes(120_000_000))).toBe("120 MB");
});

test("durations use two units at most", () => {
  expect(plain(formatDuration(400))).toBe("0 s");
  expect(plain(formatDuration(45_000))).toBe("45 s");
  expect(plain(formatDuration(60_000))).toBe("1 min");
  expect(plain(formatDuration(95_000))).toBe("1 min 35 s");
  expect(plain(formatDuration(900_000))).toBe("15 min");
  expect(plain(formatDuration(3_600_000))).toBe("1 h");
  expect(plain(formatDuration(4_800_000))).toBe("1 h 20 min");
});

test("time left is coarse and rounded up", () => {
  expect(formatTimeLeft(3000)).toBe("a few seconds left");
  expect(plain(formatTimeLeft(41_000))).toBe("about 45 s left");
  expect(plain(formatTimeLeft(61_000))).toBe("about 2 min left");
  expect(plain(formatTimeLeft(3 * 3_600_000))).toBe("about 3 h left");
});

test("percent and scores", () => {
  expect(plain(formatPercent(0.424))).toBe("42 %");
  expect(formatScore(0.8)).toBe("0.800");
  expect(formatScore(Number.NaN)).toBe("–");
});

test("times relative to now", () => {
  const now = new Date(2026, 2, 5, 12, 0, 0).getTime();
  expect(formatWhen(new Date(now - 10_000).toISOString(), now)).toBe("just now");
  expect(plain(formatWhen(new Date(now - 5 * 60_000).toISOString(), now))).toBe("5 min ago");
  expect(formatWhen(new Date(2026, 2, 5, 9, 7, 0).toISOString(), now)).toBe("09:07");
  expect(formatWhen(new Date(2026, 2, 3, 9, 7, 0).toISOString(), now)).toBe("Mar 3, 2026");
});
