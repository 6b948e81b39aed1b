/**
 * The end of a zip archive of 65,535 entries or more, whose number does not fit the archive's own 16 bits.
 *
 * The library that packs small archives in memory cuts the number off there, so that readers find a few thousand of
 * 70,000 regions or none. ZIP64 puts a wider record before the end. Format: APPNOTE 6.3.10, 4.3.14 to 4.3.16.
 */

const END_BYTES = 22;
const END64_BYTES = 56;
const LOCATOR_BYTES = 20;
/** In the place of a number that stands in the ZIP64 record. */
const ELSEWHERE = 0xffff;
const VERSION64 = 45;

/**
 * @param archive  below 4 GiB, without a comment. @param count  its entries.
 * @returns the archive itself while its own end suffices, else a copy with a ZIP64 record and its locator.
 */
export function withZip64End(archive: Uint8Array, count: number): Uint8Array {
  if (count < ELSEWHERE) return archive;
  const recordAt = archive.length - END_BYTES;
  const locatorAt = recordAt + END64_BYTES;
  const endAt = locatorAt + LOCATOR_BYTES;
  const out = new Uint8Array(endAt + END_BYTES);
  out.set(archive.subarray(0, recordAt));
  out.set(archive.subarray(recordAt), endAt);
  const view = new DataView(out.buffer);
  const put64 = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), true);
  view.setUint32(recordAt, 0x06064b50, true);
  // The record's bytes after this number.
  put64(recordAt + 4, END64_BYTES - 12);
  view.setUint16(recordAt + 12, VERSION64, true);
  view.setUint16(recordAt + 14, VERSION64, true);
  put64(recordAt + 24, count);
  put64(recordAt + 32, count);
  put64(recordAt + 40, view.getUint32(endAt + 12, true));
  put64(recordAt + 48, view.getUint32(endAt + 16, true));
  view.setUint32(locatorAt, 0x07064b50, true);
  put64(locatorAt + 8, recordAt);
  view.setUint32(locatorAt + 16, 1, true);
  view.setUint16(endAt + 8, ELSEWHERE, true);
  view.setUint16(endAt + 10, ELSEWHERE, true);
  return out;
}
