/**
 * What happens between the channels of multiplexed images.
 *
 * spillOver: part of one channel's light or ions is counted in another: overlapping spectra, isotope impurity, neighbouring
 * masses, 1 to 10 % (Chevrier et al. 2018). channelDropout: a marker that was not stained, or failed, is a plane of zeros,
 * exactly what a model is given for a missing optional channel; the nuclear channel is never dropped. markerSwap: which
 * antibody plays the membrane differs from panel to panel, so channels of that kind change places.
 */
import type { Rng } from "#core/rng.ts";
import { type Change, type FloatPlane, strength, withData } from "./change.ts";

const markerRoles: ReadonlySet<string> = new Set(["membrane", "cytoplasm"]);

const markersOf = (planes: readonly FloatPlane[], roles: readonly string[]): number[] =>
  planes.flatMap((_, i) => (markerRoles.has(roles[i] ?? "other") ? [i] : []));

export const spillOver: Change = {
  about: "one channel seen in another",
  each: "image",
  strengths: {
    share: { low: 0, high: 0.9, drawn: "evenly", about: "share of a channel that another one sees" },
  },
  make: (planes, values, { random }) => {
    if (planes.length < 2) return planes;
    return planes.map((plane, i) => {
      const from = planes[other(random, planes.length, i)] as FloatPlane;
      const share = strength(values, "share") * random.next();
      return withData(
        plane,
        plane.data.map((value, p) => value + share * Math.max(0, from.data[p] as number)),
      );
    });
  },
};

/** A number below `count` that is not `than`. */
function other(random: Rng, count: number, than: number): number {
  const drawn = random.int(count - 1);
  return drawn < than ? drawn : drawn + 1;
}

export const channelDropout: Change = {
  about: "a marker that is missing",
  each: "image",
  strengths: {},
  make: (planes, _values, { random, roles }) => {
    const markers = markersOf(planes, roles);
    if (markers.length === 0 || planes.length < 2) return planes;
    const dropped = random.pick(markers);
    return planes.map((plane, i) =>
      i === dropped ? withData(plane, new Float32Array(plane.data.length)) : plane,
    );
  },
};

export const markerSwap: Change = {
  about: "another antibody marks the membrane",
  each: "image",
  strengths: {},
  make: (planes, _values, { random, roles }) => {
    const markers = markersOf(planes, roles);
    if (markers.length < 2) return planes;
    const order = random.shuffle(markers);
    const next = [...planes];
    markers.forEach((to, k) => {
      next[to] = planes[order[k] as number] as FloatPlane;
    });
    return next;
  },
};
