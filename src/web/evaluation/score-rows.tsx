/** Which scores a table shows: the first few, or all on a press of a button. */

import { type ReactNode, useState } from "react";
import { headlineNames } from "#core/metrics/index.ts";
import { Button } from "../ui/index.ts";
import { firstScores } from "./score-words.ts";

export function useScoreRows(): { readonly names: typeof firstScores; readonly button: ReactNode } {
  const [all, setAll] = useState(false);
  const button = (
    <Button look="quiet" size="small" aria-pressed={all} onClick={() => setAll(!all)}>
      {all ? "Fewer scores" : "All scores"}
    </Button>
  );
  return { names: all ? headlineNames : firstScores, button };
}
