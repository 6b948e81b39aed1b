/** Release, and what the gate says about it. A refusal is a sentence, never a dead button. */

import type { ReactNode } from "react";
import type { Gate, ModelVersion } from "#api/index.ts";
import { isFoundryError } from "#core/errors.ts";
import { useCan, useGate, useRelease } from "../client/index.ts";
import { Bone, Button, classNames, formatScore, Loading, Problem, ProblemText, tell } from "../ui/index.ts";
import { versionName } from "./model-choice.ts";

export function ReleaseBox({ projectId, version }: { projectId: string; version: ModelVersion }): ReactNode {
  const isCandidate = version.stage === "candidate";
  const canRelease = useCan("owner");
  const gate = useGate(isCandidate ? version.id : undefined);
  const release = useRelease(projectId);
  if (!isCandidate) {
    return (
      <p className="text-quiet">
        {version.stage === "released"
          ? "Released: anyone who may predict can use this version."
          : "Retired: kept to repeat old results, not offered for new ones."}
      </p>
    );
  }
  const refused = gate.data?.passed === false;
  return (
    <section
      aria-label="Release"
      className={classNames(
        "flex flex-col gap-3 rounded-lg border p-4",
        refused ? "border-warn bg-warn-wash" : "border-line bg-sunken",
      )}
    >
      {gate.isPending ? (
        // As tall as a verdict: what stands below does not move when it comes.
        <Loading text="Comparing with the released version …">
          <Bone className="h-14 w-full" />
        </Loading>
      ) : gate.isError ? (
        <Problem error={gate.error} onRetry={() => void gate.refetch()} />
      ) : (
        <GateVerdict gate={gate.data} />
      )}
      {release.error !== null && !refused && (
        <ProblemText
          error={
            isFoundryError(release.error)
              ? release.error
              : { message: "The release did not work.", hint: "Try again." }
          }
        />
      )}
      {!refused && gate.data !== undefined && (
        <div className="flex items-center gap-3">
          <Button
            look="primary"
            disabled={!canRelease}
            busy={release.isPending}
            onClick={() =>
              release.mutate(version.id, {
                onSuccess: () =>
                  tell(`${versionName(version)} is released`, "It is now offered on the Predict page."),
              })
            }
          >
            Release {version.version}
          </Button>
          {!canRelease && <span className="text-sm text-quiet">Only an owner of the lab can release.</span>}
        </div>
      )}
    </section>
  );
}

function GateVerdict({ gate }: { gate: Gate }): ReactNode {
  return (
    <div className="flex flex-col gap-2">
      <p className={classNames("font-semibold", !gate.passed && "text-warn")}>
        {gate.passed ? "Ready to release" : "Not released"}
      </p>
      <p>{gate.reason}</p>
      {gate.candidate !== null && gate.released !== null && (
        <table className="table max-w-sm">
          <caption className="sr-only">
            This version against the released one, on the same test images
          </caption>
          <thead>
            <tr>
              <th>Version</th>
              <th className="num">AP@0.5</th>
              <th className="num">F1@0.5</th>
            </tr>
          </thead>
          <tbody>
            {[gate.candidate, gate.released].map((side, index) => (
              <tr key={side.name}>
                <td>
                  {side.name} <span className="text-quiet">{index === 0 ? "this version" : "released"}</span>
                </td>
                <td className="num">{formatScore(side.ap50)}</td>
                <td className="num">{formatScore(side.f1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
