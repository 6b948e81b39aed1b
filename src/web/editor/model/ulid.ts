/**
 * Ids made in the browser: ULIDs, so that they need no server and sort by time of birth.
 *
 * Within one millisecond (and when the clock steps back) the random part counts up, so a later id always sorts after an
 * earlier one of the same source. Format: 10 characters of time, 16 of chance, Crockford's base 32.
 */

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const randomLength = 16;

/**
 * @param now        milliseconds since 1970.
 * @param randomByte a byte, 0..255, each call.
 */
export function ulidSource(now: () => number, randomByte: () => number): () => string {
  let lastTime = -1;
  let digits: number[] = [];
  return () => {
    const time = Math.floor(now());
    if (time > lastTime) {
      lastTime = time;
      digits = Array.from({ length: randomLength }, () => randomByte() & 31);
      // Leaves room to count up: the first digit starts in the lower half.
      digits[0] = (digits[0] as number) & 15;
    } else {
      countUpInPlace(digits);
    }
    return timeText(lastTime) + digits.map((digit) => alphabet[digit]).join("");
  };
}

function countUpInPlace(digits: number[]): void {
  for (let i = digits.length - 1; i >= 0; i--) {
    if ((digits[i] as number) < 31) {
      digits[i] = (digits[i] as number) + 1;
      return;
    }
    digits[i] = 0;
  }
}

function timeText(time: number): string {
  let text = "";
  let rest = time;
  for (let i = 0; i < 10; i++) {
    text = (alphabet[rest % 32] as string) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** The page's own source: wall clock and the platform's random numbers. */
export const newUlid: () => string = ulidSource(
  () => Date.now(),
  () => crypto.getRandomValues(new Uint8Array(1))[0] as number,
);
