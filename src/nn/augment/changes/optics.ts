/**
 * What lenses do: blur by the point-spread function, and light from planes out of focus.
 *
 * The point-spread function of a fluorescence microscope is close to a Gaussian of standard deviation 0.21 λ/NA (Zhang,
 * Zerubia, Olivo-Marin 2007): 0.08 µm for the best oil lens, 0.4 µm for a 10x air lens; images have one already, so what is
 * added here is the difference, and defocus. Haze is the part of a widefield image that comes from above and below
 * (Gibson, Lanni 1991; Neil, Juškaitis, Wilson 1997): a wide blur of the same structures, added to them. Thick tissue has
 * most of it, and it is what makes dense nuclei run together.
 */
import { gaussianBlur } from "#core/image/index.ts";
import { type Change, strength, withData } from "./change.ts";
import { wideBlur } from "./smooth-field.ts";

// A Gaussian narrower than this changes no pixel by more than its rounding.
const SIGMA_PX_MIN = 0.2;

export const blur: Change = {
  about: "a lens of lower aperture, or a little out of focus",
  each: "image",
  strengths: {
    sigmaPx: { low: 0, high: 20, drawn: "evenly", about: "standard deviation of the blur in pixels" },
  },
  make: (planes, values) => {
    const sigma = strength(values, "sigmaPx");
    return sigma < SIGMA_PX_MIN ? planes : planes.map((plane) => gaussianBlur(plane, sigma));
  },
};

export const haze: Change = {
  about: "light from above and below the focus",
  each: "image",
  strengths: {
    share: { low: 0, high: 0.95, drawn: "evenly", about: "share of the light that is out of focus" },
    sigmaPx: { low: 0.5, high: 100, drawn: "byFactor", about: "how far it spreads, in pixels" },
  },
  make: (planes, values) => {
    const share = strength(values, "share");
    return planes.map((plane) => {
      const far = wideBlur(plane, strength(values, "sigmaPx")).data;
      return withData(
        plane,
        plane.data.map((value, i) => (1 - share) * value + share * (far[i] as number)),
      );
    });
  },
};
