/**
 * The few Python literals that stand in the header of a .npy file: strings, whole numbers, True, False, None, tuples,
 * lists and dicts of them. Nothing is evaluated.
 */

export type PythonLiteral =
  | null
  | boolean
  | number
  | string
  | readonly PythonLiteral[]
  | ReadonlyMap<string, PythonLiteral>;

// A header nests three deep: dict, list of fields, tuple of a field.
const DEPTH_MAX = 16;

class LiteralError extends Error {}

interface Cursor {
  readonly text: string;
  at: number;
}

/** @returns the value, or `undefined` when the text is anything else. */
export function parsePythonLiteral(text: string): PythonLiteral | undefined {
  const cursor: Cursor = { text, at: 0 };
  try {
    const value = readValue(cursor, 0);
    skipBlank(cursor);
    return cursor.at === text.length ? value : undefined;
  } catch (error) {
    if (error instanceof LiteralError) return undefined;
    throw error;
  }
}

function skipBlank(cursor: Cursor): void {
  while (/\s/.test(cursor.text[cursor.at] ?? "x")) cursor.at++;
}

function readValue(cursor: Cursor, depth: number): PythonLiteral {
  if (depth > DEPTH_MAX) throw new LiteralError();
  skipBlank(cursor);
  const char = cursor.text[cursor.at];
  if (char === "'" || char === '"') return readString(cursor, char);
  if (char === "(") return readItems(cursor, ")", depth);
  if (char === "[") return readItems(cursor, "]", depth);
  if (char === "{") return readDict(cursor, depth);
  const word = /^(?:True|False|None|-?\d{1,16}L?)/.exec(cursor.text.slice(cursor.at, cursor.at + 20))?.[0];
  if (word === undefined) throw new LiteralError();
  cursor.at += word.length;
  if (word === "None") return null;
  if (word === "True" || word === "False") return word === "True";
  return Number.parseInt(word, 10);
}

function readString(cursor: Cursor, quote: string): string {
  const end = cursor.text.indexOf(quote, cursor.at + 1);
  const value = cursor.text.slice(cursor.at + 1, end);
  // Escapes do not occur in type names; a field called so is refused with its type.
  if (end < 0 || value.includes("\\") || value.includes("\n")) throw new LiteralError();
  cursor.at = end + 1;
  return value;
}

function readItems(cursor: Cursor, close: string, depth: number): PythonLiteral[] {
  const items: PythonLiteral[] = [];
  cursor.at++;
  for (;;) {
    skipBlank(cursor);
    if (take(cursor, close)) return items;
    items.push(readValue(cursor, depth + 1));
    skipBlank(cursor);
    if (!take(cursor, ",") && cursor.text[cursor.at] !== close) throw new LiteralError();
  }
}

function readDict(cursor: Cursor, depth: number): ReadonlyMap<string, PythonLiteral> {
  const entries = new Map<string, PythonLiteral>();
  cursor.at++;
  for (;;) {
    skipBlank(cursor);
    if (take(cursor, "}")) return entries;
    const key = readValue(cursor, depth + 1);
    skipBlank(cursor);
    if (typeof key !== "string" || !take(cursor, ":")) throw new LiteralError();
    entries.set(key, readValue(cursor, depth + 1));
    skipBlank(cursor);
    if (!take(cursor, ",") && cursor.text[cursor.at] !== "}") throw new LiteralError();
  }
}

function take(cursor: Cursor, char: string): boolean {
  if (cursor.text[cursor.at] !== char) return false;
  cursor.at++;
  return true;
}
