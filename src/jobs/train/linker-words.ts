/** What a linker learned from and what it gained, in sentences, from its card. */

import type { LinkerFineTuning } from "./fine-tune-linker.ts";

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** @param card  of a model version; one that was not fine-tuned here gives nothing. */
export function linkerWords(card: Readonly<Record<string, unknown>>): string[] {
  const found = card["fineTuning"] as LinkerFineTuning | undefined;
  if (found === undefined) return [];
  const { movies, before, after, steps, heldOutFrom } = found;
  const decisions = movies.reduce((sum, movie) => sum + movie.decisions, 0);
  const frames = movies.reduce((sum, movie) => sum + movie.frames, 0);
  return [
    "",
    `Learned from ${counted(decisions, "decision")} in ${counted(frames, "frame")} of ${counted(movies.length, "movie")}.`,
    `On ${heldOutFrom}: likeliest origin right for ${percent(before.right)} before, ${percent(after.right)} after ${counted(steps, "step")} (loss ${before.loss.toFixed(4)} and ${after.loss.toFixed(4)}).`,
    ...(steps === 0 ? ["Nothing was gained there, so the weights are those it started from."] : []),
  ];
}
