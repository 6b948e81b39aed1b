/** The text of a table that a command is given. */

import { readFile } from "node:fs/promises";
import { FoundryError } from "#core/errors.ts";

/** @throws FoundryError `import.empty` when the file cannot be opened. Its size is limited where it is parsed. */
export async function readTableText(path: string): Promise<string> {
  return readFile(path, "utf8").catch((cause: unknown) => {
    throw new FoundryError("import.empty", {
      message: `"${path}" cannot be opened.`,
      hint: "Check the path.",
      cause,
    });
  });
}
