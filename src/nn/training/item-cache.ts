/**
 * Prepared items within a bound of memory: the ones used last stay, the others are read and prepared again.
 *
 * What is cached never changes what is computed, only how long it takes, so a run gives the same bytes with any bound.
 */
import type { ItemSource, PreparationContract, PreparedItem } from "./items.ts";
import { preparedBytes, prepareItem } from "./items.ts";

export interface ItemCache {
  /** @throws FoundryError as `prepareItem`, and whatever reading throws. */
  get(id: string): Promise<PreparedItem>;
  /** Begins to read items that will be asked for soon. Failures show when they are asked for. */
  prefetch(ids: Iterable<string>): void;
  /** Bytes held now. */
  readonly bytes: number;
}

/** Enough for some hundred fields of 1000 x 1000 pixels; a laptop has it to spare. */
export const itemCacheBytesDefault = 1024 * 2 ** 20;

interface Entry {
  readonly item: Promise<PreparedItem>;
  /** 0 until it is there. */
  bytes: number;
}

/** @param bytesMax  bound on the pixels and labels kept; the item in use is kept whatever its size. */
export function createItemCache(
  source: ItemSource,
  contract: PreparationContract,
  bytesMax: number = itemCacheBytesDefault,
): ItemCache {
  // In order of last use, the oldest first.
  const entries = new Map<string, Entry>();
  let held = 0;
  const shrink = (): void => {
    for (const [id, entry] of entries) {
      if (held <= bytesMax || entries.size <= 1) return;
      if (entry.bytes === 0) continue;
      entries.delete(id);
      held -= entry.bytes;
    }
  };
  const open = (id: string): Entry => {
    const known = entries.get(id);
    if (known !== undefined) {
      entries.delete(id);
      entries.set(id, known);
      return known;
    }
    const entry: Entry = {
      bytes: 0,
      item: source.load(id).then((item) => {
        const prepared = prepareItem(item, contract);
        entry.bytes = preparedBytes(prepared);
        held += entry.bytes;
        shrink();
        return prepared;
      }),
    };
    entries.set(id, entry);
    entry.item.catch(() => entries.delete(id));
    return entry;
  };
  return {
    get: (id) => open(id).item,
    prefetch: (ids) => {
      for (const id of ids) open(id);
    },
    get bytes() {
      return held;
    },
  };
}
