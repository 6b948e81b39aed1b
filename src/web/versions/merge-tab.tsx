/** Branches: begin one, look at what it would change, decide cell by cell where both changed, take it in. */

import { Link } from "@tanstack/react-router";
import { GitBranch } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { BranchWire, ImageDetail, LayerRevision } from "#api/index.ts";
import type { Resolution } from "#core/versions/index.ts";
import { useCan, useCreateBranch, useMerge, useTriedMerge, useUpdateBranch } from "../client/index.ts";
import {
  Button,
  buttonClass,
  classNames,
  Empty,
  formatWhen,
  Loading,
  Problem,
  ProblemText,
  plural,
  tell,
} from "../ui/index.ts";
import { ConflictCard } from "./conflict-card.tsx";
import type { VersionsSearch } from "./versions-search.ts";

interface MergeProps {
  readonly image: ImageDetail;
  readonly layerId: string;
  readonly branches: readonly BranchWire[];
  readonly revisions: readonly LayerRevision[];
  readonly search: VersionsSearch;
  readonly onSearch: (change: VersionsSearch) => void;
}

export function MergeTab({ image, layerId, branches, search, onSearch }: MergeProps): ReactNode {
  const chosen =
    branches.find(({ id }) => id === search.branch) ?? branches.find((one) => one.closedAt === null);
  return (
    <>
      <aside
        aria-label="Branches"
        className="flex w-72 shrink-0 flex-col gap-3 overflow-y-auto border-r border-line bg-panel p-4"
      >
        <NewBranch image={image} layerId={layerId} onMade={(branch) => onSearch({ branch })} />
        <ul className="flex flex-col gap-1">
          {branches.map((branch) => (
            <li key={branch.id}>
              <BranchRow
                branch={branch}
                image={image}
                chosen={branch.id === chosen?.id}
                onChoose={() => onSearch({ branch: branch.id })}
              />
            </li>
          ))}
        </ul>
      </aside>
      <div className="min-w-0 flex-1 overflow-y-auto p-6">
        {chosen === undefined ? (
          <Empty title="No branch yet">
            A branch is a copy of these labels for someone to work on: a second opinion, a student's first
            try, another model. Cells keep their identity, so it merges back cell by cell.
          </Empty>
        ) : chosen.closedAt !== null ? (
          <Empty title={`Branch ${chosen.name} is closed`}>Open it again to merge it.</Empty>
        ) : (
          <MergeBranch key={chosen.id} image={image} branch={chosen} />
        )}
      </div>
    </>
  );
}

function NewBranch({
  image,
  layerId,
  onMade,
}: {
  image: ImageDetail;
  layerId: string;
  onMade: (branchId: string) => void;
}): ReactNode {
  const [name, setName] = useState("");
  const create = useCreateBranch(image.id, layerId);
  if (!useCan("annotator")) return null;
  const submit = (): void =>
    create.mutate(
      { name },
      {
        onSuccess: ({ id }) => {
          setName("");
          onMade(id);
        },
      },
    );
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") submit();
      }}
    >
      <label className="flex flex-col gap-1 text-sm">
        New branch of these labels
        <input
          className="control"
          value={name}
          maxLength={60}
          placeholder="second opinion"
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <Button type="submit" disabled={name.trim() === ""} busy={create.isPending} data-testid="create-branch">
        <GitBranch aria-hidden="true" className="size-4" /> Begin branch
      </Button>
      {create.isError && <ProblemText error={create.error} />}
    </form>
  );
}

function BranchRow({
  branch,
  image,
  chosen,
  onChoose,
}: {
  branch: BranchWire;
  image: ImageDetail;
  chosen: boolean;
  onChoose: () => void;
}): ReactNode {
  const update = useUpdateBranch(image.id);
  const canEdit = useCan("annotator");
  const closed = branch.closedAt !== null;
  return (
    <div
      className={classNames(
        "flex flex-col gap-1 rounded-md p-2",
        chosen ? "bg-accent-wash" : "hover:bg-hover",
      )}
    >
      <button type="button" className="text-left" aria-current={chosen || undefined} onClick={onChoose}>
        <span className={classNames("font-semibold", closed && "text-quiet")}>{branch.name}</span>
        <span className="block text-xs text-quiet">
          {branch.agent.name}, {formatWhen(branch.createdAt, Date.now())} ·{" "}
          {plural(branch.objectCount, "cell")}
          {closed && " · closed"}
        </span>
      </button>
      {chosen && (
        <div className="flex gap-1">
          {!closed && (
            <Link
              to="/p/$projectId/i/$imageId"
              params={{ projectId: image.projectId, imageId: image.id }}
              search={{ layer: branch.id }}
              className={buttonClass("plain", "small")}
              data-testid="edit-branch"
            >
              Edit its cells
            </Link>
          )}
          {canEdit && (
            <Button
              size="small"
              look="quiet"
              busy={update.isPending}
              onClick={() => update.mutate({ branchId: branch.id, closed: !closed })}
            >
              {closed ? "Open again" : "Close"}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function MergeBranch({ image, branch }: { image: ImageDetail; branch: BranchWire }): ReactNode {
  const [decided, setDecided] = useState<Readonly<Record<string, Resolution>>>({});
  const [pixelRule, setPixelRule] = useState<"ours" | "theirs">("ours");
  const request = { resolutions: { ...decided }, pixelRule };
  const open = useTriedMerge(branch.id, { resolutions: {}, pixelRule });
  const tried = useTriedMerge(branch.id, request);
  const merge = useMerge(image.id, branch.id);
  const canEdit = useCan("annotator");
  if (open.data === undefined || tried.data === undefined) {
    const error = open.error ?? tried.error;
    return error === null ? (
      <Loading text="Trying the merge …" />
    ) : (
      <Problem error={error} onRetry={() => void open.refetch()} />
    );
  }
  const { taken, expected } = tried.data;
  // What was undecided at first, and what the decisions brought up since.
  const conflicts = [
    ...new Map([...open.data.conflicts, ...tried.data.conflicts].map((one) => [one.id, one])).values(),
  ];
  const left = tried.data.conflicts.length;
  const commit = (): void =>
    merge.mutate(
      { ...request, expected },
      {
        onSuccess: ({ revision, state }) => {
          if (state === "merged") tell(`Branch ${branch.name} is merged as revision ${revision?.number}.`);
          setDecided({});
        },
      },
    );
  return (
    <div
      className="flex max-w-4xl flex-col gap-4"
      data-testid="merge"
      data-state={tried.data.state}
      data-conflicts={left}
    >
      <div className="flex flex-wrap items-center gap-3">
        <p>
          {tried.data.state === "upToDate"
            ? `${branch.name} has nothing new.`
            : `${branch.name} changed ${plural(taken.theirs, "cell")} that nobody else did${taken.alike > 0 ? `, ${taken.alike} alike` : ""}.`}{" "}
          {left > 0 && <strong>{plural(left, "conflict")} to decide.</strong>}
        </p>
        {canEdit && (
          <Button
            look="primary"
            className="ml-auto"
            disabled={tried.data.state !== "ready"}
            busy={merge.isPending}
            onClick={commit}
            data-testid="merge-now"
          >
            Merge into the labels
          </Button>
        )}
      </div>
      {merge.isError && <ProblemText error={merge.error} />}
      {conflicts.length > 1 && (
        <div className="flex flex-wrap items-center gap-2 text-sm">
          <span className="text-quiet">All conflicts:</span>
          {(["ours", "theirs", "base"] as const).map((one) => (
            <Button
              key={one}
              size="small"
              onClick={() => setDecided(Object.fromEntries(conflicts.map(({ id }) => [id, one])))}
            >
              {one === "ours" ? "Ours" : one === "theirs" ? "Theirs" : "Base"}
            </Button>
          ))}
        </div>
      )}
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(18rem,1fr))] gap-4">
        {conflicts.map((conflict) => (
          <li key={conflict.id}>
            <ConflictCard
              image={image}
              conflict={conflict}
              choice={decided[conflict.id]}
              pixelRule={pixelRule}
              onPixelRule={setPixelRule}
              onChoose={(resolution) => setDecided((all) => ({ ...all, [conflict.id]: resolution }))}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
