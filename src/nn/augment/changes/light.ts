/**
 * Light that is not even: background, illumination, bleaching, glow of the specimen, and the end of the scale.
 *
 * unevenIllumination multiplies by a hill with its top near the middle, the vignetting that flat-field correction is for
 * (Smith et al. 2015, CIDRE; Peng et al. 2017, BaSiC). backgroundGradient adds a slanted plane: stray light, medium, the edge of a
 * well. bleachedPatch darkens a rectangle that was exposed before, as where tiles of a mosaic overlap; fluorescence falls
 * exponentially with exposure. autofluorescence adds smooth hills that have nothing to do with the stain (collagen, lipofuscin;
 * Croce, Bottiroli 2014), seen by all channels alike. saturation cuts at the camera's full well.
 */
import { type Change, mapped, strength, withData } from "./change.ts";
import { hills, slant } from "./smooth-field.ts";

export const backgroundGradient: Change = {
  about: "background brighter on one side",
  each: "channel",
  strengths: {
    height: { low: 0, high: 1, drawn: "evenly", about: "difference across the picture" },
  },
  make: (planes, values, { random }) =>
    planes.map((plane) => {
      const ramp = slant(random, plane);
      const half = strength(values, "height") / 2;
      // Never below what was there: stray light adds.
      return withData(
        plane,
        plane.data.map((value, i) => value + half * (1 + (ramp[i] as number))),
      );
    }),
};

export const unevenIllumination: Change = {
  about: "light falling off towards the edges",
  each: "image",
  strengths: {
    loss: { low: 0, high: 0.95, drawn: "evenly", about: "share of the light lost in the far corner" },
  },
  make: (planes, values, { random }) => {
    const loss = strength(values, "loss");
    // The crop is a part of a field: its brightest place may lie anywhere, also outside.
    const top = { y: random.uniform(-0.5, 1.5), x: random.uniform(-0.5, 1.5) };
    return planes.map((plane) => {
      const { height, width, data } = plane;
      const farY = Math.max(top.y, 1 - top.y);
      const farX = Math.max(top.x, 1 - top.x);
      const scale = loss / (farY * farY + farX * farX);
      const out = new Float32Array(data.length);
      for (let y = 0, i = 0; y < height; y++) {
        const dy = y / height - top.y;
        for (let x = 0; x < width; x++, i++) {
          const dx = x / width - top.x;
          out[i] = (data[i] as number) * (1 - scale * (dy * dy + dx * dx));
        }
      }
      return withData(plane, out);
    });
  },
};

export const bleachedPatch: Change = {
  about: "a part that was exposed before and has bleached",
  each: "channel",
  strengths: {
    kept: { low: 0.05, high: 1, drawn: "evenly", about: "share of the fluorescence that is left there" },
  },
  make: (planes, values, { random }) =>
    planes.map((plane) => {
      const { height, width, data } = plane;
      const kept = strength(values, "kept");
      const vertical = random.chance(0.5);
      const edge = random.uniform(0.2, 0.8) * (vertical ? width : height);
      const below = random.chance(0.5);
      const out = new Float32Array(data.length);
      for (let y = 0, i = 0; y < height; y++) {
        for (let x = 0; x < width; x++, i++) {
          const inside = (vertical ? x : y) < edge === below;
          out[i] = (data[i] as number) * (inside ? kept : 1);
        }
      }
      return withData(plane, out);
    }),
};

export const autofluorescence: Change = {
  about: "the specimen's own glow",
  each: "image",
  strengths: {
    level: { low: 0, high: 1, drawn: "evenly", about: "brightest glow" },
    spacingPx: { low: 2, high: 500, drawn: "byFactor", about: "size of its patches in pixels" },
  },
  make: (planes, values, { random }) => {
    const [first] = planes;
    if (first === undefined) return planes;
    const glow = hills(random, first, strength(values, "spacingPx"));
    return planes.map((plane) => {
      // All channels see the same patches, each in its own strength.
      const level = strength(values, "level") * random.uniform(0.3, 1);
      return withData(
        plane,
        plane.data.map((value, i) => value + level * (glow[i] as number)),
      );
    });
  },
};

export const saturation: Change = {
  about: "the brightest parts cut off",
  each: "channel",
  strengths: { level: { low: 0.1, high: 4, drawn: "evenly", about: "largest value the camera can give" } },
  make: (planes, values) => {
    const level = strength(values, "level");
    // Scaled up again, because normalisation would do so.
    return mapped(planes, (value) => Math.min(value, level) / level);
  },
};
