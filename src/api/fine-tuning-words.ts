/** What a fine-tuning found out by itself, in sentences, for page and command line alike. */
import type { FineTuning } from "./models.ts";

const score = (value: number): string => value.toFixed(3);

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

/** Whether the learning gained anything on what was held out; null when nothing was. */
export function fineTuningGains({ before, after }: Pick<FineTuning, "before" | "after">): boolean | null {
  return before === null || after === null ? null : after > before;
}

/** How rate and steps were chosen and what they gained. At least one sentence. */
export function fineTuningWords(found: FineTuning): string[] {
  const { heldOut, before, after, steps, learningRate, thresholds, trials } = found;
  if (heldOut.from === "none" || before === null || after === null) {
    return [
      `Too few images to judge the learning: ${counted(steps, "step")} at the usual rate.`,
      "Label more images, best of a second group, to let it choose.",
    ];
  }
  const judges = {
    validation: counted(heldOut.groups.length, "validation group"),
    training: counted(heldOut.groups.length, "held-out training group"),
    images: `${counted(heldOut.images.length, "held-out image")} of the same group, which flatters`,
  }[heldOut.from];
  const measured = `On ${judges}: AP@0.5 ${score(before)} before, ${score(after)} after ${counted(steps, "step")}.`;
  if (after > before && steps === 1) {
    return [measured, "Thresholds that fit these images bring the gain; no learning rate tried added to it."];
  }
  if (after > before) {
    return [
      measured,
      `Of ${counted(trials.length, "learning rate")} tried, ${learningRate} was best.`,
      ...(thresholds ? ["The thresholds were chosen anew on what was held out."] : []),
      ...forecast(found),
    ];
  }
  return [
    measured,
    `Nothing was gained: none of ${counted(trials.length, "learning rate")} did better than the base.`,
    "Keep the base, or label images on which it fails.",
  ];
}

function forecast({ forecast }: FineTuning): string[] {
  const [twice] = forecast?.ahead ?? [];
  if (twice === undefined) return [];
  const { cells, expected, low, high } = twice;
  return [
    `With twice the labelled cells (${cells.toLocaleString("en")}) expect AP@0.5 ${score(expected)}, between ${score(low)} and ${score(high)}.`,
  ];
}
