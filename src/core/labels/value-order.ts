/**
 * Order of values among themselves: what turns floods and trees over an image from O(n log n) into O(n).
 *
 * Values come as whole numbers in their order (float32 bit patterns, see `gatherPiece`), each with a number that stands
 * for its pixel. Maps of distances have few distinct values, however many pixels: those are found in a small hash table,
 * and a pixel costs one look into it. Where the table runs over, as on any network's answer, a stable radix sort over
 * the bits in use takes its place.
 */

/** Values that the hash table may hold: a quarter of its slots, so that nearly all are found at the first look. */
const distinctMax = 1024;
const slotBits = 12;
const slotCount = 2 ** slotBits;

/** Counters of digits of 11 bits fit the fastest cache. */
const digitBitsMax = 11;

export class ValueOrder {
  /** By pixel; to be filled before each call, and changed by it. */
  readonly keys: Uint32Array<ArrayBuffer>;
  /** By pixel, any whole number that stands for it; to be filled before each call, and changed by it. */
  readonly places: Int32Array<ArrayBuffer>;
  readonly #otherKeys: Uint32Array<ArrayBuffer>;
  readonly #otherPlaces: Int32Array<ArrayBuffer>;
  readonly #table = new DistinctTable();
  readonly #counts = new Int32Array(3 * 2 ** digitBitsMax);

  /** @param capacity  pixels at most. 16 bytes each. */
  constructor(capacity: number) {
    this.keys = new Uint32Array(capacity);
    this.places = new Int32Array(capacity);
    this.#otherKeys = new Uint32Array(capacity);
    this.#otherPlaces = new Int32Array(capacity);
  }

  /**
   * Ranks the first `count` pixels: writes 0 for the lowest value, 1 for the next higher one and so on to
   * `levels[stride * place]`. Returns how many distinct values there are. Cost: O(count).
   */
  rank(count: number, levels: Int32Array, stride: number): number {
    const { keys, places } = this;
    const ids = this.#otherPlaces;
    const distinct = this.#table.identify(keys, count, ids);
    if (distinct >= 0) {
      const ranks = this.#table.ranksOfIds(distinct);
      for (let k = 0; k < count; k++)
        levels[stride * (places[k] as number)] = ranks[ids[k] as number] as number;
      return distinct;
    }
    const sorted = this.#sortByDigits(count);
    let level = 0;
    for (let k = 0; k < count; k++) {
      if (k > 0 && sorted.keys[k] !== sorted.keys[k - 1]) level++;
      levels[stride * (sorted.places[k] as number)] = level;
    }
    return level + 1;
  }

  /** Places of the first `count` pixels by ascending value, equal ones as given. Valid until the next call. Cost: O(count). */
  sort(count: number): Int32Array {
    const ids = this.#otherPlaces;
    const distinct = this.#table.identify(this.keys, count, ids);
    if (distinct < 0) return this.#sortByDigits(count).places;
    const ranks = this.#table.ranksOfIds(distinct);
    const counts = this.#counts.fill(0, 0, distinct);
    for (let k = 0; k < count; k++) {
      const rank = ranks[ids[k] as number] as number;
      ids[k] = rank;
      counts[rank] = (counts[rank] as number) + 1;
    }
    toStarts(counts, distinct);
    // The keys are of no more use; their memory takes the result.
    const order = new Int32Array(this.keys.buffer);
    for (let k = 0; k < count; k++) {
      const rank = ids[k] as number;
      const at = counts[rank] as number;
      counts[rank] = at + 1;
      order[at] = this.places[k] as number;
    }
    return order;
  }

  #sortByDigits(count: number): { readonly keys: Uint32Array; readonly places: Int32Array } {
    let [keys, places, toKeys, toPlaces] = [this.keys, this.places, this.#otherKeys, this.#otherPlaces];
    let differing = 0;
    for (let k = 1; k < count; k++) differing |= (keys[k] as number) ^ (keys[0] as number);
    const bits = 32 - Math.clz32(differing);
    const passes = Math.ceil(bits / digitBitsMax);
    const digitBits = Math.ceil(bits / Math.max(1, passes));
    for (let pass = 0; pass < passes; pass++) {
      scatter(keys, places, toKeys, toPlaces, count, this.#counts, pass * digitBits, digitBits);
      [keys, places, toKeys, toPlaces] = [toKeys, toPlaces, keys, places];
    }
    return { keys, places };
  }
}

/** One stable pass of the sort, by the digit of `digitBits` bits from `shift`. */
function scatter(
  keys: Uint32Array,
  places: Int32Array,
  toKeys: Uint32Array,
  toPlaces: Int32Array,
  count: number,
  counts: Int32Array,
  shift: number,
  digitBits: number,
): void {
  const digits = 1 << digitBits;
  const mask = digits - 1;
  counts.fill(0, 0, digits);
  for (let k = 0; k < count; k++) {
    const digit = ((keys[k] as number) >>> shift) & mask;
    counts[digit] = (counts[digit] as number) + 1;
  }
  toStarts(counts, digits);
  for (let k = 0; k < count; k++) {
    const key = keys[k] as number;
    const digit = (key >>> shift) & mask;
    const at = counts[digit] as number;
    counts[digit] = at + 1;
    toKeys[at] = key;
    toPlaces[at] = places[k] as number;
  }
}

/** Turns counts into the place of the first of each. */
function toStarts(counts: Int32Array, length: number): void {
  let sum = 0;
  for (let k = 0; k < length; k++) {
    const held = counts[k] as number;
    counts[k] = sum;
    sum += held;
  }
}

/** Numbers distinct keys in the order in which they are met. */
class DistinctTable {
  /** One more than the number of the key in each slot; 0 where there is none. */
  readonly #numbers = new Int32Array(slotCount);
  readonly #slotKeys = new Uint32Array(slotCount);
  readonly #slots = new Int32Array(distinctMax);
  readonly #ranks = new Int32Array(distinctMax);

  /** Writes the number of each key; returns how many distinct there are, or -1 when too many. */
  identify(keys: Uint32Array, count: number, ids: Int32Array): number {
    const numbers = this.#numbers;
    const slotKeys = this.#slotKeys;
    const slots = this.#slots;
    let distinct = 0;
    for (let k = 0; k < count; k++) {
      const key = keys[k] as number;
      // The golden ratio's bits spread keys that differ in few bits (Knuth's multiplicative hash).
      let slot = Math.imul(key, 0x9e3779b1) >>> (32 - slotBits);
      while (numbers[slot] !== 0 && slotKeys[slot] !== key) slot = (slot + 1) & (slotCount - 1);
      let number = numbers[slot] as number;
      if (number === 0) {
        if (distinct === distinctMax) {
          this.#clear(distinct);
          return -1;
        }
        slots[distinct] = slot;
        slotKeys[slot] = key;
        number = ++distinct;
        numbers[slot] = number;
      }
      ids[k] = number - 1;
    }
    return distinct;
  }

  /** Rank of each number; empties the table. Valid until the next call. */
  ranksOfIds(distinct: number): Int32Array {
    const keys = new Float64Array(distinct);
    // Key and number in one number below 2^53, so that sorting the keys carries the numbers along.
    for (let id = 0; id < distinct; id++) {
      keys[id] = (this.#slotKeys[this.#slots[id] as number] as number) * distinctMax + id;
    }
    keys.sort();
    for (let rank = 0; rank < distinct; rank++) this.#ranks[(keys[rank] as number) % distinctMax] = rank;
    this.#clear(distinct);
    return this.#ranks;
  }

  #clear(distinct: number): void {
    for (let id = 0; id < distinct; id++) this.#numbers[this.#slots[id] as number] = 0;
  }
}
