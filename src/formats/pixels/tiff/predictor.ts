/**
 * Undoing TIFF predictors in place.
 *
 * Predictor 2 stores differences of neighbouring samples as whole numbers, also for floats; predictor 3 splits floats
 * into byte planes, highest byte first, before it stores differences. Source: TIFF 6.0 section 14; Adobe Technical
 * Note 3.
 */

/**
 * Adds up horizontal differences, row by row.
 *
 * @param values  whole numbers of one block, rows one after another; wraps around as the type does.
 * @param rowLength  numbers per row (columns times samples).
 * @param stride  distance to the neighbour of the same sample.
 */
export function undoDifferencesInPlace(
  values: Uint8Array | Uint16Array | Uint32Array,
  rowLength: number,
  stride: number,
): void {
  for (let row = 0; row < values.length; row += rowLength) {
    const end = Math.min(row + rowLength, values.length);
    for (let i = row + stride; i < end; i++) values[i] = values[i]! + values[i - stride]!;
  }
}

/** As `undoDifferencesInPlace`, for 64-bit numbers. */
export function undoWideDifferencesInPlace(values: BigUint64Array, rowLength: number, stride: number): void {
  for (let row = 0; row < values.length; row += rowLength) {
    const end = Math.min(row + rowLength, values.length);
    for (let i = row + stride; i < end; i++) values[i] = values[i]! + values[i - stride]!;
  }
}

/**
 * Undoes the floating point predictor.
 *
 * @param bytes  one block. Afterwards every float has its highest byte first, whatever the order of the file.
 */
export function undoFloatPredictorInPlace(
  bytes: Uint8Array,
  rowBytes: number,
  bytesPerSample: number,
  stride: number,
): void {
  const planes = new Uint8Array(rowBytes);
  const rowLength = rowBytes / bytesPerSample;
  for (let row = 0; row + rowBytes <= bytes.length; row += rowBytes) {
    for (let i = row + stride; i < row + rowBytes; i++) bytes[i] = bytes[i]! + bytes[i - stride]!;
    planes.set(bytes.subarray(row, row + rowBytes));
    for (let i = 0; i < rowLength; i++) {
      for (let b = 0; b < bytesPerSample; b++)
        bytes[row + i * bytesPerSample + b] = planes[b * rowLength + i]!;
    }
  }
}
