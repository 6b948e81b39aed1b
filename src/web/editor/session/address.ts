/** The view, the frame and slice, and the selected cell in the address, so that a link shows what I see. */

import type { PlaneAt } from "../model/planes.ts";
import type { View } from "../view/view-maths.ts";

export interface AddressState {
  readonly view: View | null;
  readonly cell: string | null;
  /** Indexes from 0; null for an axis that is not there or not named. In the address they count from 1, as on the screen. */
  readonly plane: { readonly [A in keyof PlaneAt]: number | null };
}

/** Reads `?frame=4&slice=2&x=12.5&y=8&z=2.25&cell=…` (`z` is the zoom); what cannot be read is left out. */
export function readAddress(search: string): AddressState {
  const values = new URLSearchParams(search);
  const number = (name: string): number => Number.parseFloat(values.get(name) ?? "");
  const [x, y, zoom] = [number("x"), number("y"), number("z")];
  const whole = [x, y, zoom].every(Number.isFinite);
  const cell = values.get("cell");
  const index = (name: string): number | null => {
    const text = values.get(name) ?? "";
    return /^[1-9]\d{0,6}$/.test(text) ? Number(text) - 1 : null;
  };
  return {
    view: whole ? { zoom, target: { y, x } } : null,
    cell: cell !== null && /^[0-9A-Z]{26}$/.test(cell) ? cell : null,
    plane: { t: index("frame"), z: index("slice") },
  };
}

/** Evaluation whose error classes colour the cells, from `?evaluation=`; null for none. */
export function evaluationInAddress(search: string): string | null {
  const id = new URLSearchParams(search).get("evaluation");
  return id !== null && /^[0-9A-Z]{26}$/.test(id) ? id : null;
}

/** The query string for a state; other parameters of the page stay. */
export function writeAddress(search: string, state: AddressState): string {
  const values = new URLSearchParams(search);
  for (const name of ["x", "y", "z", "cell", "frame", "slice"]) values.delete(name);
  const { t, z } = state.plane;
  if (t !== null) values.set("frame", String(t + 1));
  if (z !== null) values.set("slice", String(z + 1));
  if (state.view !== null) {
    values.set("x", trimmed(state.view.target.x, 1));
    values.set("y", trimmed(state.view.target.y, 1));
    values.set("z", trimmed(state.view.zoom, 2));
  }
  if (state.cell !== null) values.set("cell", state.cell);
  const text = values.toString();
  return text === "" ? "" : `?${text}`;
}

const trimmed = (value: number, digits: number): string => String(Number(value.toFixed(digits)));
