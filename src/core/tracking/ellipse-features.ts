/** Shape of a mask from its second moments: the ellipse with the same ones. */

/**
 * @returns area, full axes, eccentricity, and cosine and sine of twice the angle of the long axis against x, times
 * eccentricity: the first six of `detectionFeatures`.
 */
export function ellipseFeatures(area: number, momentY: number, momentX: number, momentXY: number): number[] {
  const middle = (momentY + momentX) / 2;
  const spread = Math.hypot((momentX - momentY) / 2, momentXY);
  const [large, small] = [middle + spread, Math.max(0, middle - spread)];
  const eccentricity = large === 0 ? 0 : Math.sqrt(1 - small / large);
  const cosine = spread === 0 ? 0 : (momentX - momentY) / 2 / spread;
  const sine = spread === 0 ? 0 : momentXY / spread;
  return [
    area,
    4 * Math.sqrt(large),
    4 * Math.sqrt(small),
    eccentricity,
    eccentricity * cosine,
    eccentricity * sine,
  ];
}
