/**
 * Text of a metadata query to its tree: a hand-written recursive descent, so that an error can name its column.
 *
 *     any    = all { "or" all }      all = one { "and" one }
 *     one    = "not" one | "(" any ")" | field operator value | field "in" list
 *            | field "under" ( value | list )
 *     list   = "(" value { "," value } ")"
 *     value  = word | "quoted \" text"
 */

import { FoundryError } from "../errors.ts";
import type { CompareOperator, Query } from "./query.ts";

/** A person types tens of characters, a generated list of names some thousands. */
export const queryLengthMax = 20_000;

/** Deeper nesting is not written by people and would only fill the stack. */
const depthMax = 32;

interface Token {
  readonly kind: "word" | "quoted" | "operator" | "open" | "close" | "comma" | "end";
  readonly text: string;
  /** 0-based position of the first character. */
  readonly at: number;
}

const space = /\s+/uy;
const word = /[\p{L}\p{N}_.:/+-]+/uy;
const quoted = /"((?:[^"\\]|\\["\\])*)"/uy;
const operator = /!=|!~|<=|>=|[=~<>]/y;

/**
 * Parses a query; empty text selects everything.
 *
 * @throws FoundryError `query.syntax` with `details.column` (1-based) and what was expected there.
 */
export function parseQuery(text: string): Query {
  if (text.length > queryLengthMax) {
    throw fault(queryLengthMax, `the query is longer than ${queryLengthMax} characters`);
  }
  const tokens = tokenise(text);
  if (tokens[0]?.kind === "end") return { type: "all" };
  const cursor = { tokens, next: 0 };
  const query = parseAny(cursor, 0);
  const rest = peek(cursor);
  if (rest.kind !== "end") throw unexpected(rest, '"and", "or" or the end');
  return query;
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (at < text.length) {
    const blank = take(space);
    if (blank !== null) {
      at += blank[0].length;
      continue;
    }
    const token = readToken(text, at, take);
    tokens.push(token.token);
    at += token.length;
  }
  tokens.push({ kind: "end", text: "", at: text.length });
  return tokens;
}

function readToken(
  text: string,
  at: number,
  take: (pattern: RegExp) => RegExpExecArray | null,
): { readonly token: Token; readonly length: number } {
  const character = text.charAt(at);
  const single = { "(": "open", ")": "close", ",": "comma" } as const;
  if (character === "(" || character === ")" || character === ",") {
    return { token: { kind: single[character], text: character, at }, length: 1 };
  }
  const text_ = take(quoted);
  if (text_ !== null) {
    const value = (text_[1] ?? "").replace(/\\(["\\])/g, "$1");
    return { token: { kind: "quoted", text: value, at }, length: text_[0].length };
  }
  if (character === '"') throw fault(at, "this quotation mark is never closed");
  const sign = take(operator);
  if (sign !== null) return { token: { kind: "operator", text: sign[0], at }, length: sign[0].length };
  const plain = take(word);
  if (plain !== null) return { token: { kind: "word", text: plain[0], at }, length: plain[0].length };
  throw fault(
    at,
    `the character "${String.fromCodePoint(text.codePointAt(at) ?? 0)}" has no meaning here; put the value into "quotation marks"`,
  );
}

interface Cursor {
  readonly tokens: readonly Token[];
  next: number;
}

function peek(cursor: Cursor): Token {
  return cursor.tokens[cursor.next] as Token;
}

function takeToken(cursor: Cursor): Token {
  const token = peek(cursor);
  if (token.kind !== "end") cursor.next++;
  return token;
}

function takeKeyword(cursor: Cursor, name: string): boolean {
  const token = peek(cursor);
  if (token.kind !== "word" || token.text.toLowerCase() !== name) return false;
  cursor.next++;
  return true;
}

function parseAny(cursor: Cursor, depth: number): Query {
  if (depth > depthMax) throw fault(peek(cursor).at, `more than ${depthMax} levels of parentheses or "not"`);
  const parts = [parseAll(cursor, depth)];
  while (takeKeyword(cursor, "or")) parts.push(parseAll(cursor, depth));
  return parts.length === 1 ? (parts[0] as Query) : { type: "or", parts };
}

function parseAll(cursor: Cursor, depth: number): Query {
  const parts = [parseOne(cursor, depth)];
  while (takeKeyword(cursor, "and")) parts.push(parseOne(cursor, depth));
  return parts.length === 1 ? (parts[0] as Query) : { type: "and", parts };
}

function parseOne(cursor: Cursor, depth: number): Query {
  if (depth > depthMax) throw fault(peek(cursor).at, `more than ${depthMax} levels of parentheses or "not"`);
  if (takeKeyword(cursor, "not")) return { type: "not", part: parseOne(cursor, depth + 1) };
  const token = takeToken(cursor);
  if (token.kind === "open") {
    const inner = parseAny(cursor, depth + 1);
    const close = takeToken(cursor);
    if (close.kind !== "close") throw unexpected(close, '")"');
    return inner;
  }
  const isField = token.kind === "quoted" || (token.kind === "word" && !/^(and|or|in)$/i.test(token.text));
  if (!isField) throw unexpected(token, "the name of a field");
  if (takeKeyword(cursor, "in")) return { type: "in", field: token.text, values: parseList(cursor) };
  if (takeKeyword(cursor, "under")) {
    const values = peek(cursor).kind === "open" ? parseList(cursor, "under") : [parseValue(cursor)];
    return { type: "under", field: token.text, values };
  }
  const sign = takeToken(cursor);
  if (sign.kind !== "operator") {
    throw unexpected(sign, `an operator after "${token.text}": = != ~ !~ < <= > >= in (…) or under`);
  }
  return {
    type: "compare",
    field: token.text,
    operator: sign.text as CompareOperator,
    value: parseValue(cursor),
  };
}

function parseList(cursor: Cursor, after = "in"): string[] {
  const open = takeToken(cursor);
  if (open.kind !== "open") throw unexpected(open, `"(" after "${after}"`);
  const values = [parseValue(cursor)];
  for (;;) {
    const token = takeToken(cursor);
    if (token.kind === "close") return values;
    if (token.kind !== "comma") throw unexpected(token, '"," or ")"');
    values.push(parseValue(cursor));
  }
}

function parseValue(cursor: Cursor): string {
  const token = takeToken(cursor);
  if (token.kind === "word" || token.kind === "quoted") return token.text;
  throw unexpected(token, "a value");
}

function unexpected(token: Token, expected: string): FoundryError {
  const found = token.kind === "end" ? "the query ends" : `"${token.text}" stands`;
  return fault(token.at, `${found} where ${expected} should be`);
}

function fault(at: number, problem: string): FoundryError {
  return new FoundryError("query.syntax", {
    message: `The search cannot be read at column ${at + 1}: ${problem}.`,
    hint: 'An example: kind=fluorescence and cells>20 and not status in (accepted, "in review").',
    details: { column: at + 1 },
  });
}
