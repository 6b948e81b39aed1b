import { expect, test } from "vitest";
import { ActivityClock } from "./activity-clock.ts";

test("work counts, a long pause counts ten seconds, a clock that steps back counts nothing", () => {
  let now = 1000;
  const clock = new ActivityClock(() => now);
  now += 1500;
  clock.touch();
  now += 500;
  expect(clock.lap()).toBe(2000);
  now += 3_600_000;
  clock.touch();
  now += 250;
  expect(clock.lap()).toBe(10_250);
  now -= 5000;
  expect(clock.lap()).toBe(0);
});
