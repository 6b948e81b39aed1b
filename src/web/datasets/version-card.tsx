/** The card of a version, opened on demand, and its text for a paper or a repository. */

import { type ReactNode, useState } from "react";
import { useDatasetCard } from "../client/index.ts";
import { CopyBlock, Loading, Problem } from "../ui/index.ts";

export function VersionCard({ versionId }: { versionId: string }): ReactNode {
  const [open, setOpen] = useState(false);
  const card = useDatasetCard(versionId, open);
  return (
    <details className="rounded-md" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="rounded-md font-semibold hover:text-accent">Card</summary>
      {!open ? null : card.isError ? (
        <Problem error={card.error} onRetry={() => void card.refetch()} />
      ) : card.data === undefined ? (
        <Loading text="Writing the card …" />
      ) : (
        <div className="mt-3 flex flex-col gap-4 text-sm">
          {card.data.sections.map(({ heading, lines }) => (
            <section key={heading} className="flex flex-col gap-1">
              <h4 className="text-quiet">{heading}</h4>
              <ul className="list-inside list-disc">
                {lines.map((line) => (
                  <li key={line} className="break-words">
                    {line}
                  </li>
                ))}
              </ul>
            </section>
          ))}
          <CopyBlock label="Markdown" text={card.data.markdown} />
        </div>
      )}
    </details>
  );
}
