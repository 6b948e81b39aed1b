/**
 * Lengths and times of OME-XML in micrometres and seconds. Source: OME 2016-06, UnitsLength and UnitsTime.
 *
 * Units are told apart by case there (Mm is a million metres, mm a thousandth of one), so they are looked up as
 * written first; the words that ImageJ lets people type come after that.
 */

// Powers of ten of the SI prefixes in OME.
const PREFIXES: Readonly<Record<string, number>> = {
  Y: 24,
  Z: 21,
  E: 18,
  P: 15,
  T: 12,
  G: 9,
  M: 6,
  k: 3,
  h: 2,
  da: 1,
  "": 0,
  d: -1,
  c: -2,
  m: -3,
  µ: -6,
  μ: -6,
  u: -6,
  n: -9,
  p: -12,
  f: -15,
  a: -18,
  z: -21,
  y: -24,
};

function withPrefixes(unit: string, powerOfBase: number): [string, number][] {
  return Object.entries(PREFIXES).map(([prefix, power]) => [`${prefix}${unit}`, 10 ** (power + powerOfBase)]);
}

const LENGTHS: ReadonlyMap<string, number> = new Map([
  ...withPrefixes("m", 6),
  ["Å", 1e-4],
  ["Å", 1e-4],
  ["thou", 25.4],
  ["li", 2_116.666_666_666_667],
  ["in", 25_400],
  ["ft", 304_800],
  ["yd", 914_400],
  ["mi", 1_609_344_000],
  ["ua", 1.495_978_707e17],
  ["ly", 9.460_730_472_580_8e21],
  ["pc", 3.085_677_581_491_37e22],
  ["pt", 352.777_777_777_777_8],
]);

const LENGTH_WORDS: ReadonlyMap<string, number> = new Map([
  ["micron", 1],
  ["microns", 1],
  ["micrometer", 1],
  ["micrometre", 1],
  ["micrometers", 1],
  ["micrometres", 1],
  ["nanometer", 1e-3],
  ["nanometre", 1e-3],
  ["millimeter", 1e3],
  ["millimetre", 1e3],
  ["um", 1],
  ["µm", 1],
  ["mm", 1e3],
  ["cm", 1e4],
  ["nm", 1e-3],
  ["inch", 25_400],
  ["angstrom", 1e-4],
]);

const TIMES: ReadonlyMap<string, number> = new Map([
  ...withPrefixes("s", 0),
  ["min", 60],
  ["h", 3_600],
  ["d", 86_400],
]);

const TIME_WORDS: ReadonlyMap<string, number> = new Map([
  ["sec", 1],
  ["second", 1],
  ["seconds", 1],
  ["msec", 1e-3],
  ["minute", 60],
  ["minutes", 60],
  ["hour", 3_600],
  ["hours", 3_600],
  ["hr", 3_600],
]);

/** A length in micrometres; `null` for a missing number, a unit that is none, or a value that is not positive. */
export function micrometres(value: string | number | undefined, unit: string): number | null {
  return scaled(value, LENGTHS.get(unit.trim()) ?? LENGTH_WORDS.get(unit.trim().toLowerCase()));
}

/** A time in seconds; `null` as for `micrometres`. */
export function seconds(value: string | number | undefined, unit: string): number | null {
  return scaled(value, TIMES.get(unit.trim()) ?? TIME_WORDS.get(unit.trim().toLowerCase()));
}

function scaled(value: string | number | undefined, factor: number | undefined): number | null {
  const number = Number(value);
  if (value === undefined || value === "" || factor === undefined || !Number.isFinite(number) || number <= 0)
    return null;
  return number * factor;
}
