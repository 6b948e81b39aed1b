/** Every source of terms: what it names, its release here, its licence. Also the attribution that the licences ask for. */

import type { ReactNode } from "react";
import type { VocabularySource } from "#api/index.ts";
import { formatCount, formatDate } from "../ui/index.ts";

export function SourceTable({ sources }: { sources: readonly VocabularySource[] }): ReactNode {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="Sources of terms"
      className="overflow-x-auto"
    >
      <table className="table min-w-160">
        <thead>
          <tr>
            <th>Source</th>
            <th>Names</th>
            <th>Release</th>
            <th className="num">Terms</th>
            <th>Licence</th>
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <tr key={source.prefix}>
              <td>
                {source.url === null ? (
                  source.title
                ) : (
                  <a
                    href={source.url}
                    target="_blank"
                    rel="noreferrer"
                    className="rounded-md underline underline-offset-2 hover:text-accent"
                  >
                    {source.title}
                  </a>
                )}
                {source.title !== source.prefix && <span className="text-quiet"> {source.prefix}</span>}
              </td>
              <td className="text-quiet">{source.about}</td>
              <td>{releaseText(source)}</td>
              <td className="num">{formatCount(source.installed?.terms ?? source.shippedTerms)}</td>
              <td>
                {source.licence ?? <span className="text-warn">not stated</span>}
                {source.licence !== null && !source.licenceVerified && (
                  <span className="text-quiet" title="As commonly stated; not read at its origin.">
                    {" "}
                    as stated
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function releaseText({ release, installed }: VocabularySource): ReactNode {
  if (installed === null)
    return (
      <>
        {release} <span className="text-quiet">shipped</span>
      </>
    );
  return (
    <>
      {installed.release === "" ? "no name" : installed.release}{" "}
      <span className="text-quiet">
        installed {formatDate(installed.at)} by {installed.agent}
        {release !== null && `, over ${release}`}
      </span>
    </>
  );
}
