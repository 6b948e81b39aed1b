/**
 * Which edits travel together, and how long to wait after a failure.
 */

import type { JournalEntry } from "./journal.ts";

/** The server takes at most this many edits in a request. */
export const batchEditsMax = 100;
/** The server takes at most this many changes in one edit. */
export const changesPerEditMax = 10_000;
/** Bits in base64 per request: half of what a proxy in front of the server usually lets through (16 MB). */
export const batchCharsMax = 8_000_000;

const firstWaitMs = 1000;
const waitMsMax = 30_000;

/** The longest run of waiting entries from the start that fits into one request; at least one. */
export function nextBatch(entries: readonly JournalEntry[], limit = batchEditsMax): JournalEntry[] {
  const batch: JournalEntry[] = [];
  let chars = 0;
  for (const entry of entries) {
    if (entry.refusal !== null) continue;
    chars += sizeOf(entry);
    if (batch.length > 0 && (batch.length >= limit || chars > batchCharsMax)) break;
    batch.push(entry);
  }
  return batch;
}

function sizeOf(entry: JournalEntry): number {
  // Ids, boxes and punctuation of one change come to about 200 characters.
  const { types = [], spots = [] } = entry.edit;
  return entry.edit.changes.reduce(
    (sum, { before, after }) => sum + 200 + (before?.bits.length ?? 0) + (after?.bits.length ?? 0),
    200 * (1 + types.length + spots.length),
  );
}

/**
 * Wait before try number `failures` + 1: doubling from one second to thirty, with up to half of it by chance, so that
 * a room full of editors does not come back at the same moment after an outage.
 */
export function retryWaitMs(failures: number, random: number): number {
  const whole = Math.min(waitMsMax, firstWaitMs * 2 ** Math.max(0, failures - 1));
  return whole * (0.5 + 0.5 * random);
}
