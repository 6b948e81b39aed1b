/**
 * Chords: a key with what is held beside it, written as on the keys ("B", "Shift C", "Ctrl Z", "Shift →", "Space").
 *
 * A key stands for what it writes, so that M is M on every layout. Where it writes no Latin letter or digit and nothing is
 * bound to what it writes (Cyrillic, Greek, ü where others have [), its place on the keyboard decides. Tab, Alt, the
 * function keys and all but five Ctrl chords are never taken: they are the browser's and the screen reader's.
 */

export interface KeyPress {
  readonly key: string;
  /** Place of the key, as on an English keyboard. */
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly getModifierState?: (name: string) => boolean;
}

/** Keys that write nothing, by their names on the keys. */
const named: Readonly<Record<string, string>> = {
  " ": "Space",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Enter: "Enter",
  Backspace: "Backspace",
  Delete: "Delete",
};

const places: Readonly<Record<string, string>> = {
  BracketLeft: "[",
  BracketRight: "]",
  Comma: ",",
  Period: ".",
  Minus: "-",
  Equal: "=",
  Semicolon: ";",
  Quote: "'",
  Slash: "/",
  Backslash: "\\",
  Backquote: "`",
};

/**
 * The only chords with Ctrl (or Cmd) that may be bound: the browser gives no other meaning to them on an image, but for
 * Ctrl A, which would mark the words around it.
 */
const ctrlChords: ReadonlySet<string> = new Set([
  "Ctrl A",
  "Ctrl Z",
  "Ctrl Shift Z",
  "Ctrl Y",
  "Ctrl Shift Y",
]);

/** What a press may stand for, best first; empty when it is the browser's. */
export function chordsOf(press: KeyPress): string[] {
  // AltGr writes signs, though some systems report it as Ctrl and Alt.
  const writes = press.getModifierState?.("AltGraph") === true;
  const ctrl = !writes && (press.ctrlKey || press.metaKey);
  if (!writes && press.altKey) return [];
  const written = nameOf(press.key);
  const isLatin = written !== null && (/^[A-Z0-9]$/.test(written) || written.length > 1 || isArrow(written));
  const bases = [written, isLatin ? null : placeOf(press.code)].filter((base) => base !== null);
  return bases.flatMap((base) => withHeld(base, ctrl, press.shiftKey));
}

const isArrow = (name: string): boolean => "←→↑↓".includes(name);

function withHeld(base: string, ctrl: boolean, shift: boolean): string[] {
  if (ctrl) return [`Ctrl ${shift ? "Shift " : ""}${base}`].filter((chord) => ctrlChords.has(chord));
  // Signs are written with or without Shift, as the layout has it: what is written counts.
  const isSign =
    base.length === 1 && !/^[A-Z0-9]$/.test(base) && !isArrow(base) && base === base.toLowerCase();
  if (!shift || isSign) return [base];
  // Shift held by chance, or Caps Lock, changes nothing unless the pair is bound. Space with Shift is another key.
  return base === "Space" ? ["Shift Space"] : [`Shift ${base}`, base];
}

function nameOf(key: string): string | null {
  const found = named[key];
  if (found !== undefined) return found;
  if ([...key].length !== 1) return null;
  const upper = key.toUpperCase();
  return upper.length === key.length ? upper : key;
}

function placeOf(code: string | undefined): string | null {
  if (code === undefined) return null;
  return /^(?:Key|Digit)([A-Z0-9])$/.exec(code)?.[1] ?? places[code] ?? null;
}

/** The chord a person chooses by pressing it, or why it cannot be chosen. */
export function chosenChord(press: KeyPress): { chord: string } | { refusal: string } {
  if (/^(?:Shift|Control|Alt|Meta|AltGraph|CapsLock|NumLock)$/.test(press.key)) return { refusal: "" };
  const [chord] = chordsOf(press);
  if (chord === undefined) {
    return { refusal: "Tab, Alt, Ctrl and the function keys belong to the browser and to screen readers." };
  }
  if (!isBindable(chord)) return { refusal: "Esc and the arrows alone keep their meaning." };
  return { chord };
}

/** Whether a chord may be given to a command. Esc leads out of everything, the arrows point. */
export function isBindable(chord: string): boolean {
  const base = chord.split(" ").at(-1) ?? "";
  if (chord === "Esc" || chord === "Shift Esc" || (isArrow(base) && base === chord)) return false;
  if (chord.startsWith("Ctrl ")) return ctrlChords.has(chord);
  if (!/^(?:Shift )?\S+$/.test(chord)) return false;
  return Object.values(named).includes(base) || nameOf(base) === base;
}

/** Short, for small buttons: "⇧C", "^Z". */
export const shortChord = (chord: string): string =>
  chord.replace("Ctrl ", "^").replace("Shift ", "⇧").replace("Space", "␣");

/** As assistive technology wants it: "Shift+C", "Control+Z", "ArrowRight". */
export function ariaChord(chord: string): string {
  const parts = chord.split(" ");
  const base = parts.at(-1) ?? "";
  const key = Object.entries(named).find(([, name]) => name === base)?.[0] ?? base;
  const held = parts.slice(0, -1).map((name) => (name === "Ctrl" ? "Control" : name));
  return [...held, key === " " ? "Space" : key].join("+");
}
