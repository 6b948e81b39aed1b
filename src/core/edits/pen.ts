/**
 * From a pen's pressure to the radius of the brush.
 *
 * Half pressure is the chosen radius, which is also what a mouse and most fingers report; a touch without pressure halves
 * it, full pressure doubles it, evenly on a logarithmic scale between. Radii are rounded to the nearest quarter of a
 * pixel and follow a change only when it is clear, so a trembling hand draws an even line.
 */

/** Doublings between half and full pressure. */
const octaves = 1;
const stepPx = 0.25;
/** A change of radius below this share of the last one is tremor. */
const tremor = 0.04;

/**
 * @param radiusPx  chosen radius, at pressure 0.5.
 * @param pressure  0 to 1 as pointer events give it; anything else counts as 0.5.
 * @param lastPx  radius of the stroke's last point; default: none.
 * @returns between half and twice the chosen radius, to the nearest quarter pixel.
 */
export function pressureRadius(radiusPx: number, pressure: number, lastPx?: number): number {
  const isPressure = pressure >= 0 && pressure <= 1;
  const wanted = radiusPx * 2 ** (2 * octaves * ((isPressure ? pressure : 0.5) - 0.5));
  if (lastPx !== undefined && Math.abs(wanted - lastPx) <= tremor * lastPx) return lastPx;
  return Math.round(wanted / stepPx) * stepPx;
}
