/**
 * PackBits: runs and literal stretches, each with one counting byte. Source: TIFF 6.0, section 9.
 */

/**
 * Decodes into a buffer of known size; what does not fit is left out.
 *
 * @returns number of bytes written.
 */
export function decodePackBits(input: Uint8Array, output: Uint8Array): number {
  let written = 0;
  let at = 0;
  while (at < input.length && written < output.length) {
    const control = input[at++]!;
    if (control < 128) {
      const literal = input.subarray(at, at + Math.min(control + 1, output.length - written));
      output.set(literal, written);
      written += literal.length;
      at += control + 1;
    } else if (control > 128) {
      if (at === input.length) break;
      const end = Math.min(written + 257 - control, output.length);
      output.fill(input[at++]!, written, end);
      written = end;
    }
  }
  return written;
}
