/** The scale bar: a round length that is about a fifth of the view, in µm when the pixel size is known. */

export interface ScaleBar {
  readonly lengthPx: number;
  readonly text: string;
}

/** On screen the bar is at most this long, in CSS pixels; its round value makes it at least two fifths of it. */
const lengthPxMax = 140;

/**
 * @param scale  screen pixels per image pixel, > 0.
 * @param mppX   µm per image pixel along x; null when unknown, then the bar counts image pixels.
 */
export function scaleBar(scale: number, mppX: number | null): ScaleBar {
  const unitsPerScreenPx = (mppX ?? 1) / scale;
  const longest = lengthPxMax * unitsPerScreenPx;
  const magnitude = 10 ** Math.floor(Math.log10(longest));
  const step = [5, 2, 1].find((factor) => factor * magnitude <= longest) ?? 1;
  const length = step * magnitude;
  return { lengthPx: length / unitsPerScreenPx, text: lengthText(length, mppX === null) };
}

function lengthText(length: number, inPixels: boolean): string {
  if (inPixels) return `${round(length)} px`;
  if (length >= 1000) return `${round(length / 1000)} mm`;
  if (length < 1) return `${round(length * 1000)} nm`;
  return `${round(length)} µm`;
}

const round = (value: number): string => String(Number(value.toPrecision(3)));
