import { expect, test } from "vitest";
import { createRateMeter, type ProgressReport, throttleReports } from "./progress.ts";

const report = (text: string): ProgressReport => ({ fraction: null, text, msLeft: null });

test("time left is the measured rate times what is left, and unknown at first", () => {
  let time = 0;
  const meter = createRateMeter(() => time, 100);
  time = 1_000;
  expect(meter.msLeft(110, 200)).toBeNull();
  time = 4_000;
  expect(meter.msLeft(100, 200)).toBeNull();
  // 20 done in 4 s, 80 left: 16 s.
  expect(meter.msLeft(120, 200)).toBe(16_000);
  expect(meter.msLeft(200, 200)).toBe(0);
});

test("at most one write per interval, the newest wins, the last is never lost", async () => {
  let time = 0;
  const written: string[] = [];
  const reporter = throttleReports(
    async (progress) => {
      written.push(progress.text);
    },
    () => time,
    250,
  );
  for (let i = 0; i < 100; i += 1) {
    time = i * 10;
    reporter.report(report(`step ${i}`));
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  }
  await reporter.flush();
  expect(written).toEqual(["step 0", "step 25", "step 50", "step 75", "step 99"]);
});

test("a failed write is told at the end, not lost", async () => {
  const reporter = throttleReports(
    () => Promise.reject(new Error("gone")),
    () => 0,
  );
  reporter.report(report("a"));
  await expect(reporter.flush()).rejects.toThrow("gone");
});
