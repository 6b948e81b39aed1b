/**
 * The part of IndexedDB that the journal uses, in memory, for tests: stores with a key path, one index, transactions
 * that complete after their requests, and an abort on demand. Records are cloned as the real one does.
 */

interface FakeRequest {
  result: unknown;
  onsuccess: (() => void) | null;
}

export interface FakeIndexedDb {
  readonly factory: IDBFactory;
  /** Options of every read-write transaction, to see that durability was asked for. */
  readonly writes: unknown[];
  /** Makes the next read-write transaction abort, without keeping anything. */
  failNextWrite: () => void;
}

export function fakeIndexedDb(): FakeIndexedDb {
  const stores = new Map<string, Map<string, Record<string, unknown>>>();
  const writes: unknown[] = [];
  let failNext = false;
  let created = false;

  const later = (request: FakeRequest, result: unknown): FakeRequest => {
    queueMicrotask(() => {
      request.result = result;
      request.onsuccess?.();
    });
    return request;
  };
  const request = (result: unknown): FakeRequest => later({ result: undefined, onsuccess: null }, result);

  const objectStore = (records: Map<string, Record<string, unknown>>) => ({
    put: (record: Record<string, unknown>) =>
      records.set(record["operationId"] as string, structuredClone(record)),
    delete: (key: string) => records.delete(key),
    createIndex: () => undefined,
    index: (path: string) => ({
      getAll: (value: unknown) =>
        request(structuredClone([...records.values()].filter((record) => record[path] === value))),
    }),
  });

  const transaction = (name: string, mode: string, options: unknown) => {
    const committed = stores.get(name) ?? new Map();
    const scratch = new Map(committed);
    const self = {
      oncomplete: null as (() => void) | null,
      onabort: null as (() => void) | null,
      error: null as unknown,
      objectStore: () => objectStore(mode === "readonly" ? committed : scratch),
    };
    if (mode === "readonly") return self;
    writes.push(options);
    const fails = failNext;
    failNext = false;
    queueMicrotask(() => {
      if (fails) {
        self.error = { name: "QuotaExceededError" };
        self.onabort?.();
        return;
      }
      stores.set(name, scratch);
      self.oncomplete?.();
    });
    return self;
  };

  const database = {
    transaction,
    close: () => undefined,
    createObjectStore: (name: string) => {
      stores.set(name, new Map());
      return objectStore(new Map());
    },
  };
  const factory = {
    open: () => {
      const opening = {
        result: database,
        onsuccess: null as (() => void) | null,
        onupgradeneeded: null as (() => void) | null,
      };
      queueMicrotask(() => {
        if (!created) opening.onupgradeneeded?.();
        created = true;
        opening.onsuccess?.();
      });
      return opening;
    },
  };
  return {
    factory: factory as unknown as IDBFactory,
    writes,
    failNextWrite: () => {
      failNext = true;
    },
  };
}
