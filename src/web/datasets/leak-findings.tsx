/** Findings of the leak audit: the two images of each side by side, and the way to accept one with a reason. */

import { type ReactNode, useState } from "react";
import type { DatasetAudit, LeakFinding, LeakWaiver } from "#api/index.ts";
import { leakRules } from "#core/leaks/index.ts";
import { thumbnailUrl } from "../client/index.ts";
import { Button, classNames, Field, formatCount } from "../ui/index.ts";
import { RoleMark } from "./split-picture.tsx";

/** Findings shown per class; the rest is counted. */
const SHOWN = 4;

export function LeakFindings({
  audit,
  onAccept,
}: {
  audit: DatasetAudit;
  /** Absent where nothing can be accepted any more. */
  onAccept?: (waiver: LeakWaiver) => void;
}): ReactNode {
  const byRule = [...Map.groupBy(audit.findings, ({ rule }) => rule)];
  return (
    <div className="flex flex-col gap-3">
      {byRule.length === 0 && (
        <p className="text-sm">
          <span className="text-good">No leak found.</span>{" "}
          <span className="text-quiet">
            Compared by pixels (also flipped and turned), by looks, shared regions, movies and groups.
          </span>
        </p>
      )}
      {byRule.map(([rule, findings]) => (
        <Rule
          key={rule}
          findings={findings}
          count={audit.counts[rule] ?? findings.length}
          onAccept={onAccept}
        />
      ))}
      {audit.notes.map((note) => (
        <p key={note} className="text-sm text-quiet">
          {note}
        </p>
      ))}
    </div>
  );
}

function Rule({
  findings,
  count,
  onAccept,
}: {
  findings: readonly LeakFinding[];
  count: number;
  onAccept: ((waiver: LeakWaiver) => void) | undefined;
}): ReactNode {
  const [first] = findings;
  if (first === undefined) return null;
  const blocks = findings.some(({ severity, waiver }) => severity === "error" && waiver === null);
  return (
    <section
      role={blocks ? "alert" : undefined}
      className={classNames(
        "flex flex-col gap-3 rounded-md border p-3",
        blocks ? "border-bad" : "border-line",
      )}
    >
      <h3 className={classNames("text-sm font-semibold", blocks && "text-bad")}>
        {leakRules[first.rule]}
        <span className="ml-2 font-normal text-quiet">{formatCount(count)}</span>
      </h3>
      <ul className="flex flex-col gap-3">
        {findings.slice(0, SHOWN).map((finding) => (
          <Finding key={finding.key} finding={finding} />
        ))}
      </ul>
      {count > SHOWN && <p className="text-sm text-quiet">and {formatCount(count - SHOWN)} more</p>}
      {blocks && onAccept !== undefined && (
        <Accept
          count={count}
          onAccept={(reason) => onAccept({ rule: first.rule, key: count === 1 ? first.key : null, reason })}
        />
      )}
    </section>
  );
}

function Finding({ finding }: { finding: LeakFinding }): ReactNode {
  return (
    <li className="flex flex-wrap gap-3">
      <div className="flex gap-2">
        {finding.items.slice(0, 2).map(({ imageId, name, role }) => (
          <figure key={imageId} className="w-28">
            <img
              src={thumbnailUrl(imageId, { size: 128 })}
              alt={name}
              width={112}
              height={112}
              loading="lazy"
              className="size-28 rounded-sm bg-sunken object-contain"
            />
            <figcaption className="mt-1 text-xs">
              <RoleMark role={role} />
            </figcaption>
          </figure>
        ))}
      </div>
      <div className="min-w-48 flex-1 text-sm">
        <p className="break-words">{finding.text}</p>
        {finding.waiver !== null && <p className="text-quiet">Accepted: {finding.waiver}</p>}
        {finding.severity === "warning" && <p className="text-quiet">A warning; it does not block.</p>}
      </div>
    </li>
  );
}

function Accept({ count, onAccept }: { count: number; onAccept: (reason: string) => void }): ReactNode {
  const [reason, setReason] = useState("");
  const accept = () => {
    if (reason.trim() !== "") onAccept(reason.trim());
  };
  // No form of its own: it stands inside the form that freezes.
  return (
    <div className="flex items-end gap-2">
      <div className="min-w-0 flex-1">
        <Field label="Why it does no harm">
          {(ids) => (
            <input
              {...ids}
              maxLength={500}
              placeholder="kept with the version"
              className="control w-full"
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== "Enter") return;
                event.preventDefault();
                accept();
              }}
            />
          )}
        </Field>
      </div>
      <Button disabled={reason.trim() === ""} onClick={accept}>
        {count === 1 ? "Accept" : `Accept all ${formatCount(count)}`}
      </Button>
    </div>
  );
}
