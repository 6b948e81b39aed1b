import { expect, test } from "vitest";
import { commandOf } from "./key-map.ts";
import { keyLines } from "./keys.ts";

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
  expect(press("a", { metaKey: true })).toBe("select-all");
  expect(press("s", { ctrlKey: true })).toBeNull();
  expect(press("b", { altKey: true })).toBeNull();
});

const written: Readonly<Record<string, string>> = {
  ...{ "→": "ArrowRight", "←": "ArrowLeft", "↑": "ArrowUp", "↓": "ArrowDown" },
  ...{ Esc: "Escape", Space: " " },
};

test("every command of the help has its key", () => {
  for (const { command, key } of keyLines) {
    const parts = key.split(" ");
    const base = parts.at(-1) as string;
    const held = { ctrlKey: parts.includes("Ctrl"), shiftKey: parts.includes("Shift") };
    expect(press(written[base] ?? base, held), key).toBe(command);
  }
});
