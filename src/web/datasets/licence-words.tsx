/** What the licences of a set allow together, in sentences, and whom to name. */

import type { ReactNode } from "react";
import type { LicenceReport } from "#api/index.ts";
import { plural } from "../ui/index.ts";

export function LicenceWords({ report, full = false }: { report: LicenceReport; full?: boolean }): ReactNode {
  return (
    <div className="flex flex-col gap-1 text-sm">
      <p>
        <span className="font-semibold">{report.expression === "" ? "No licence" : report.expression}</span>
      </p>
      {report.sentences.map((sentence) => (
        <p key={sentence} className="text-quiet">
          {sentence}
        </p>
      ))}
      {report.conflicts.map((conflict) => (
        <p key={conflict} className="text-warn">
          {conflict}
        </p>
      ))}
      {full && (
        <ul className="mt-1 list-inside list-disc">
          {report.attributions.map(({ title, licence, url, images }) => (
            <li key={`${title} ${licence} ${url}`} className="break-words">
              {title}: {plural(images, "image")}, {licence}
              {url !== "" && <span className="text-quiet"> · {url}</span>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
