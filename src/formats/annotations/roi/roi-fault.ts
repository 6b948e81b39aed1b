/**
 * How the readers of ImageJ regions say no.
 */
import { fault } from "../../fault.ts";

export function roiFault(file: string, reason: string) {
  return fault("format.roi", {
    file,
    reason,
    remedy: "Save the regions again in ImageJ or Fiji (ROI Manager, More, Save).",
  });
}
