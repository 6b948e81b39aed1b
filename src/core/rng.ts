/**
 * Seeded random numbers that are the same on every engine, and that can be stored and continued.
 *
 * Counter-based: the n-th number is a hash of (key, n), so a generator's state is two integers and independent
 * streams come from names instead of from order of use: `rng(seed, "augment", epoch, item)` does not change when
 * another stream draws more. The hash is 32-bit integer arithmetic only (two rounds of the `lowbias32` finaliser by
 * C. Wellons over key and counter), so nothing depends on float rounding or the platform; `normal()` uses only
 * sums (Irwin-Hall), because engines may round `Math.log` and `Math.cos` differently.
 */

import { assert } from "./errors.ts";

/** State of a generator: plain data, can be saved with a checkpoint. */
export interface RngState {
  readonly key: readonly [number, number];
  readonly counter: number;
}

export interface Rng {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** Uniform integer in [0, n), without bias; n from 1 to 2^32. */
  int(n: number): number;
  /** Mean 0, variance 1, within ±6: the sum of twelve uniforms minus six. */
  normal(): number;
  /** Uniform in [low, high). */
  uniform(low: number, high: number): number;
  /** True with probability p. */
  chance(p: number): boolean;
  /** One item of a list that is not empty. */
  pick<T>(items: readonly T[]): T;
  /** New array in random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** A generator of its own, that depends on this one's key and the names, not on how much was drawn. */
  stream(...names: readonly (string | number)[]): Rng;
  state(): RngState;
}

function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

function draw(k0: number, k1: number, counter: number): number {
  const low = counter >>> 0;
  const high = Math.floor(counter / 4294967296) >>> 0;
  const first = mix((low ^ k0) + Math.imul(high, 0x9e3779b9));
  return mix(first ^ mix((low + k1) ^ 0x85ebca6b));
}

function absorb(key: readonly [number, number], text: string): [number, number] {
  let [a, b] = key;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = mix(a ^ (unit + 0x9e3779b9));
    b = mix((b + Math.imul(unit + 1, 0xc2b2ae35)) ^ (a >>> 3));
  }
  return [mix(a ^ text.length), mix(b ^ (text.length << 8))];
}

/** Names of different type or grouping give different streams: 1 and "1", ("ab") and ("a", "b"). */
function deriveKey(key: readonly [number, number], names: readonly (string | number)[]): [number, number] {
  let derived: [number, number] = [key[0], key[1]];
  for (const name of names) derived = absorb(derived, typeof name === "number" ? `n${name}` : `s${name}`);
  return derived;
}

/**
 * Generator for a seed and any number of stream names.
 *
 * @param seed  finite number or text; the same seed and names give the same numbers everywhere.
 */
export function rng(seed: number | string, ...streams: readonly (string | number)[]): Rng {
  assert(typeof seed === "string" || Number.isFinite(seed), "a seed must be a finite number or a text");
  return generator(deriveKey([0x243f6a88, 0x85a308d3], [seed, ...streams]), 0);
}

/** Continues a generator from its saved state. */
export function rngFromState(state: RngState): Rng {
  return generator([state.key[0], state.key[1]], state.counter);
}

function generator(key: [number, number], start: number): Rng {
  const [k0, k1] = key;
  let counter = start;
  const bits = (): number => draw(k0, k1, counter++);
  const next = (): number => bits() / 4294967296;
  const int = (n: number): number => {
    assert(Number.isInteger(n) && n >= 1 && n <= 4294967296, `rng.int needs 1 to 2^32, got ${n}`);
    const limit = 4294967296 - (4294967296 % n);
    let value = bits();
    while (value >= limit) value = bits();
    return value % n;
  };
  return {
    next,
    int,
    normal: () => {
      let sum = -6;
      for (let i = 0; i < 12; i++) sum += next();
      return sum;
    },
    uniform: (low, high) => low + (high - low) * next(),
    chance: (p) => next() < p,
    pick: (items) => {
      assert(items.length > 0, "rng.pick needs at least one item");
      return items[int(items.length)] as (typeof items)[number];
    },
    shuffle: <T>(items: readonly T[]): T[] => {
      const result = [...items];
      for (let i = result.length - 1; i > 0; i--) {
        const j = int(i + 1);
        const held = result[i] as T;
        result[i] = result[j] as T;
        result[j] = held;
      }
      return result;
    },
    stream: (...names) => generator(deriveKey(key, names), 0),
    state: () => ({ key: [k0, k1], counter }),
  };
}
