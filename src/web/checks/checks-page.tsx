/** Checks: what is wrong or doubtful in labels and images, mended in bulk or accepted with a reason. */

import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { FindingSummaryWire } from "#api/index.ts";
import { type CheckRuleName, checkRules } from "#core/checks/index.ts";
import { useCan, useFindingSummary, useJobs, useStartCheck } from "../client/index.ts";
import { Button, classNames, Empty, formatCount, Loading, Page, Problem, plural, tell } from "../ui/index.ts";
import type { ChecksSearch, ShownStatus } from "./checks-search.ts";
import { CompareSheet } from "./compare-sheet.tsx";
import { FindingGrid } from "./finding-grid.tsx";
import { countOf, RuleList } from "./rule-list.tsx";

const route = getRouteApi("/p/$projectId/checks");

const statusWords: Readonly<Record<ShownStatus, string>> = {
  open: "Open",
  waived: "Accepted",
  fixed: "Mended",
};

export function ChecksPage(): ReactNode {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/p/$projectId/checks" });
  const summary = useFindingSummary(projectId);
  const canEdit = useCan("annotator");
  const check = useStartCheck(projectId);
  const jobs = useJobs();
  const [comparing, setComparing] = useState(false);
  const running = jobs.data?.jobs.some(
    (job) =>
      job.kind === "check" &&
      job.projectId === projectId &&
      (job.state === "running" || job.state === "waiting"),
  );
  const show = (next: ChecksSearch): void => void navigate({ search: next, replace: true });
  const start = (): void =>
    check.mutate({}, { onSuccess: () => tell("Checking", "Findings appear here when it is done.") });
  return (
    <Page
      title="Checks"
      facts={summary.data === undefined ? undefined : factsOf(summary.data)}
      actions={
        canEdit && (
          <>
            <Button onClick={() => setComparing(true)}>Compare with a model …</Button>
            <Button
              look={summary.data?.checkedLayers === 0 ? "primary" : "plain"}
              busy={check.isPending || running === true}
              onClick={start}
            >
              {running === true ? "Checking …" : "Check all images"}
            </Button>
          </>
        )
      }
    >
      {summary.isPending ? (
        <Loading text="Reading the findings …" />
      ) : summary.isError ? (
        <Problem error={summary.error} onRetry={() => void summary.refetch()} />
      ) : (
        <Findings projectId={projectId} summary={summary.data} search={search} onShow={show} />
      )}
      <CompareSheet projectId={projectId} open={comparing} onClose={() => setComparing(false)} />
    </Page>
  );
}

function factsOf({ rules, layers, checkedLayers }: FindingSummaryWire): string {
  const errors = openErrors(rules);
  return [
    errors === 0 ? "No open errors" : plural(errors, "open error"),
    checkedLayers === layers
      ? `${plural(layers, "labelled image")} checked`
      : `${formatCount(checkedLayers)} of ${plural(layers, "labelled image")} checked as they are now`,
  ].join(" · ");
}

function openErrors(rules: FindingSummaryWire["rules"]): number {
  return rules.reduce((sum, row) => sum + (checkRules[row.rule].severity === "error" ? row.open : 0), 0);
}

function Findings({
  projectId,
  summary,
  search,
  onShow,
}: {
  projectId: string;
  summary: FindingSummaryWire;
  search: ChecksSearch;
  onShow: (next: ChecksSearch) => void;
}): ReactNode {
  const status = search.status ?? "open";
  const shown = summary.rules.filter((row) => countOf(row, status) > 0);
  const rule: CheckRuleName | undefined = search.rule ?? shown[0]?.rule;
  const row = summary.rules.find((one) => one.rule === rule);
  return (
    <div className="grid grid-cols-1 gap-x-8 gap-y-6 lg:grid-cols-[15rem_minmax(0,1fr)]">
      <div className="flex flex-col gap-5">
        <fieldset className="flex gap-1">
          <legend className="sr-only">Which findings</legend>
          {(["open", "waived", "fixed"] as const).map((one) => (
            <Button
              key={one}
              look="quiet"
              size="small"
              aria-pressed={status === one}
              className={classNames(status === one && "bg-accent-wash text-ink!")}
              onClick={() => onShow(one === "open" ? {} : { status: one })}
            >
              {statusWords[one]}
            </Button>
          ))}
        </fieldset>
        <RuleList
          rules={summary.rules}
          status={status}
          chosen={rule}
          onChoose={(next) => onShow({ rule: next, ...(status === "open" ? {} : { status }) })}
        />
      </div>
      {rule === undefined || row === undefined ? (
        <Nothing status={status} summary={summary} />
      ) : (
        <FindingGrid
          key={`${rule} ${status}`}
          projectId={projectId}
          rule={rule}
          status={status}
          total={countOf(row, status)}
        />
      )}
    </div>
  );
}

function Nothing({ status, summary }: { status: ShownStatus; summary: FindingSummaryWire }): ReactNode {
  if (status !== "open") return <Empty title={`Nothing ${statusWords[status].toLowerCase()} yet`} />;
  return summary.checkedLayers === 0 && summary.layers > 0 ? (
    <Empty title="Not checked yet">
      Holes, pieces, cells outlined twice, unusual sizes, nuclei outside their cells, broken tracks, empty or
      overexposed channels: checking finds them and offers to mend what needs no judgement.
    </Empty>
  ) : (
    <Empty title="Nothing found">Edits are checked again by themselves when they are accepted.</Empty>
  );
}
