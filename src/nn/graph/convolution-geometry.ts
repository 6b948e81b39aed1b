/** How a convolution kernel moves over the pixels; equal for rows and columns. */
export interface ConvolutionGeometry {
  /** Step between output pixels, 1 or more. */
  readonly stride: number;
  /** Zeros added on each side. */
  readonly padding: number;
}
