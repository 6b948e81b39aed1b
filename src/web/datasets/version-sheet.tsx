/** One frozen version: facts, split, how to fetch it, and its items. */

import type { ReactNode } from "react";
import type { DatasetVersionDetail } from "#api/index.ts";
import { useDatasetVersion } from "../client/index.ts";
import { CopyBlock, Digest, Facts, formatWhen, Loading, Problem, Section, Sheet } from "../ui/index.ts";
import { changeSentence, versionCommands } from "./change-sentence.ts";
import { HiddenCells } from "./hidden-cells.tsx";
import { LeakFindings } from "./leak-findings.tsx";
import { LicenceWords } from "./licence-words.tsx";
import { SplitBar, SplitCounts } from "./split-picture.tsx";
import { StrataTable } from "./strata-table.tsx";
import { VersionCard } from "./version-card.tsx";
import { VersionExport } from "./version-export.tsx";
import { VersionChanges, VersionItems } from "./version-items.tsx";

export function VersionSheet({
  versionId,
  onClose,
}: {
  versionId: string | undefined;
  onClose: () => void;
}): ReactNode {
  const query = useDatasetVersion(versionId);
  const version = query.data;
  return (
    <Sheet
      wide
      open={versionId !== undefined}
      onClose={onClose}
      title={version === undefined ? "Dataset version" : `${version.name} ${version.version}`}
      description={version === undefined ? undefined : version.message || changeSentence(version.changes)}
    >
      {query.isError ? (
        <Problem error={query.error} onRetry={() => void query.refetch()} />
      ) : version === undefined ? (
        <Loading text="Reading the version …" />
      ) : (
        <Version version={version} />
      )}
    </Sheet>
  );
}

function Version({ version }: { version: DatasetVersionDetail }): ReactNode {
  const commands = versionCommands(version, window.location.origin);
  return (
    <>
      <Facts
        rows={[
          ["Digest", <Digest key="d" digest={version.digest} what="the digest of this version" />],
          ["Split", <Digest key="s" digest={version.splitDigest} what="the digest of the split" />],
          [
            "Query",
            version.query === "" ? (
              "every image"
            ) : (
              <code key="q" className="font-mono text-xs">
                {version.query}
              </code>
            ),
          ],
          ["Changes", changeSentence(version.changes)],
          ["Frozen", `${formatWhen(version.createdAt, Date.now())} by ${version.agent.name}`],
        ]}
      />
      <Section title="Split">
        <SplitBar split={version.split} />
        <SplitCounts split={version.split} />
        <StrataTable strata={version.strata} />
        {version.roleChanges.map(({ group, role, reason }) => (
          <p key={group} className="text-sm">
            {group} moved to {role}: {reason}
          </p>
        ))}
      </Section>
      <Section title="Use it">
        <CopyBlock label="Command line" text={`${commands.show}\n${commands.train}`} />
        <CopyBlock label="Python, with an API token from Settings" text={commands.python} />
      </Section>
      <VersionExport version={version} />
      <VersionChanges version={version} />
      <Section title="Licence">
        <LicenceWords report={version.licenceReport} full />
      </Section>
      <Section title="Checked for leaks">
        <LeakFindings audit={version.audit} />
      </Section>
      {version.hidden !== null && version.hidden.notes.length > 0 && (
        <Section title="Overlapping cells">
          <HiddenCells projectId={version.projectId} hidden={version.hidden} />
        </Section>
      )}
      <VersionCard versionId={version.id} />
      <VersionItems version={version} />
    </>
  );
}
