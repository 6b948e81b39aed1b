import { expect, test } from "vitest";
import { ariaChord, chosenChord, shortChord } from "./chord.ts";
import { createKeys, keyFile, readKeyFile } from "./key-keeper.ts";
import { commandOf, defaultKeyMap, displacedBy, keyMap, readChanges, resetKey, withKey } from "./key-map.ts";
import { keyLines } from "./keys.ts";

const press = (key: string, more: object = {}) => ({
  ...{ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false },
  ...more,
});

test("a given key does the new thing, the old one nothing more", () => {
  const map = withKey(defaultKeyMap, "brush", "'", false);
  expect(commandOf(press("'"), map)).toBe("brush");
  expect(commandOf(press("b"), map)).toBeNull();
  expect(map.changes).toEqual({ brush: "'" });
});

test("a clash names the command that would lose its key; swapped, both have one", () => {
  expect(displacedBy(defaultKeyMap, "brush", "S")).toBe("split");
  const swapped = withKey(defaultKeyMap, "brush", "S", true);
  expect([swapped.keys.get("brush"), swapped.keys.get("split")]).toEqual(["S", "B"]);
  const taken = withKey(defaultKeyMap, "brush", "S", false);
  expect([taken.keys.get("brush"), taken.keys.get("split")]).toEqual(["S", undefined]);
  expect(commandOf(press("b"), taken)).toBeNull();
});

test("reset one: its key comes back, and the one that had it gets its own again where that is free", () => {
  const swapped = withKey(defaultKeyMap, "brush", "S", true);
  expect(resetKey(swapped, "brush").changes).toEqual({});
  const third = withKey(withKey(defaultKeyMap, "brush", "S", false), "eraser", "B", false);
  const back = resetKey(third, "brush");
  expect(back.keys.get("brush")).toBe("B");
  expect(back.keys.get("eraser")).toBe("E");
});

test("every key of the table is one that could be chosen, and no two commands share one", () => {
  const changeable = keyLines.filter(({ command }) => command !== "deselect");
  expect(new Set(keyLines.map(({ key }) => key)).size).toBe(keyLines.length);
  for (const { command, key } of changeable) {
    expect(readChanges({ [command]: key === "'" ? "\\" : "'" }), command).not.toEqual({});
    expect(keyMap({ [command]: key }).keys.get(command), command).toBe(key);
  }
});

test("what the browser and screen readers need is refused", () => {
  for (const key of ["Tab", "F1", "F5", "F12", "Home", "PageDown", "Insert", "ContextMenu"]) {
    expect(chosenChord(press(key)), key).toHaveProperty("refusal");
    expect(commandOf(press(key)), key).toBeNull();
  }
  expect(chosenChord(press("t", { ctrlKey: true }))).toHaveProperty("refusal");
  expect(chosenChord(press("b", { altKey: true }))).toHaveProperty("refusal");
  expect(chosenChord(press("Escape"))).toHaveProperty("refusal");
  expect(chosenChord(press("ArrowLeft"))).toHaveProperty("refusal");
  expect(chosenChord(press("ArrowLeft", { shiftKey: true }))).toEqual({ chord: "Shift ←" });
  expect(withKey(defaultKeyMap, "brush", "Esc", false)).toBe(defaultKeyMap);
  expect(withKey(defaultKeyMap, "deselect", "B", false)).toBe(defaultKeyMap);
});

test("keyboards that write other letters: the place decides, the letter goes first where it is Latin", () => {
  expect(commandOf(press("и", { code: "KeyB" }))).toBe("brush");
  expect(commandOf(press("я", { code: "KeyZ", ctrlKey: true }))).toBe("undo");
  expect(commandOf(press("ü", { code: "BracketLeft" }))).toBe("smaller");
  // A French keyboard: the key at the English Q writes A, digits need Shift.
  expect(commandOf(press("a", { code: "KeyQ" }))).toBe("flood");
  expect(commandOf(press("à", { code: "Digit0" }))).toBe("fit");
  // A German one: Z and Y change places, [ needs AltGr, which some systems report as Ctrl and Alt.
  expect(commandOf(press("z", { code: "KeyY" }))).toBe("bulk");
  const altGr = { ctrlKey: true, altKey: true, getModifierState: (name: string) => name === "AltGraph" };
  expect(commandOf(press("[", { code: "Digit8", ...altGr }))).toBe("smaller");
  expect(commandOf(press("8", { code: "Digit8", ctrlKey: true, altKey: true }))).toBeNull();
  expect(commandOf(press("Dead", { code: "BracketLeft" }))).toBe("smaller");
});

test("a file of keys is read as it was saved; other files are refused; strange entries are left out", () => {
  const map = withKey(withKey(defaultKeyMap, "brush", "S", true), "play", "Shift P", false);
  const read = readKeyFile(keyFile(map));
  expect(typeof read === "string" ? read : read.changes).toEqual(map.changes);
  expect(readKeyFile("{}")).toMatch(/no keys/);
  expect(readKeyFile("not json")).toMatch(/no keys/);
  expect(readKeyFile('{"format":"cellfoundry-keys","version":2}')).toMatch(/newer/);
  const strange = {
    brush: "Tab",
    eraser: "Ctrl W",
    merge: 7,
    nothing: "Q",
    fill: "'",
    smooth: "'",
    split: null,
  };
  expect(readChanges(strange)).toEqual({ fill: "'", split: null });
});

test("two people at one computer have their own keys; a browser that keeps nothing says so", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
  };
  const ada = createKeys(storage, "ada");
  ada.set({ map: withKey(ada.get().map, "brush", "'", false) });
  expect(createKeys(storage, "ada").get().map.keys.get("brush")).toBe("'");
  expect(createKeys(storage, "ben").get().map.keys.get("brush")).toBe("B");
  const refusing = {
    getItem: () => null,
    setItem: () => {
      throw new Error("full");
    },
  };
  const carl = createKeys(refusing, "carl");
  carl.set({ map: withKey(carl.get().map, "brush", "'", false) });
  expect(carl.get().unkept).toMatch(/until you leave/);
  expect(carl.get().map.keys.get("brush")).toBe("'");
});

test("short on small buttons, spelled out for assistive technology", () => {
  expect([shortChord("Ctrl Shift Z"), shortChord("Shift C"), shortChord("Space")]).toEqual([
    "^⇧Z",
    "⇧C",
    "␣",
  ]);
  expect(["Ctrl Shift Z", "Shift →", "Space", "["].map(ariaChord)).toEqual([
    "Control+Shift+Z",
    "Shift+ArrowRight",
    "Space",
    "[",
  ]);
});
