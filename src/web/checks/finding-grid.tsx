/** Findings of one rule as a grid of pictures, worst first, with what can be done about all or some of them. */

import { type ReactNode, useState } from "react";
import { type CheckRuleName, checkRules } from "#core/checks/index.ts";
import { type FindingChoiceRequest, useCan, useFindings, useReopen } from "../client/index.ts";
import { Button, Empty, formatCount, Loading, Problem, plural } from "../ui/index.ts";
import { AcceptSheet } from "./accept-sheet.tsx";
import type { ShownStatus } from "./checks-search.ts";
import { FindingCard } from "./finding-card.tsx";
import { MendSheet } from "./mend-sheet.tsx";

const emptyWords: Readonly<Record<ShownStatus, string>> = {
  open: "None open",
  waived: "None accepted",
  fixed: "None mended yet",
};

export function FindingGrid({
  projectId,
  rule,
  status,
  total,
}: {
  projectId: string;
  rule: CheckRuleName;
  status: ShownStatus;
  total: number;
}): ReactNode {
  const findings = useFindings(projectId, { rule, status });
  const canEdit = useCan("annotator");
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [sheet, setSheet] = useState<"mend" | "accept" | null>(null);
  const reopen = useReopen(projectId);
  const items = findings.data?.pages.flatMap((page) => page.items) ?? [];
  const chosen = items.filter(({ id }) => selected.has(id)).map(({ id }) => id);
  const choice: FindingChoiceRequest = chosen.length === 0 ? { rule } : { rule, findingIds: chosen };
  const count = chosen.length === 0 ? total : chosen.length;
  const toggle = (id: string): void => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  };
  const close = (): void => {
    setSheet(null);
    setSelected(new Set());
  };
  const { title, explains, fix } = checkRules[rule];
  const which =
    chosen.length === 0 ? (count === 1 ? "" : ` all ${formatCount(count)}`) : ` ${formatCount(count)}`;
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-4">
      <header className="flex flex-wrap items-start gap-x-6 gap-y-3">
        <div className="min-w-64 flex-1">
          <h2 className="font-semibold">{title}</h2>
          <p className="text-quiet">{explains}</p>
        </div>
        {canEdit && total > 0 && status !== "fixed" && (
          <div className="flex gap-2">
            {status === "open" && fix !== null && (
              <Button look="primary" onClick={() => setSheet("mend")}>
                Mend{which} …
              </Button>
            )}
            {status === "open" && <Button onClick={() => setSheet("accept")}>Accept{which} …</Button>}
            {status === "waived" && (
              <Button
                busy={reopen.isPending}
                onClick={() =>
                  reopen.mutate(chosen.length === 0 ? items.map(({ id }) => id) : chosen, {
                    onSuccess: () => setSelected(new Set()),
                  })
                }
              >
                Open {chosen.length === 0 ? "these" : formatCount(chosen.length)} again
              </Button>
            )}
          </div>
        )}
      </header>
      {findings.isPending ? (
        <Loading text="Reading the findings …" />
      ) : findings.isError ? (
        <Problem error={findings.error} onRetry={() => void findings.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={emptyWords[status]} />
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] gap-3">
          {items.map((finding) => (
            <FindingCard
              key={finding.id}
              finding={finding}
              selected={selected.has(finding.id)}
              selecting={chosen.length > 0}
              onSelect={canEdit && status !== "fixed" ? toggle : undefined}
            />
          ))}
        </ul>
      )}
      {findings.hasNextPage && (
        <Button
          className="self-center"
          busy={findings.isFetchingNextPage}
          onClick={() => void findings.fetchNextPage()}
        >
          Show more of {plural(total, "finding")}
        </Button>
      )}
      <MendSheet projectId={projectId} choice={sheet === "mend" ? choice : null} onClose={close} />
      <AcceptSheet
        projectId={projectId}
        choice={sheet === "accept" ? choice : null}
        count={count}
        onClose={close}
      />
    </section>
  );
}
