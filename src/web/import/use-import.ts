/**
 * One import, step by step: choosing, sending, looking (the server plans), asking, importing (a job).
 *
 * Files are sent once; every answer that changes how they are read asks for a new plan. A late plan of older answers is
 * dropped. What is not imported is thrown away on the server too.
 */

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { ImportPlan, ImportQuestion, Upload } from "#api/index.ts";
import type { FoundryError } from "#core/errors.ts";
import { importsApi } from "../client/imports-api.ts";
import { applyJob, type NamedFile, toFoundryError } from "../client/index.ts";
import { tellProblem } from "../ui/index.ts";
import { type Choices, needsNewPlan, noChoices, openQuestions, wireChoices } from "./choices.ts";

export type ImportStep =
  | { readonly step: "choosing" }
  | { readonly step: "sending"; readonly bytesSent: number; readonly bytesTotal: number }
  | { readonly step: "looking"; readonly upload: Upload }
  | { readonly step: "refused"; readonly upload: Upload | null; readonly error: FoundryError }
  | {
      readonly step: "asking";
      readonly upload: Upload;
      readonly plan: ImportPlan;
      readonly questions: readonly ImportQuestion[];
      /** A newer plan is on its way. */
      readonly stale: boolean;
      readonly starting: boolean;
    }
  | { readonly step: "importing"; readonly jobId: string };

export interface ImportWork {
  readonly now: ImportStep;
  readonly choices: Choices;
  readonly send: (files: readonly NamedFile[]) => void;
  readonly choose: (next: Partial<Choices>) => void;
  readonly setSheet: (name: string, text: string) => void;
  readonly lookAgain: () => void;
  readonly start: () => void;
  /** Back to the beginning; what was sent and not imported is deleted. */
  readonly reset: () => void;
}

export function useImport(projectId: string): ImportWork {
  const client = useQueryClient();
  const [now, setNow] = useState<ImportStep>({ step: "choosing" });
  const [choices, setChoices] = useState<Choices>(noChoices);
  const running = useRef<AbortController | null>(null);
  const uploadId = useRef<string | null>(null);

  const begin = useCallback((): AbortController => {
    running.current?.abort();
    running.current = new AbortController();
    return running.current;
  }, []);

  const drop = useCallback(() => {
    running.current?.abort();
    running.current = null;
    const id = uploadId.current;
    uploadId.current = null;
    // It would be swept after a day; nobody has to hear that it could not be deleted now.
    if (id !== null) importsApi.discard(projectId, id).catch(() => undefined);
  }, [projectId]);

  useEffect(() => drop, [drop]);

  const look = useCallback(
    (upload: Upload, with_: Choices) => {
      const control = begin();
      setNow((was) => (was.step === "asking" ? { ...was, stale: true } : { step: "looking", upload }));
      importsApi.plan(projectId, upload.id, wireChoices(with_), control.signal).then(
        (plan) => {
          if (running.current !== control) return;
          setNow((was) => ({
            step: "asking",
            upload,
            plan,
            questions: openQuestions(was.step === "asking" ? was.questions : [], plan, with_),
            stale: false,
            starting: false,
          }));
        },
        (error: unknown) => {
          if (running.current === control) setNow({ step: "refused", upload, error: toFoundryError(error) });
        },
      );
    },
    [projectId, begin],
  );

  const send = (files: readonly NamedFile[]): void => {
    drop();
    const control = begin();
    setChoices(noChoices);
    setNow({ step: "sending", bytesSent: 0, bytesTotal: 0 });
    const onProgress = (progress: { bytesSent: number; bytesTotal: number }): void => {
      if (running.current === control) setNow({ step: "sending", ...progress });
    };
    importsApi.send(projectId, files, { signal: control.signal, onProgress }).then(
      (upload) => {
        if (running.current !== control)
          return void importsApi.discard(projectId, upload.id).catch(() => undefined);
        uploadId.current = upload.id;
        look(upload, noChoices);
      },
      (error: unknown) => {
        if (running.current !== control) return;
        if (control.signal.aborted) setNow({ step: "choosing" });
        else setNow({ step: "refused", upload: null, error: toFoundryError(error) });
      },
    );
  };

  const choose = (next: Partial<Choices>): void => {
    const after = { ...choices, ...next };
    setChoices(after);
    if (
      (now.step === "asking" || now.step === "refused") &&
      now.upload !== null &&
      needsNewPlan(choices, after)
    )
      look(now.upload, after);
  };

  const setSheet = (name: string, text: string): void => {
    if ((now.step !== "asking" && now.step !== "refused") || now.upload === null) return;
    const { upload } = now;
    setNow((was) => (was.step === "asking" ? { ...was, stale: true } : { step: "looking", upload }));
    importsApi.setSheet(projectId, upload.id, { name, text }).then(
      () => look(upload, choices),
      (error: unknown) => {
        setNow((was) => (was.step === "asking" ? { ...was, stale: false } : was));
        tellProblem(toFoundryError(error));
      },
    );
  };

  const start = (): void => {
    if (now.step !== "asking") return;
    const { upload } = now;
    setNow({ ...now, starting: true });
    importsApi.start(projectId, upload.id, wireChoices(choices)).then(
      (job) => {
        uploadId.current = null;
        applyJob(client, job);
        setNow({ step: "importing", jobId: job.id });
      },
      (error: unknown) => {
        setNow((was) => (was.step === "asking" ? { ...was, starting: false } : was));
        tellProblem(toFoundryError(error));
      },
    );
  };

  const reset = (): void => {
    drop();
    setChoices(noChoices);
    setNow({ step: "choosing" });
  };

  const lookAgain = (): void => {
    if ((now.step === "asking" || now.step === "refused") && now.upload !== null) look(now.upload, choices);
  };

  return { now, choices, send, choose, setSheet, lookAgain, start, reset };
}
