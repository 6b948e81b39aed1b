/**
 * Marker panels: which markers a project expects on each type of cell, and the types that follow from what was measured.
 *
 * A marker counts as positive on a cell from its threshold on. Where nobody set one it is Otsu's threshold over the cells of
 * the image, on a logarithmic scale, because intensities of markers are skewed. A rule only proposes: it never touches a cell
 * that a person has named, and its marks say that they are a rule's.
 */

import { FoundryError } from "../errors.ts";
import type { TypesChange } from "./carry-types.ts";
import { type CellTypes, isTypeTerm, listTypes, sameTypes, unknownType } from "./cell-types.ts";

export const expectations = ["positive", "negative", "variable"] as const;
export type Expectation = (typeof expectations)[number];

export interface PanelType {
  /** CURIE of the type. */
  readonly term: string;
  readonly markers: readonly { readonly marker: string; readonly expect: Expectation }[];
}

export interface MarkerPanel {
  /** In the order of the keys 1 to 9. */
  readonly types: readonly PanelType[];
  /** Markers with a threshold of their own, in units of intensity (mean over the cell); others find it themselves. */
  readonly thresholds: readonly { readonly marker: string; readonly value: number }[];
}

export const emptyPanel: MarkerPanel = { types: [], thresholds: [] };

/** The largest published panels name some sixty types by sixty markers. */
export const panelTypesMax = 200;
export const panelMarkersMax = 200;
const markerNameMax = 100;

/** @throws FoundryError `request.invalid` naming the first fault. */
export function assertPanel({ types, thresholds }: MarkerPanel): void {
  const terms = new Set<string>();
  for (const { term, markers } of types) {
    if (!isTypeTerm(term) || term === unknownType) throw invalid(`"${term}" is no term of a vocabulary`);
    if (terms.has(term)) throw invalid(`${term} stands in it twice`);
    terms.add(term);
    const names = new Set(markers.map(({ marker }) => markerKey(marker)));
    if (names.size < markers.length) throw invalid(`${term} names a marker twice`);
  }
  const named = [...types.flatMap(({ markers }) => markers), ...thresholds].map(({ marker }) => marker);
  if (named.some((marker) => marker.trim() === "" || marker.length > markerNameMax))
    throw invalid(`a marker needs a name of 1 to ${markerNameMax} characters`);
  if (thresholds.some(({ value }) => !Number.isFinite(value))) throw invalid("a threshold is no number");
  const tooMany =
    types.length > panelTypesMax || types.some(({ markers }) => markers.length > panelMarkersMax);
  if (tooMany || thresholds.length > panelMarkersMax)
    throw invalid(`it has more than ${panelTypesMax} types or ${panelMarkersMax} markers`);
}

const invalid = (problem: string): FoundryError =>
  new FoundryError("request.invalid", { message: `This marker panel cannot be kept: ${problem}.` });

/** What two spellings of a marker have in common: "CD-3e" and "cd3E". */
export const markerKey = (marker: string): string => marker.toLowerCase().replaceAll(/[^\p{L}\p{N}+]/gu, "");

/** Mean intensities of the markers, by `markerKey`; one value per cell, NaN where it is not known. */
export type MarkerValues = ReadonlyMap<string, Float64Array>;

/**
 * Threshold of each marker that was measured: the panel's own, else found over the cells.
 *
 * Markers with fewer than two different values have none. Cost: O(cells log cells) per marker.
 */
export function markerThresholds(panel: MarkerPanel, values: MarkerValues): Map<string, number> {
  const found = new Map<string, number>();
  const own = new Map(panel.thresholds.map(({ marker, value }) => [markerKey(marker), value]));
  for (const [key, column] of values) {
    const set = own.get(key);
    const threshold = set ?? logOtsu(column);
    if (threshold !== null) found.set(key, threshold);
  }
  return found;
}

/** Otsu's threshold of log(1 + value), exact over the sorted values: half-way between the two classes. */
function logOtsu(values: Float64Array): number | null {
  const sorted = Float64Array.from(values.filter(Number.isFinite), (value) =>
    Math.log1p(Math.max(0, value)),
  ).sort();
  const n = sorted.length;
  const total = sorted.reduce((sum, value) => sum + value, 0);
  let [below, best, at] = [0, 0, -1];
  for (let k = 1; k < n; k++) {
    below += sorted[k - 1] as number;
    if (sorted[k] === sorted[k - 1]) continue;
    const gap = (total - below) / (n - k) - below / k;
    const between = k * (n - k) * gap * gap;
    if (between > best) [best, at] = [between, k];
  }
  return at < 0 ? null : Math.expm1(((sorted[at - 1] as number) + (sorted[at] as number)) / 2);
}

/** One marker of one cell beside what its type expects. */
export interface MarkerReading {
  readonly marker: string;
  readonly expect: Expectation;
  /** Mean intensity; null when the image has no such channel, or the cell no value. */
  readonly value: number | null;
  readonly threshold: number | null;
  /** Whether it is as expected; null when that cannot be said, and for variable markers. */
  readonly fits: boolean | null;
}

/** What a type expects of the cell at `row`, beside what was measured. */
export function readMarkers(
  type: PanelType,
  row: number,
  values: MarkerValues,
  thresholds: ReadonlyMap<string, number>,
): MarkerReading[] {
  return type.markers.map(({ marker, expect }) => {
    const key = markerKey(marker);
    const measured = values.get(key)?.[row];
    const value = measured === undefined || !Number.isFinite(measured) ? null : measured;
    const threshold = thresholds.get(key) ?? null;
    const known = value !== null && threshold !== null && expect !== "variable";
    return {
      marker,
      expect,
      value,
      threshold,
      fits: known ? value >= threshold === (expect === "positive") : null,
    };
  });
}

export interface RuleOutcome {
  readonly changes: readonly TypesChange[];
  /** Cells that fit several types, none of which lies under another. */
  readonly ambiguous: number;
  /** Cells that fit no type. */
  readonly unmatched: number;
  /** Cells a person named, which were left alone. */
  readonly spared: number;
}

/**
 * Types that the panel proposes for cells.
 *
 * A cell fits a type when all its positive and negative markers, at least one, are measured and as expected. Of types that
 * lie under one another the narrowest counts; a cell that fits several others gets none.
 *
 * @param cells  uids, one per row of `values`. @param typesOf  present types. @param ancestors  all terms above one.
 * @returns changes for cells without types, or with a rule's alone. Deterministic. Cost: O(cells x types x markers).
 */
export function proposeTypes(
  panel: MarkerPanel,
  cells: readonly string[],
  values: MarkerValues,
  {
    typesOf,
    ancestors,
  }: {
    readonly typesOf: (uid: string) => CellTypes | null;
    readonly ancestors: (term: string) => readonly string[];
  },
): RuleOutcome {
  const thresholds = markerThresholds(panel, values);
  const changes: TypesChange[] = [];
  let [ambiguous, unmatched, spared] = [0, 0, 0];
  for (const [row, uid] of cells.entries()) {
    const before = typesOf(uid);
    if (before?.some(({ by }) => by !== "rule") === true) {
      spared++;
      continue;
    }
    const fitting = panel.types.filter((type) => fits(readMarkers(type, row, values, thresholds)));
    const narrowest = fitting.filter(
      ({ term }) => !fitting.some((other) => other.term !== term && ancestors(other.term).includes(term)),
    );
    const [only] = narrowest;
    if (only === undefined) unmatched++;
    else if (narrowest.length > 1) ambiguous++;
    const after =
      only === undefined || narrowest.length > 1 ? null : listTypes([{ term: only.term, by: "rule" }]);
    if (!sameTypes(before, after)) changes.push({ uid, before, after });
  }
  return { changes, ambiguous, unmatched, spared };
}

const fits = (readings: readonly MarkerReading[]): boolean => {
  const asked = readings.filter(({ expect }) => expect !== "variable");
  return asked.length > 0 && asked.every((reading) => reading.fits === true);
};
