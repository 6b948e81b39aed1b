/** The import, from the drop to the imported images, on one sheet. */

import { type ReactNode, useEffect, useRef, useState } from "react";
import { type NamedFile, toFoundryError, useProject } from "../client/index.ts";
import {
  Button,
  formatBytes,
  formatPercent,
  Loading,
  Problem,
  ProgressBar,
  plural,
  Sheet,
  tellProblem,
} from "../ui/index.ts";
import { AboutImages } from "./about-images.tsx";
import { knownPixelSize, leftOpen, readyImages, whyNot } from "./choices.ts";
import { ChooseFiles } from "./choose-files.tsx";
import { FileProblems } from "./file-problems.tsx";
import { Found } from "./found.tsx";
import { Groups } from "./groups.tsx";
import { ImportOutcome } from "./import-outcome.tsx";
import { LicenceField } from "./licence-field.tsx";
import { Questions } from "./questions.tsx";
import { isWorthSending, loneSheet, totalBytes } from "./sent-files.ts";
import { SheetPart } from "./sheet-part.tsx";
import { type ImportStep, type ImportWork, useImport } from "./use-import.ts";

/** A sheet that is dropped alone is read in the page; larger ones come with the images. */
const LONE_SHEET_BYTES_MAX = 4_000_000;

export function ImportSheet({
  projectId,
  dropped,
  onDropped,
}: {
  projectId: string;
  /** null: closed. Empty: open, nothing chosen yet. */
  dropped: readonly NamedFile[] | null;
  onDropped: (files: readonly NamedFile[] | null) => void;
}): ReactNode {
  const project = useProject(projectId).data;
  const work = useImport(projectId);
  const [sent, setSent] = useState<readonly NamedFile[]>([]);
  const taken = useRef<readonly NamedFile[] | null>(null);

  useEffect(() => {
    if (dropped === null || dropped.length === 0 || taken.current === dropped) return;
    taken.current = dropped;
    const sheet = loneSheet(dropped);
    const waiting = work.now.step === "asking" || (work.now.step === "refused" && work.now.upload !== null);
    if (sheet !== undefined && waiting && sheet.file.size <= LONE_SHEET_BYTES_MAX) {
      sheet.file.text().then(
        (text) => work.setSheet(sheet.file.name, text),
        (error: unknown) => tellProblem(toFoundryError(error)),
      );
      return;
    }
    const files = dropped.filter(({ path }) => isWorthSending(path));
    setSent(files);
    work.send(files);
  }, [dropped, work]);

  const close = (): void => {
    work.reset();
    taken.current = null;
    onDropped(null);
  };
  const { now } = work;
  return (
    <Sheet
      wide="extra"
      sturdy={now.step === "sending" || now.step === "asking"}
      open={dropped !== null}
      onClose={close}
      title={titleOf(now, project?.name)}
      description={descriptionOf(now, sent)}
      footer={<Footer work={work} onClose={close} />}
    >
      {now.step === "choosing" && <ChooseFiles onFiles={onDropped} />}
      {now.step === "sending" && <Sending now={now} />}
      {now.step === "looking" && (
        <Loading
          text={`Looking into ${plural(now.upload.files, "file")}: what they are, and what they leave open …`}
        />
      )}
      {now.step === "refused" && (
        <>
          <Problem error={now.error} {...(now.upload === null ? {} : { onRetry: work.lookAgain })} />
          <ChooseFiles again onFiles={onDropped} />
        </>
      )}
      {now.step === "asking" && <Asking now={now} work={work} />}
      {now.step === "importing" && <ImportOutcome projectId={projectId} jobId={now.jobId} />}
    </Sheet>
  );
}

function titleOf(now: ImportStep, project = "this project"): string {
  if (now.step === "asking") return `Import ${now.plan.title} into ${project}`;
  return now.step === "importing" ? `Importing into ${project}` : `Import into ${project}`;
}

function descriptionOf(now: ImportStep, sent: readonly NamedFile[]): string {
  if (now.step === "choosing" || sent.length === 0)
    return "Nothing is changed in your files; they are copied.";
  return `${plural(sent.length, "file")}, ${formatBytes(totalBytes(sent))}. Your files stay as they are.`;
}

function Sending({ now }: { now: Extract<ImportStep, { step: "sending" }> }): ReactNode {
  const { bytesSent, bytesTotal } = now;
  const fraction = bytesTotal === 0 ? null : bytesSent / bytesTotal;
  return (
    <div role="status" className="flex flex-col gap-2">
      <p>
        Sending {formatBytes(bytesSent)} of {formatBytes(bytesTotal)}
        {fraction !== null && ` · ${formatPercent(fraction)}`}
      </p>
      <ProgressBar label="Upload" fraction={fraction} />
      <p className="text-sm text-quiet">
        Keep this page open until everything is sent. Nothing is imported before you say so.
      </p>
    </div>
  );
}

function Asking({
  now,
  work,
}: {
  now: Extract<ImportStep, { step: "asking" }>;
  work: ImportWork;
}): ReactNode {
  const { plan, questions, stale } = now;
  const { choices, choose } = work;
  return (
    <div aria-busy={stale} className="flex flex-col gap-5">
      <Found plan={plan} format={choices.format} onFormat={(format) => choose({ format })} />
      <Questions questions={questions} plan={plan} choices={choices} onChoose={choose} />
      <SheetPart plan={plan} busy={stale} onSheet={work.setSheet} />
      <AboutImages
        plan={plan}
        record={choices.metadata}
        pixelSize={knownPixelSize(plan, choices)}
        onChange={(metadata) => choose({ metadata })}
      />
      <Groups plan={plan} group={choices.group} onGroup={(group) => choose({ group })} />
      <LicenceField
        found={plan.licence}
        value={choices.licence}
        onChange={(licence) => choose({ licence })}
      />
      <FileProblems plan={plan} />
    </div>
  );
}

function Footer({ work, onClose }: { work: ImportWork; onClose: () => void }): ReactNode {
  const { now, choices } = work;
  if (now.step === "importing") {
    return (
      <Button look="primary" onClick={onClose}>
        Close
      </Button>
    );
  }
  if (now.step !== "asking")
    return <Button onClick={onClose}>{now.step === "sending" ? "Cancel the upload" : "Cancel"}</Button>;
  const { plan, questions, stale, starting } = now;
  const reason = stale ? "Looking at the files again …" : whyNot(plan, questions, choices);
  const open = leftOpen(questions, choices);
  return (
    <>
      <p role="status" className="mr-auto min-w-0 text-sm text-quiet">
        {reason ?? (open.length === 0 ? "Everything is answered." : `Left open: ${open.join("; ")}.`)}
      </p>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={reason !== null} busy={starting} onClick={work.start}>
        Import {plural(readyImages(plan), "image")}
      </Button>
    </>
  );
}
