import { expect, test } from "vitest";
import { createSizedCache } from "./sized-cache.ts";

test("many who ask at once share one making", async () => {
  const cache = createSizedCache<string>(100, (text) => text.length);
  let made = 0;
  const make = async (): Promise<string> => {
    made++;
    await Promise.resolve();
    return "value";
  };
  expect(await Promise.all([cache.get("a", make), cache.get("a", make), cache.get("a", make)])).toEqual([
    "value",
    "value",
    "value",
  ]);
  expect(made).toBe(1);
  expect(cache.bytes).toBe(5);
});

test("the least recently used value goes first, and the limit holds", async () => {
  const cache = createSizedCache<string>(10, (text) => text.length);
  const made: string[] = [];
  const ask = (key: string, length = 4) =>
    cache.get(key, async () => {
      made.push(key);
      return key.repeat(length);
    });
  await ask("a");
  await ask("b");
  await ask("a");
  await ask("c");
  expect(cache.bytes).toBe(8);
  await ask("a");
  await ask("b");
  expect(made).toEqual(["a", "b", "c", "b"]);
  await ask("d", 11);
  expect(cache.bytes).toBeLessThanOrEqual(10);
  await ask("d", 11);
  expect(made.filter((key) => key === "d")).toHaveLength(2);
});

test("a failed attempt is not kept", async () => {
  const cache = createSizedCache<string>(10, (text) => text.length);
  await expect(cache.get("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await cache.get("a", async () => "yes")).toBe("yes");
});
