/** How an archive of the tar family says no. */
import { fault, shownName } from "../../fault.ts";

export function tarFault(name: string, entry: string | undefined, reason: string) {
  return fault("format.tar", {
    file: name,
    ...(entry === undefined ? {} : { place: `entry "${shownName(entry)}"` }),
    reason,
    remedy: "Download or write the archive again.",
  });
}
