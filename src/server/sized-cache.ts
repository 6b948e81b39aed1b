/**
 * A cache with a limit in bytes that makes each value once, also when many ask at the same time.
 *
 * Least recently used values go first. A failed attempt is not kept. Keys are digests or built from them, so nothing
 * in here can be out of date.
 */

export interface SizedCache<V> {
  /** The kept value, or what `make` gives. A value larger than the whole cache is returned and not kept. */
  get(key: string, make: () => Promise<V>): Promise<V>;
  /** Bytes kept now. */
  readonly bytes: number;
}

/**
 * @param bytesMax  limit of all kept values together.
 * @param sizeOf    bytes of one value.
 */
export function createSizedCache<V>(bytesMax: number, sizeOf: (value: V) => number): SizedCache<V> {
  /** In order of use, oldest first: a Map keeps the order of insertion. */
  const kept = new Map<string, { readonly value: V; readonly size: number }>();
  const making = new Map<string, Promise<V>>();
  let bytes = 0;

  const keep = (key: string, value: V): void => {
    const size = sizeOf(value);
    if (size > bytesMax) return;
    kept.set(key, { value, size });
    bytes += size;
    for (const [oldest, entry] of kept) {
      if (bytes <= bytesMax) break;
      kept.delete(oldest);
      bytes -= entry.size;
    }
  };

  return {
    get bytes() {
      return bytes;
    },
    async get(key, make) {
      const hit = kept.get(key);
      if (hit !== undefined) {
        kept.delete(key);
        kept.set(key, hit);
        return hit.value;
      }
      const running = making.get(key);
      if (running !== undefined) return running;
      const work = make().then((value) => {
        keep(key, value);
        return value;
      });
      making.set(key, work);
      try {
        return await work;
      } finally {
        making.delete(key);
      }
    },
  };
}
