import { expect, test } from "vitest";
import { commandOf, keyLines } from "./keys.ts";

const press = (
  key: string,
  held: Partial<Record<"ctrlKey" | "metaKey" | "shiftKey" | "altKey", boolean>> = {},
) => commandOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held });

test("keys of the design", () => {
  const pairs = { B: "brush", e: "eraser", v: "select", S: "split", m: "merge", x: "delete", n: "new-cell" };
  for (const [key, command] of Object.entries(pairs)) expect(press(key)).toBe(command);
  expect(press("[")).toBe("smaller");
  expect(press("?", { shiftKey: true })).toBe("help");
  expect(press("Enter")).toBe("accept");
});

test("undo and redo on both kinds of keyboard; other shortcuts stay the browser's", () => {
  expect(press("z", { ctrlKey: true })).toBe("undo");
  expect(press("Z", { metaKey: true, shiftKey: true })).toBe("redo");
  expect(press("y", { ctrlKey: true })).toBe("redo");
  expect(press("s", { ctrlKey: true })).toBeNull();
  expect(press("b", { altKey: true })).toBeNull();
});

const arrows: Record<string, string> = {
  "→": "ArrowRight",
  "←": "ArrowLeft",
  "↑": "ArrowUp",
  "↓": "ArrowDown",
};

test("every command of the help but Space has its key", () => {
  for (const { command, key } of keyLines) {
    if (command === "next-doubt" || command === "undo" || command === "redo") continue;
    if (key === "Shift Space") continue;
    if (key === "Shift C") {
      expect(press("C", { shiftKey: true })).toBe(command);
      continue;
    }
    const shifted = /^Shift ([→←↑↓])$/.exec(key)?.[1];
    if (shifted !== undefined) {
      expect(press(arrows[shifted] as string, { shiftKey: true })).toBe(command);
      continue;
    }
    expect(press(key === "Esc" ? "Escape" : key)).toBe(command);
  }
});
