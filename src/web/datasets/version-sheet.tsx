/** One frozen version: facts, split, how to fetch it, and its items. */

import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { DatasetVersionDetail } from "#api/index.ts";
import { useDatasetVersion } from "../client/index.ts";
import {
  Button,
  CopyBlock,
  Digest,
  Facts,
  formatCount,
  formatWhen,
  Loading,
  Problem,
  Section,
  Sheet,
} from "../ui/index.ts";
import { changeSentence, versionCommands } from "./change-sentence.ts";
import { RoleMark, SplitBar, SplitCounts } from "./split-picture.tsx";

const ITEMS_SHOWN = 40;

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
          ["Licence", version.licence === "" ? "not stated" : version.licence],
          ["Frozen", `${formatWhen(version.createdAt, Date.now())} by ${version.agent.name}`],
        ]}
      />
      <Section title="Split">
        <SplitBar split={version.split} />
        <SplitCounts split={version.split} />
      </Section>
      <Section title="Use it">
        <CopyBlock label="Command line" text={`${commands.show}\n${commands.train}`} />
        <CopyBlock label="Python, with an API token from Settings" text={commands.python} />
      </Section>
      <Items version={version} />
    </>
  );
}

function Items({ version }: { version: DatasetVersionDetail }): ReactNode {
  const [all, setAll] = useState(false);
  const shown = all ? version.items : version.items.slice(0, ITEMS_SHOWN);
  return (
    <Section title="Images" note={formatCount(version.items.length)}>
      <table className="table">
        <caption className="sr-only">Images of this version</caption>
        <thead>
          <tr>
            <th>Image</th>
            <th>Group</th>
            <th>Role</th>
            <th className="num">Cells</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((item) => (
            <tr key={item.imageId}>
              <td className="break-all">
                <Link
                  to="/p/$projectId/i/$imageId"
                  params={{ projectId: version.projectId, imageId: item.imageId }}
                  preload={false}
                  className="rounded-md hover:text-accent"
                >
                  {item.name}
                </Link>
              </td>
              <td className="break-all">{item.group}</td>
              <td className="whitespace-nowrap">
                <RoleMark role={item.role} />
              </td>
              <td className="num">{formatCount(item.cellCount)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {version.items.length > shown.length && (
        <Button look="quiet" size="small" className="self-start" onClick={() => setAll(true)}>
          Show all {formatCount(version.items.length)}
        </Button>
      )}
    </Section>
  );
}
