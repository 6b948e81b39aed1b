/** The trash: what was moved there, and the way back. Nothing in it is lost. */

import { type ReactNode, useState } from "react";
import { useCan, useRestore, useTrash } from "../client/index.ts";
import { Button, Empty, formatDate, Loading, Problem, plural, tell } from "../ui/index.ts";

export function TrashView({ projectId }: { projectId: string }): ReactNode {
  const trash = useTrash(projectId);
  const restore = useRestore(projectId);
  const canEdit = useCan("annotator");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  if (trash.isPending) {
    return (
      <Padded>
        <Loading text="Reading the trash …" />
      </Padded>
    );
  }
  if (trash.isError) {
    return (
      <Padded>
        <Problem error={trash.error} onRetry={() => void trash.refetch()} />
      </Padded>
    );
  }
  const items = trash.data.pages.flatMap((page) => page.items);
  const total = trash.data.pages[0]?.total ?? 0;
  const bringBack = (ids: readonly string[]): void =>
    restore.mutate(ids, {
      onSuccess: ({ restored }) => {
        setChosen(new Set());
        const left = ids.length - restored.length;
        tell(
          `${plural(restored.length, "image")} restored.`,
          left === 0 ? undefined : `${plural(left, "image")} stay here: the same pixels were imported again.`,
        );
      },
    });
  if (items.length === 0) {
    return (
      <Padded>
        <Empty title="The trash is empty">Images moved to the trash can be brought back from here.</Empty>
      </Padded>
    );
  }
  return (
    <div
      className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-6"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <div className="flex items-center gap-3">
        <span className="text-quiet">{plural(total, "image")} in the trash</span>
        {canEdit && (
          <Button
            className="ml-auto"
            disabled={chosen.size === 0}
            busy={restore.isPending}
            onClick={() => bringBack([...chosen])}
          >
            Restore {chosen.size === 0 ? "" : plural(chosen.size, "image")}
          </Button>
        )}
      </div>
      <table className="table">
        <caption className="sr-only">Images in the trash</caption>
        <thead>
          <tr>
            <th>
              {canEdit && (
                <input
                  type="checkbox"
                  aria-label="Select all listed"
                  className="size-3.5 accent-accent"
                  checked={chosen.size === items.length}
                  onChange={(event) =>
                    setChosen(new Set(event.target.checked ? items.map(({ id }) => id) : []))
                  }
                />
              )}
            </th>
            <th>Name</th>
            <th className="num">Size</th>
            <th className="num">Cells</th>
            <th>In the trash since</th>
          </tr>
        </thead>
        <tbody>
          {items.map((image) => (
            <tr key={image.id}>
              <td>
                {canEdit && (
                  <input
                    type="checkbox"
                    aria-label={`Select ${image.name}`}
                    className="size-3.5 accent-accent"
                    checked={chosen.has(image.id)}
                    onChange={() => setChosen(toggled(chosen, image.id))}
                  />
                )}
              </td>
              <td className="break-all">{image.name}</td>
              <td className="num">
                {image.width} × {image.height}
              </td>
              <td className="num">{image.cellCount}</td>
              <td>{formatDate(image.trashedAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {trash.hasNextPage && (
        <div>
          <Button busy={trash.isFetchingNextPage} onClick={() => void trash.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </div>
  );
}

function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

function Padded({ children }: { children: ReactNode }): ReactNode {
  return <div className="p-6">{children}</div>;
}
