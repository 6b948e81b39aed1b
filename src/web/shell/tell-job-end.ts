/** Says when long work has ended, wherever one is then; quick work shows its end where it was started. */

import type { Job } from "#api/index.ts";
import { errorFromWire, isErrorCode } from "#core/errors.ts";
import { tell, tellProblem } from "../ui/index.ts";

export function tellJobEnd(job: Job): void {
  if (job.state === "failed" && job.error !== null && job.kind !== "predict") {
    const { code, ...words } = job.error;
    tellProblem(errorFromWire({ ...words, code: isErrorCode(code) ? code : "server.internal" }));
    return;
  }
  if (job.state !== "done") return;
  if (job.kind === "train") tell(`Done: ${job.title}`, "The new version is on the Models page.");
  if (job.kind === "propose") tell(`Done: ${job.title}`, "The proposals wait to be corrected.");
}
