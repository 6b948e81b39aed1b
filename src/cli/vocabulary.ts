/**
 * The vocabulary a command works with: that of the data folder when there is one, else the shipped terms.
 *
 * So a sheet can be checked on a laptop without a data folder, and is checked against the lab's own terms where there
 * is one. No database is made for looking something up.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Vocabulary } from "#core/ontology/index.ts";
import { type CommandInput, textOption } from "./command.ts";
import { withStore } from "./open.ts";

export interface ChosenVocabulary {
  readonly vocabulary: Vocabulary;
  /** False when only the shipped terms are known. */
  readonly fromDataFolder: boolean;
}

export async function chosenVocabulary(input: CommandInput): Promise<ChosenVocabulary> {
  const { homeFolder } = await import("#platform/index.ts");
  if (existsSync(join(homeFolder(textOption(input, "home")), "postgres"))) {
    const { loadVocabulary } = await import("#store/index.ts");
    return {
      vocabulary: await withStore(input, ({ store }) => loadVocabulary(store)),
      fromDataFolder: true,
    };
  }
  const { buildVocabulary, shippedTerms } = await import("#core/ontology/index.ts");
  return { vocabulary: buildVocabulary(shippedTerms()), fromDataFolder: false };
}
