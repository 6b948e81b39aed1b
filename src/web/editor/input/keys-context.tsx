/** The person's keys for every component that shows one: rail, panels, buttons, hints. One map, so none is ever wrong. */

import { createContext, type ReactNode, useContext } from "react";
import { Store, useStore } from "../session/store.ts";
import { ariaChord, shortChord } from "./chord.ts";
import type { Keys } from "./key-keeper.ts";
import { defaultKeyMap } from "./key-map.ts";
import type { Command } from "./keys.ts";

const KeysContext = createContext<Store<Keys>>(new Store<Keys>({ map: defaultKeyMap, unkept: null }));

export const KeysProvider = KeysContext.Provider;

/** The chord of a command as written on the keys; null when it has none. */
function useChord(command: Command): string | null {
  return useStore(useContext(KeysContext), ({ map }) => map.keys.get(command) ?? null);
}

/** For `aria-keyshortcuts`. */
export function useAriaChord(command: Command): string | undefined {
  const chord = useChord(command);
  return chord === null ? undefined : ariaChord(chord);
}

/** Says the key of a command in a sentence. */
export function useKeyWords(): (command: Command) => string {
  const map = useStore(useContext(KeysContext), (keys) => keys.map);
  return (command) => map.keys.get(command) ?? "a key of your choice";
}

/** The key of a command beside its name; nothing where it has none. */
export function KeyCap({
  of,
  short = false,
  className = "font-sans text-xs",
}: {
  of: Command;
  short?: boolean;
  className?: string;
}): ReactNode {
  const chord = useChord(of);
  if (chord === null) return null;
  return <kbd className={className}>{short ? shortChord(chord) : chord}</kbd>;
}
