/**
 * Which key does what: the table of `keys.ts` with a person's changes on top.
 *
 * Only changes are kept, so that a command that comes with a later version brings its own key. A person's key goes before
 * the table's; a command that loses its key that way has none until one is given to it.
 */

import { chordsOf, isBindable, type KeyPress } from "./chord.ts";
import { type Command, keyLines } from "./keys.ts";

/** What a person changed: the command's key, or null where it was taken away. */
type KeyChanges = Readonly<Partial<Record<Command, string | null>>>;

export interface KeyMap {
  readonly changes: KeyChanges;
  readonly commands: ReadonlyMap<string, Command>;
  readonly keys: ReadonlyMap<Command, string>;
}

/** Second keys of commands, where nobody gives them another meaning. */
const also: readonly (readonly [string, Command])[] = [
  ["Delete", "delete"],
  ["=", "zoom-in"],
  ["Ctrl Y", "redo"],
];

/** Keys that cannot be given away. */
const fixed: readonly (readonly [string, Command])[] = [
  ["←", "left"],
  ["→", "right"],
  ["↑", "up"],
  ["↓", "down"],
  ["Esc", "deselect"],
];

const isFixed = (command: Command): boolean => fixed.some(([, one]) => one === command);

export const isRemappable = (command: Command): boolean =>
  !isFixed(command) && keyLines.some((line) => line.command === command);

export function keyMap(changes: KeyChanges = {}): KeyMap {
  const commands = new Map<string, Command>(fixed);
  const keys = new Map<Command, string>(fixed.map(([chord, command]) => [command, chord]));
  const give = (chord: string, command: Command): void => {
    if (commands.has(chord)) return;
    commands.set(chord, command);
    if (!keys.has(command)) keys.set(command, chord);
  };
  for (const { command } of keyLines) {
    const chord = changes[command];
    if (chord !== undefined && chord !== null) give(chord, command);
  }
  for (const { command, key } of keyLines) if (changes[command] === undefined) give(key, command);
  for (const [chord, command] of also) if (changes[command] === undefined) give(chord, command);
  return { changes, commands, keys };
}

export const defaultKeyMap: KeyMap = keyMap();

/** The command of a key press; null when it means nothing here. */
export function commandOf(press: KeyPress, map: KeyMap = defaultKeyMap): Command | null {
  for (const chord of chordsOf(press)) {
    const command = map.commands.get(chord);
    if (command !== undefined) return command;
  }
  return null;
}

/** The command that would lose its key if `command` took `chord`; null when the chord is free. */
export function displacedBy(map: KeyMap, command: Command, chord: string): Command | null {
  const owner = map.commands.get(chord);
  // A second key gives way without a word: its command keeps the first one.
  return owner === undefined || owner === command || map.keys.get(owner) !== chord ? null : owner;
}

/** @param swap  whether the displaced command gets the key that becomes free; otherwise it has none. */
export function withKey(map: KeyMap, command: Command, chord: string, swap: boolean): KeyMap {
  if (!isRemappable(command) || !isBindable(chord)) return map;
  const displaced = displacedBy(map, command, chord);
  if (displaced !== null && !isRemappable(displaced)) return map;
  const freed = map.keys.get(command) ?? null;
  const lost = displaced === null ? {} : { [displaced]: swap ? freed : null };
  return keyMap(lean({ ...map.changes, ...lost, [command]: chord }));
}

/** The command has the table's key again; whoever has that key now loses it. */
export function resetKey(map: KeyMap, command: Command): KeyMap {
  const line = keyLines.find((one) => one.command === command);
  if (line === undefined) return map;
  const owner = displacedBy(map, command, line.key);
  const ownDefault = keyLines.find((one) => one.command === owner)?.key;
  // The other one goes back to its own key where that is free, or becomes free now.
  const holder = ownDefault === undefined ? undefined : map.commands.get(ownDefault);
  const lost =
    owner === null ? {} : { [owner]: holder === undefined || holder === command ? ownDefault : null };
  return keyMap(lean({ ...map.changes, ...lost, [command]: line.key }));
}

/** Without what says the same as the table. */
function lean(changes: KeyChanges): KeyChanges {
  const kept = keyLines.flatMap(({ command, key }) => {
    const chord = changes[command];
    return chord === undefined || chord === key ? [] : [[command, chord] as const];
  });
  return Object.fromEntries(kept) as KeyChanges;
}

/** Only what this version knows and allows; of two commands on one key the first in the table keeps it. */
export function readChanges(value: unknown): KeyChanges {
  if (typeof value !== "object" || value === null) return {};
  const found = value as Readonly<Record<string, unknown>>;
  const taken = new Set<string>();
  const kept = keyLines.flatMap(({ command }): [Command, string | null][] => {
    const chord = found[command];
    if (!isRemappable(command) || (chord !== null && typeof chord !== "string")) return [];
    if (chord === null) return [[command, null]];
    if (!isBindable(chord) || taken.has(chord)) return [];
    taken.add(chord);
    return [[command, chord]];
  });
  return lean(Object.fromEntries(kept) as KeyChanges);
}
