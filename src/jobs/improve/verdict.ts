/** Whether a fine-tuned model is better than its base, from what was measured on images that neither learnt from. Pure. */

export interface Measured {
  /** AP at IoU 0.5 on test images that both were scored on; null where there are none. */
  readonly test: { readonly base: number; readonly tuned: number; readonly images: number } | null;
  /** The same on what the search for settings held out, before and after; null where nothing was held out. */
  readonly heldOut: {
    readonly before: number;
    readonly after: number;
    /** What was held out, in words. */
    readonly on: string;
  } | null;
}

export interface Verdict {
  readonly verdict: "better" | "alike" | "unknown";
  readonly reason: string;
}

/** Gains below this on some dozens of images are chance; the search for settings uses the same. */
const gainMin = 0.003;

const score = (value: number): string => value.toFixed(3);

/** Test images decide where there are some: they were never looked at before. */
export function improvementVerdict({ test, heldOut }: Measured): Verdict {
  const pair =
    test !== null
      ? { before: test.base, after: test.tuned, on: `${test.images} test images` }
      : heldOut !== null
        ? heldOut
        : null;
  if (pair === null) {
    return {
      verdict: "unknown",
      reason: "Too few corrected images to hold one out: look at the new proposals yourself.",
    };
  }
  const { before, after, on } = pair;
  const figures = `AP@0.5 ${score(before)} before, ${score(after)} after, on ${on}.`;
  if (after - before >= gainMin) return { verdict: "better", reason: `Better: ${figures}` };
  return { verdict: "alike", reason: `No better: ${figures}` };
}
