/**
 * ULIDs: 48 bits of time and 80 of chance in Crockford's base 32, so that ids sort by creation.
 *
 * Monotonic: within one millisecond (or when the clock steps back) the random part of the last id is counted up, so ids
 * of one source never go backwards. Server and page make them alike: edits and cells get their ids where they are born.
 * Layout: the ULID specification.
 */

/** Fills an array with random bytes. */
export type RandomFill = (bytes: Uint8Array<ArrayBuffer>) => void;

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const timeMax = 2 ** 48 - 1;

/**
 * A source of ids of 26 characters.
 *
 * @param now  milliseconds since 1970; given, so that a simulation repeats exactly
 */
export function createUlids(now: () => number, random: RandomFill): () => string {
  let lastTime = -1;
  let lastChance = 0n;
  return () => {
    const time = Math.min(Math.max(0, Math.floor(now())), timeMax);
    if (time > lastTime) {
      lastTime = time;
      lastChance = drawChance(random);
    } else {
      lastChance += 1n;
      // 2^79 ids in one millisecond do not happen; should the draw lie at the very top, borrow a millisecond.
      if (lastChance >> 80n !== 0n) {
        lastTime += 1;
        lastChance = drawChance(random);
      }
    }
    return encode(BigInt(lastTime), 10) + encode(lastChance, 16);
  };
}

function drawChance(random: RandomFill): bigint {
  const bytes = new Uint8Array(10);
  random(bytes);
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function encode(value: bigint, length: number): string {
  let text = "";
  for (let rest = value, i = 0; i < length; i++, rest >>= 5n)
    text = alphabet.charAt(Number(rest & 31n)) + text;
  return text;
}
