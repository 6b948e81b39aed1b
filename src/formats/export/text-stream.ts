/** Pieces of text as pieces of bytes: small ones joined, so that a million of them are not a million writes. */

/** Bytes of one piece. */
const pieceChars = 256 * 1024;

export async function* encodeText(
  pieces: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let waiting: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < pieceChars) continue;
    yield encoder.encode(waiting.join(""));
    [waiting, length] = [[], 0];
  }
  if (length > 0) yield encoder.encode(waiting.join(""));
}
