/** One line of JSON per event on a stream the caller chooses; no message ever holds a token or an image. */

import { type Clock, systemClock } from "./clock.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface Log {
  write(level: LogLevel, message: string, facts?: Readonly<Record<string, unknown>>): void;
}

/** Log to a line sink, for example `(line) => process.stderr.write(line)`. */
export function createLog(sink: (line: string) => void, clock: Clock = systemClock): Log {
  return {
    write(level, message, facts = {}) {
      sink(`${JSON.stringify({ at: new Date(clock.now()).toISOString(), level, message, ...facts })}\n`);
    },
  };
}

export const silentLog: Log = { write: () => undefined };
