/** The same prediction over HTTP and on the command line, ready to copy. */

import type { ReactNode } from "react";
import { CopyBlock } from "../ui/index.ts";
import { predictCommands } from "./predict-commands.ts";

export function Commands({
  model,
  fileName,
  open,
}: {
  model: string;
  fileName: string;
  /** Whether it begins unfolded. */
  open: boolean;
}): ReactNode {
  const { curl, cli } = predictCommands(window.location.origin, model, fileName);
  return (
    <details className="rounded-md" open={open}>
      <summary className="rounded-md text-quiet hover:text-ink">The same without this page</summary>
      <div className="mt-3 flex flex-col gap-3">
        <CopyBlock label="Command line, also for whole folders" text={cli} />
        <CopyBlock label="HTTP, with an API token that may write, from Settings" text={curl} />
      </div>
    </details>
  );
}
