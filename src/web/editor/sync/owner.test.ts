import { expect, test } from "vitest";
import { claimLayer, type Ownership } from "./owner.ts";

/** Web Locks for one name, as the specification has them: one holder, the rest wait in order. */
function fakeLocks(): LockManager {
  let held = false;
  const waiting: (() => void)[] = [];
  const run = async (work: (lock: Lock | null) => unknown): Promise<unknown> => {
    held = true;
    try {
      return await work({ name: "x", mode: "exclusive" });
    } finally {
      held = false;
      waiting.shift()?.();
    }
  };
  const request = async (
    _name: string,
    options: LockOptions,
    work: (lock: Lock | null) => unknown,
  ): Promise<unknown> => {
    await Promise.resolve();
    if (!held) return run(work);
    if (options.ifAvailable === true) return work(null);
    await new Promise<void>((resolve, reject) => {
      waiting.push(resolve);
      options.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    });
    return run(work);
  };
  return { request } as unknown as LockManager;
}

const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test("the first tab owns, the second waits and takes over when the first goes", async () => {
  const locks = fakeLocks();
  const first: Ownership[] = [];
  const second: Ownership[] = [];
  const release = claimLayer(locks, "L", (state) => first.push(state));
  await rest();
  const releaseSecond = claimLayer(locks, "L", (state) => second.push(state));
  await rest();
  expect([first, second]).toEqual([["owner"], ["other-tab"]]);
  release();
  await rest();
  expect(second).toEqual(["other-tab", "owner"]);
  releaseSecond();
});

test("a tab that gives up while waiting never becomes the owner", async () => {
  const locks = fakeLocks();
  const release = claimLayer(locks, "L", () => undefined);
  await rest();
  const seen: Ownership[] = [];
  const giveUp = claimLayer(locks, "L", (state) => seen.push(state));
  await rest();
  giveUp();
  release();
  await rest();
  expect(seen).toEqual(["other-tab"]);
});

test("without the browser's locks a tab owns at once", () => {
  const seen: Ownership[] = [];
  claimLayer(undefined, "L", (state) => seen.push(state))();
  expect(seen).toEqual(["owner"]);
});
