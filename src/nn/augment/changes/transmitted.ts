/**
 * Phase contrast, DIC and bright field: light that goes through the cells.
 *
 * Phase contrast is a picture of optical path minus a wide blur of it, which is what the bright halo around each cell is (Yin,
 * Kanade, Chen 2012); focus and condenser change how strong and how wide. The contrast of unstained cells in bright field is
 * proportional to defocus times the curvature of their phase, so it turns over when the focus crosses the cell (Teague 1983).
 * Both are one formula: value + strength · (value - blurred value). Inversion is negative phase contrast, or focus on the
 * other side; never planned for absorbing stains, where dark means stained.
 */
import { type Change, mapped, strength, withData } from "./change.ts";
import { slant, wideBlur } from "./smooth-field.ts";

export const illuminationGradient: Change = {
  about: "lamp off the middle",
  each: "image",
  strengths: {
    slope: { low: 0, high: 0.9, drawn: "evenly", about: "share by which one side is darker" },
  },
  make: (planes, values, { random }) =>
    planes.map((plane) => {
      const ramp = slant(random, plane);
      const half = strength(values, "slope") / 2;
      // Of a plane normalised to 0..1, black is not "no light"; so the slope moves the grey level too.
      return withData(
        plane,
        plane.data.map((value, i) => value + half * (ramp[i] as number) * (0.5 + 0.5 * value)),
      );
    }),
};

export const contrastInversion: Change = {
  about: "light and dark exchanged, as in negative phase contrast",
  each: "image",
  strengths: {},
  make: (planes) => mapped(planes, (value) => 1 - value),
};

export const halo: Change = {
  about: "stronger, weaker or wider halos: another focus",
  each: "image",
  strengths: {
    strength: { low: -3, high: 3, drawn: "evenly", about: "added halo; below 0 takes it away" },
    sigmaPx: { low: 0.5, high: 100, drawn: "byFactor", about: "width of the halo in pixels" },
  },
  make: (planes, values) => {
    const by = strength(values, "strength");
    return planes.map((plane) => {
      const far = wideBlur(plane, strength(values, "sigmaPx")).data;
      return withData(
        plane,
        plane.data.map((value, i) => value + by * (value - (far[i] as number))),
      );
    });
  },
};
