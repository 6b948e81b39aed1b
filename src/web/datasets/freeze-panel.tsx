/** What the query would freeze, counted live, and the button that freezes it. */

import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import type { Dataset, DatasetPreview, LeakWaiver } from "#api/index.ts";
import { toFoundryError, useDatasetPreview, useFreezeDataset } from "../client/index.ts";
import { Button, classNames, Field, formatCount, Loading, plural, tell } from "../ui/index.ts";
import { freezeObstacle } from "./change-sentence.ts";
import { HiddenCells } from "./hidden-cells.tsx";
import { LabelErrors } from "./label-errors.tsx";
import { LeakFindings } from "./leak-findings.tsx";
import { LicenceWords } from "./licence-words.tsx";
import { SplitBar, SplitCounts } from "./split-picture.tsx";
import { StrataTable } from "./strata-table.tsx";

const TYPING_MS = 300;
const namePattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

export function FreezePanel({
  projectId,
  query,
  name: nameGiven,
  datasets,
  onFrozen,
}: {
  projectId: string;
  /** Query that the page was opened with, from the grid. */
  query: string;
  /** Name to begin with; default the first dataset. */
  name?: string | undefined;
  datasets: readonly Dataset[];
  onFrozen: (versionId: string) => void;
}): ReactNode {
  const [text, setText] = useState(query);
  const [name, setName] = useState(nameGiven ?? datasets[0]?.name ?? "");
  const [message, setMessage] = useState("");
  const [corrected, setCorrected] = useState(false);
  const [waivers, setWaivers] = useState<readonly LeakWaiver[]>([]);
  const validName = namePattern.test(name);
  const split = corrected ? { split: { corrected } } : {};
  const body = useSettled({
    query: text,
    waivers: [...waivers],
    ...split,
    ...(validName ? { name } : {}),
  });
  const preview = useDatasetPreview(projectId, body);
  const freeze = useFreezeDataset(projectId);
  const existing = datasets.find((dataset) => dataset.name === name)?.versions ?? [];
  const obstacle =
    preview.data === undefined
      ? null
      : freezeObstacle(
          preview.data,
          existing.map((version) => version.version),
        );

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!validName || obstacle !== null || preview.data === undefined) return;
    freeze.mutate(
      { name, query: text, message, waivers: [...waivers], ...split },
      {
        onSuccess: (version) => {
          setMessage("");
          setWaivers([]);
          tell(`${version.name} ${version.version} is frozen`, "It never changes from now on.");
          onFrozen(version.id);
        },
      },
    );
  };

  return (
    <form
      onSubmit={submit}
      className="grid grid-cols-1 gap-x-10 gap-y-6 rounded-lg border border-line bg-panel p-5 lg:grid-cols-[minmax(0,24rem)_minmax(0,1fr)]"
    >
      <div className="flex flex-col gap-4">
        <h2 className="font-semibold">New version</h2>
        <Field
          label="Query"
          hint="As on the Images page, for example kind=fluorescence. Only accepted labels are frozen."
          error={preview.isError ? toFoundryError(preview.error).message : undefined}
        >
          {(ids) => (
            <textarea
              {...ids}
              rows={1}
              spellCheck={false}
              className="control w-full font-mono text-sm"
              placeholder="every image"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <label className="-mt-2 flex items-start gap-2 text-sm">
          <input
            type="checkbox"
            className="mt-0.5 accent-accent"
            checked={corrected}
            onChange={(event) => setCorrected(event.target.checked)}
          />
          <span>
            Also images that are corrected, but not accepted
            <span className="block text-quiet">
              They only train, on the cells that somebody drew or corrected.
            </span>
          </span>
        </label>
        <Field
          label="Dataset name"
          hint={
            preview.data !== undefined && validName && obstacle === null
              ? `Becomes ${name}@${preview.data.nextVersion}.`
              : "Lower-case letters, digits and hyphens: lung-nuclei."
          }
          error={name !== "" && !validName ? "Use lower-case letters, digits and hyphens." : undefined}
        >
          {(ids) => (
            <input
              {...ids}
              required
              list="dataset-names"
              spellCheck={false}
              className="control w-full"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <datalist id="dataset-names">
          {datasets.map((dataset) => (
            <option key={dataset.id} value={dataset.name} />
          ))}
        </datalist>
        <Field label="What is new in it" hint="One line for the change log.">
          {(ids) => (
            <input
              {...ids}
              maxLength={500}
              className="control w-full"
              value={message}
              onChange={(event) => setMessage(event.target.value)}
            />
          )}
        </Field>
        {obstacle !== null && (
          <p role="status" className="text-sm text-warn">
            {obstacle}
          </p>
        )}
        <Button
          look="primary"
          type="submit"
          className="self-start"
          disabled={!validName || preview.data === undefined || obstacle !== null}
          busy={freeze.isPending}
        >
          Freeze version
          {validName && preview.data !== undefined && obstacle === null ? ` ${preview.data.nextVersion}` : ""}
        </Button>
      </div>
      <div className="lg:pt-9">
        {preview.data === undefined ? (
          !preview.isError && <Loading text="Counting …" />
        ) : (
          <Preview
            projectId={projectId}
            preview={preview.data}
            stale={preview.isPlaceholderData}
            onAccept={(waiver) => setWaivers([...waivers, waiver])}
          />
        )}
      </div>
    </form>
  );
}

function Preview({
  projectId,
  preview,
  stale,
  onAccept,
}: {
  projectId: string;
  preview: DatasetPreview;
  stale: boolean;
  onAccept: (waiver: LeakWaiver) => void;
}): ReactNode {
  return (
    <div aria-live="polite" className={classNames("flex flex-col gap-3", stale && "opacity-60")}>
      <p>
        {plural(preview.images, "image")} with {plural(preview.cells, "cell")}
        {preview.parent !== null && preview.step !== "same" && (
          <span className="text-quiet">
            {" "}
            · {preview.nextVersion} after {preview.parent.version}. {preview.why}
          </span>
        )}
      </p>
      {preview.images > 0 && (
        <>
          <SplitBar split={preview.split} />
          <SplitCounts split={preview.split} />
          <StrataTable strata={preview.strata} />
        </>
      )}
      {preview.excluded.length > 0 && (
        <div className="text-sm">
          <p className="text-quiet">Left out</p>
          <ul>
            {preview.excluded.map(({ reason, count }) => (
              <li key={reason}>
                {formatCount(count)} · {reason}
              </li>
            ))}
          </ul>
        </div>
      )}
      {preview.images > 0 && (
        <>
          <LicenceWords report={preview.licenceReport} />
          <LabelErrors projectId={projectId} checks={preview.checks} />
          <HiddenCells projectId={projectId} hidden={preview.hidden} />
          <LeakFindings audit={preview.audit} onAccept={onAccept} />
        </>
      )}
    </div>
  );
}

/** A value that has not changed for a moment; typing then asks once, not per letter. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  const key = JSON.stringify(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: compared by content, not by identity
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [key]);
  return settled;
}
