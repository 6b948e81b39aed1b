import { expect, test, vi } from "vitest";
import { StopRequested, watchLease } from "./lease-watch.ts";

async function elapse(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

test("beats four times per lease and aborts when the lease is gone", async () => {
  vi.useFakeTimers();
  let beats = 0;
  const watch = watchLease({ leaseMs: 8_000, beat: async () => ++beats < 3, canceled: async () => false });
  await elapse(3_999);
  expect(beats).toBe(1);
  expect(watch.signal.aborted).toBe(false);
  await elapse(2_001);
  expect(beats).toBe(3);
  expect(watch.signal.reason).toMatchObject({ code: "job.leaseLost" });
  watch.stop();
  vi.useRealTimers();
});

test("a failed beat is no news; a cancel aborts within a second", async () => {
  vi.useFakeTimers();
  let canceled = false;
  const watch = watchLease({
    leaseMs: 30_000,
    beat: () => Promise.reject(new Error("no connection")),
    canceled: async () => canceled,
  });
  await elapse(20_000);
  expect(watch.signal.aborted).toBe(false);
  canceled = true;
  await elapse(1_000);
  expect(watch.signal.reason).toMatchObject({ code: "job.canceled" });
  watch.stop();
  vi.useRealTimers();
});

test("a stop aborts at once, also when it came first", () => {
  const stop = AbortSignal.abort();
  const watch = watchLease({ leaseMs: 1_000, beat: async () => true, canceled: async () => false, stop });
  expect(watch.signal.reason).toBeInstanceOf(StopRequested);
  watch.stop();
});
