/** Says when long work has ended, wherever one is then; quick work shows its end where it was started. */

import type { Job } from "#api/index.ts";
import { FoundryError, isErrorCode } from "#core/errors.ts";
import { tell, tellProblem } from "../ui/index.ts";

export function tellJobEnd(job: Job): void {
  if (job.state === "failed" && job.error !== null && job.kind !== "predict") {
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
  if (job.kind === "propose") tell(`Done: ${job.title}`, "The proposals wait to be corrected.");
}
