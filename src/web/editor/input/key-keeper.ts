/** A person's keys in the browser, and as a file that goes to another computer. */

import { Store } from "../session/store.ts";
import { type KeyMap, keyMap, readChanges } from "./key-map.ts";

type Keeper = Pick<Storage, "getItem" | "setItem"> | null;

/** Two people at one computer have a keyboard each. */
const keyOf = (memberId: string): string => `cellfoundry-keys-${memberId}`;

const fileFormat = "cellfoundry-keys";
/** A key for every command is a few kB. */
export const keyFileBytesMax = 65_536;

export interface Keys {
  readonly map: KeyMap;
  /** Why changes last only as long as the page, or null. */
  readonly unkept: string | null;
}

/** The keys as this person left them, with every later change kept. */
export function createKeys(storage: Keeper, memberId: string): Store<Keys> {
  const keys = new Store<Keys>({ map: keyMap(readKept(storage, memberId)), unkept: null });
  let last = keys.get().map;
  keys.subscribe(() => {
    const { map } = keys.get();
    if (map === last) return;
    last = map;
    keys.set({ unkept: write(storage, memberId, map) });
  });
  return keys;
}

function readKept(storage: Keeper, memberId: string) {
  try {
    return readChanges(JSON.parse(storage?.getItem(keyOf(memberId)) ?? "{}"));
  } catch {
    return {};
  }
}

function write(storage: Keeper, memberId: string, map: KeyMap): string | null {
  const lost = "The browser keeps nothing; these keys last until you leave. Save them as a file.";
  try {
    if (storage === null) return lost;
    storage.setItem(keyOf(memberId), JSON.stringify(map.changes));
    return null;
  } catch {
    return lost;
  }
}

export const keyFile = (map: KeyMap): string =>
  `${JSON.stringify({ format: fileFormat, version: 1, keys: map.changes }, null, 2)}\n`;

/** @returns the keys of the file; a sentence when it is none of ours. */
export function readKeyFile(text: string): KeyMap | string {
  try {
    const file = JSON.parse(text) as { format?: unknown; version?: unknown; keys?: unknown } | null;
    if (file?.format !== fileFormat) return "This file holds no keys. Choose one that was saved here.";
    if (file.version !== 1) return "This file is from a newer version. Update this server, then try again.";
    return keyMap(readChanges(file.keys));
  } catch {
    return "This file holds no keys. Choose one that was saved here.";
  }
}
