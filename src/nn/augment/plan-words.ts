/** A plan in plain words: for the page, the command line and the card of a model. */
import { type Change, changes } from "./changes/index.ts";
import type { AugmentPlan, DrawnRange, PlannedChange } from "./plan.ts";
import { familyTitle } from "./plan-for.ts";

export interface ChangeWords {
  readonly name: string;
  /** "a lens of lower aperture, or a little out of focus" */
  readonly about: string;
  /** "in 35 % of the crops" */
  readonly often: string;
  /** "standard deviation of the blur in pixels 0 to 2" */
  readonly strengths: readonly string[];
  readonly why: string;
}

export interface PlanWords {
  readonly title: string;
  readonly reason: string;
  readonly geometry: string;
  readonly changes: readonly ChangeWords[];
}

const number = (value: number): string => String(Number(value.toPrecision(2)));

const rangeWords = ([low, high]: DrawnRange): string =>
  low === high ? number(low) : `${number(low)} to ${number(high)}`;

function changeWords({ name, chance, ranges, why }: PlannedChange): ChangeWords {
  const { about, strengths, each }: Change = changes[name];
  return {
    name,
    about,
    often: `in ${Math.round(chance * 100)} % of the crops${each === "channel" ? ", for each channel apart" : ""}`,
    strengths: Object.entries(strengths).map(
      ([key, strength]) => `${strength.about} ${rangeWords(ranges[key] as DrawnRange)}`,
    ),
    why,
  };
}

function geometryWords({ zoom, turn, flip, bend }: AugmentPlan["geometry"]): string {
  const parts = [
    turn === "any" ? "turned by any angle" : turn === "quarters" ? "turned by quarters" : "",
    flip ? "flipped" : "",
    zoom[0] < zoom[1] ? `zoomed by ${rangeWords(zoom)}` : "",
    bend === null ? "" : `bent a little in ${Math.round(bend.chance * 100)} % of the crops`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "Crops are cut as they are." : `Crops are ${parts.join(", ")}.`;
}

/** Pure. */
export function planWords(plan: AugmentPlan): PlanWords {
  return {
    title: plan.changes.length === 0 ? "No augmentation" : familyTitle(plan.family),
    reason: plan.reason,
    geometry: `${geometryWords(plan.geometry)} ${plan.changes.length === 0 ? "" : plan.geometry.why}`.trim(),
    changes: plan.changes.map(changeWords),
  };
}
