/**
 * What the command line prints: results on standard output, everything else on standard error.
 *
 * With `--json` standard output carries exactly one JSON document, so that `cellfoundry … --json | jq` always works,
 * also when the command fails. The progress line rewrites itself on a terminal and is printed sparsely into a log.
 */

import { errorToWire, FoundryError } from "#core/errors.ts";

/** Between two progress lines in a log file; a terminal is rewritten at each report. */
const LOG_PROGRESS_MS = 5_000;

export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Output {
  readonly json: boolean;
  /** The answer of the command, once: the value as JSON, or the text for people. */
  result(value: unknown, text: () => string): void;
  /** One line for people, on standard error. */
  note(text: string): void;
  /** Rewrites the progress line; nothing is kept of it. */
  progress(text: string): void;
  /** Ends the progress line, so that what follows starts on its own line. */
  endProgress(): void;
  failure(error: unknown): void;
}

export function createOutput(options: {
  readonly json: boolean;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly now?: () => number;
}): Output {
  const { json, stdout, stderr } = options;
  const now = options.now ?? (() => performance.now());
  let lineOpen = false;
  let loggedAt = Number.NEGATIVE_INFINITY;
  let loggedText = "";
  let answered = false;
  const endProgress = (): void => {
    if (lineOpen) stderr.write("\n");
    lineOpen = false;
  };
  return {
    json,
    result(value, text) {
      endProgress();
      answered = true;
      stdout.write(json ? `${JSON.stringify(value, jsonValue, 2)}\n` : `${text()}\n`);
    },
    note(text) {
      endProgress();
      stderr.write(`${text}\n`);
    },
    progress(text) {
      if (stderr.isTTY === true) {
        const width = Math.max(20, (stderr.columns ?? 100) - 1);
        stderr.write(`\r\u001b[2K${text.slice(0, width)}`);
        lineOpen = true;
      } else if (text !== loggedText && now() - loggedAt >= LOG_PROGRESS_MS) {
        stderr.write(`${text}\n`);
        loggedAt = now();
        loggedText = text;
      }
    },
    endProgress,
    failure(error) {
      endProgress();
      const known = error instanceof FoundryError;
      if (json && !answered) stdout.write(`${JSON.stringify({ error: errorToWire(error) }, jsonValue, 2)}\n`);
      stderr.write(`error: ${known ? error.message : errorText(error)}\n`);
      if (known && error.hint !== undefined) stderr.write(`  ${error.hint}\n`);
      if (known) stderr.write(`  (${error.code})\n`);
    },
  };
}

/** A stranger's error is shown with its trace: on one's own machine nothing is hidden. */
function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Map) return Object.fromEntries(value);
  return value;
}

/**
 * Columns aligned by the widest cell; numbers to the right.
 *
 * @param headers one word per column.
 * @param rows    cells as text or numbers; numbers are printed as they are (round before).
 */
export function table(
  headers: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const right = headers.map((_, column) => rows.every((row) => typeof row[column] !== "string"));
  const cells = [headers, ...rows.map((row) => headers.map((_, column) => cellText(row[column] ?? null)))];
  const widths = headers.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return right[column] === true ? cell.padStart(width) : cell.padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function cellText(value: string | number | null): string {
  return value === null ? "-" : String(value);
}

/** Three decimals, as scores are compared. */
export function score(value: number): string {
  return value.toFixed(3);
}

/** `95 s`, `12 min`, `2 h 5 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1 image`, `3 images`. */
export function counted(count: number, word: string, plural = `${word}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? word : plural}`;
}
