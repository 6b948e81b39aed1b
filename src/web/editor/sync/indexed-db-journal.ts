/**
 * The journal in the browser's own database.
 *
 * Each write is one transaction with durability `strict`: it counts as written when the disk has it, not when the
 * operating system promises to. The layout carries a version; a newer program must carry entries over (reliability.md,
 * F13), so the upgrade only ever adds.
 */

import { FoundryError } from "#core/errors.ts";
import type { Journal, JournalEntry } from "./journal.ts";

const databaseName = "cellfoundry-journal";
const databaseVersion = 1;
const storeName = "edits";
const byLayer = "layerId";

/** Opens the journal; `factory` is `indexedDB` of the page. Rejects when the browser keeps no database. */
export async function openIndexedDbJournal(factory: IDBFactory): Promise<Journal> {
  const database = await openDatabase(factory);
  // Another tab with a newer program may need to upgrade: give way instead of blocking it for ever.
  database.onversionchange = () => database.close();
  return {
    write: (entries) =>
      change(database, (store) => {
        for (const entry of entries) store.put(entry);
      }),
    read: async (layerId) => {
      const transaction = database.transaction(storeName, "readonly");
      const request = transaction.objectStore(storeName).index(byLayer).getAll(layerId);
      const entries = (await answerOf(request)) as JournalEntry[];
      return entries.sort((a, b) => a.order - b.order);
    },
    remove: (operationIds) =>
      change(database, (store) => {
        for (const operationId of operationIds) store.delete(operationId);
      }),
  };
}

function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(databaseName, databaseVersion);
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore(storeName, { keyPath: "operationId" });
      store.createIndex(byLayer, byLayer);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(keepError(request.error));
    request.onblocked = () => reject(keepError(null));
  });
}

function change(database: IDBDatabase, work: (store: IDBObjectStore) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(storeName, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(keepError(transaction.error));
    transaction.onerror = () => reject(keepError(transaction.error));
    work(transaction.objectStore(storeName));
  });
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(keepError(request.error));
  });
}

function keepError(cause: DOMException | null): FoundryError {
  const full = cause?.name === "QuotaExceededError";
  return new FoundryError(full ? "disk.full" : "disk.io", {
    message: full
      ? "The browser has no space left to keep edits on this computer."
      : "The browser cannot keep edits on this computer.",
    hint: full ? "Free some disk space, then go on." : "Leave private browsing, or use another browser.",
    cause,
  });
}
