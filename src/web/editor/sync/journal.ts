/**
 * Edits that this computer has and the server has not acknowledged yet.
 *
 * Every edit is written here, durably, before the network sees it; it leaves only when the server has it, or when a
 * person throws a refused one away. One interface, so that the queue does not care whether a browser's database or a
 * plain map (private windows, tests) lies behind it.
 */

import type { WireEdit } from "#api/index.ts";
import type { WireError } from "#core/errors.ts";

export interface JournalEntry {
  readonly layerId: string;
  readonly operationId: string;
  /** Position in the layer's journal: edits are sent in this order. */
  readonly order: number;
  readonly edit: WireEdit;
  readonly writtenAt: number;
  /** Why the server refused it; null while it waits to be sent. */
  readonly refusal: WireError | null;
}

export interface Journal {
  /** Why entries do not outlive the page; absent when they do. */
  readonly volatile?: string;
  /** Resolves when the entries are durable. Writing an entry again replaces it. */
  write(entries: readonly JournalEntry[]): Promise<void>;
  /** All entries of a layer, by `order`. */
  read(layerId: string): Promise<JournalEntry[]>;
  remove(operationIds: readonly string[]): Promise<void>;
}

/** A journal that lives as long as the page: for tests, and where the browser keeps no database. */
export function memoryJournal(): Journal {
  const entries = new Map<string, JournalEntry>();
  return {
    write: async (list) => {
      for (const entry of list) entries.set(entry.operationId, entry);
    },
    read: async (layerId) =>
      [...entries.values()].filter((entry) => entry.layerId === layerId).sort((a, b) => a.order - b.order),
    remove: async (operationIds) => {
      for (const operationId of operationIds) entries.delete(operationId);
    },
  };
}
