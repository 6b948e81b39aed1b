/** Options shared by the commands that choose images by a query. */

import { parseQuery, type Query } from "#core/select/index.ts";
import { type CommandInput, textOption } from "../command.ts";

export const queryOptions = {
  where: {
    type: "string",
    value: "Q",
    help: 'Metadata query, for example "organ under lung and cells>20"; default everything',
  },
  search: { type: "string", value: "TEXT", help: "Free text over names and metadata" },
} as const;

export interface ChosenImages {
  readonly text: string;
  readonly query: Query;
  readonly search: string | undefined;
}

/** @throws FoundryError `query.syntax`. */
export function chosenImages(input: CommandInput): ChosenImages {
  const text = textOption(input, "where") ?? "";
  return { text, query: parseQuery(text), search: textOption(input, "search") };
}
