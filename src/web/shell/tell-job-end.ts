/** Says when long work has ended, wherever one is then; quick work shows its end where it was started. */

import type { Job } from "#api/index.ts";
import { FoundryError, isErrorCode } from "#core/errors.ts";
import { tell, tellProblem } from "../ui/index.ts";

/** Asked and answered in one place, which tells what went wrong. */
const saysItself: ReadonlySet<Job["kind"]> = new Set<Job["kind"]>(["predict", "predictPart"]);

export function tellJobEnd(job: Job): void {
  if (job.state === "failed" && job.error !== null && !saysItself.has(job.kind)) {
    const { code, message, hint } = job.error;
    tellProblem(
      new FoundryError(isErrorCode(code) ? code : "server.internal", {
        message: `Failed: ${job.title}`,
        hint: `${message} ${hint ?? "It is listed under Jobs."}`,
      }),
    );
    return;
  }
  if (job.state !== "done") return;
  if (job.kind === "train") tell(`Done: ${job.title}`, "The new version is on the Models page.");
  if (job.kind === "improve") tell(`Done: ${job.title}`, String(job.result?.["reason"] ?? ""));
  if (job.kind !== "propose") return;
  const isBack = job.result?.["takenBackOf"] !== undefined;
  tell(
    `Done: ${job.title}`,
    isBack ? "The former proposals are back." : "The proposals wait to be corrected.",
  );
}
