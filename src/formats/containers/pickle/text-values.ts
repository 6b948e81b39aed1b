/**
 * Numbers and texts of pickle protocol 0, which writes them as lines of Python source.
 */
import { type Machine, pickleFault } from "./machine.ts";

// Longer numbers take quadratic time to convert and are no data of an image.
const DIGITS_MAX = 1_000;

/** @param booleans  whether "00" and "01" mean False and True, as protocol 0 writes them. */
export function readInteger(m: Machine, line: string, booleans: boolean): number | bigint | boolean {
  const text = line.trim();
  if (booleans && (text === "00" || text === "01")) return text === "01";
  if (text.length > DIGITS_MAX || !/^[+-]?\d+$/.test(text))
    throw pickleFault(m, "a whole number in it is damaged");
  const short = Number(text);
  return Number.isSafeInteger(short) ? short : BigInt(text.replace(/^\+/, ""));
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** A quoted string of Python 2 with its escapes. */
export function readPythonString(m: Machine, line: string): string {
  const text = line.trim();
  const quote = text[0];
  if (text.length < 2 || (quote !== "'" && quote !== '"') || text.at(-1) !== quote)
    throw pickleFault(m, "a text in it has no quotes");
  return text.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|.)/g, (whole, code: string) => {
    if (code[0] === "x" && code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255);
    return ESCAPES[code] ?? whole;
  });
}

/** Text in which only line feeds, backslashes and far characters are escaped as \uXXXX. */
export function readRawUnicode(m: Machine, line: string): string {
  return line.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, near?: string, far?: string) => {
    const point = Number.parseInt(near ?? far ?? "", 16);
    if (point > 0x10ffff) throw pickleFault(m, "a text in it holds a character that does not exist");
    return String.fromCodePoint(point);
  });
}
