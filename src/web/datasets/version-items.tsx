/** Images of a frozen version, page after page, and those that differ from the version before. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { DatasetImageChanges, DatasetVersionDetail } from "#api/index.ts";
import { useDatasetChanges, useDatasetItems } from "../client/index.ts";
import { Button, formatCount, Loading, Problem, Section } from "../ui/index.ts";
import { RoleMark } from "./split-picture.tsx";

export function VersionItems({ version }: { version: DatasetVersionDetail }): ReactNode {
  const list = useDatasetItems(version.id);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title="Images" note={formatCount(version.itemCount)}>
      {list.isError ? (
        <Problem error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading text="Reading the images …" />
      ) : (
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
            {items.map((item) => (
              <tr key={item.imageId}>
                <td className="break-all">
                  <ImageLink version={version} imageId={item.imageId} name={item.name} />
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
      )}
      {list.hasNextPage && (
        <Button
          look="quiet"
          size="small"
          className="self-start"
          busy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </Section>
  );
}

function ImageLink({
  version,
  imageId,
  name,
}: {
  version: DatasetVersionDetail;
  imageId: string;
  name: string;
}): ReactNode {
  return (
    <Link
      to="/p/$projectId/i/$imageId"
      params={{ projectId: version.projectId, imageId }}
      preload={false}
      className="rounded-md hover:text-accent"
    >
      {name}
    </Link>
  );
}

type Change = DatasetImageChanges["changes"][number];

const kinds: Record<Change["kind"], string> = {
  removed: "left out",
  relabelled: "relabelled",
  moved: "other role",
  redescribed: "described anew",
};

/** Touched images with what became of their cells; nothing when no image was touched. */
export function VersionChanges({ version }: { version: DatasetVersionDetail }): ReactNode {
  const query = useDatasetChanges(version.id);
  const changes = query.data?.changes ?? [];
  if (changes.length === 0) return null;
  return (
    <Section title="Changed images" note={formatCount(changes.length)}>
      <table className="table">
        <caption className="sr-only">Images that differ from the version before</caption>
        <thead>
          <tr>
            <th>Image</th>
            <th>What</th>
            <th>Cells</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={`${change.imageId} ${change.kind}`}>
              <td className="break-all">
                <ImageLink version={version} imageId={change.imageId} name={change.name} />
              </td>
              <td className="whitespace-nowrap">{kinds[change.kind]}</td>
              <td>{verbs(change)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function verbs({ verbs: counts }: Change): string {
  if (counts === null) return "";
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([verb, count]) => `${formatCount(count)} ${verb}`)
    .join(", ");
}
