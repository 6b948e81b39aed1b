/** `layer …`: history of labels, branches, merges, blame, going back. */

import type { Resolution } from "#core/versions/index.ts";
import type { CellBlame, LayerBlame, MergeOutcome } from "#store/index.ts";
import {
  type Command,
  type CommandInput,
  flagOption,
  requiredPositional,
  textOption,
  usageError,
} from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { counted, duration, table } from "../output.ts";
import { findLayer, findVersion } from "../version-ref.ts";

const when = (time: string): string => time.slice(0, 16).replace("T", " ");

export const layerLogCommand: Command = {
  usage: "layer log IMAGE[:BRANCH]",
  about: "Lists the revisions of an image's labels, newest first, and its branches.",
  examples: ['cellfoundry layer log "plate 7"'],
  options: {},
  async run(input) {
    await withStore(input, async (opened) => {
      const { listBranches, listRevisions } = await import("#store/index.ts");
      const project = await chosenProject(opened, input);
      const { layer, title } = await findLayer(
        opened.store,
        project.id,
        requiredPositional(input, 0, "IMAGE", layerLogCommand),
      );
      const revisions = await listRevisions(opened.store, layer.id);
      const branches = await listBranches(opened.store, layer.id);
      input.out.result({ image: title, layerId: layer.id, revisions, branches }, () => {
        const rows = revisions.map((one) => [
          one.number,
          when(one.createdAt),
          one.agent.name,
          one.objectCount,
          `+${one.changes.added} -${one.changes.removed} ~${one.changes.reshaped}`,
          [one.accepted ? "accepted" : "", one.secondParentId === null ? "" : "merge"]
            .filter(Boolean)
            .join(" "),
          one.message,
        ]);
        const list = table(["revision", "when", "who", "cells", "changes", "", "message"], rows);
        const open = branches.map(
          ({ name, closedAt, agent }) => `  ${name} (${agent.name}${closedAt === null ? "" : ", closed"})`,
        );
        return [
          list,
          ...(layer.overlapAllowed ? ["Cells of these labels may overlap."] : []),
          ...(layer.dirty ? ["There are edits after the newest revision."] : []),
          ...(open.length === 0 ? [] : ["", "Branches:", ...open]),
        ].join("\n");
      });
    });
    return undefined;
  },
};

export const layerBranchCommand: Command = {
  usage: "layer branch IMAGE NAME [--close | --rename NAME]",
  about:
    "Begins a branch of an image's labels: work beside them, to be merged later. Or closes or renames one.",
  examples: ['cellfoundry layer branch "plate 7" second-opinion'],
  options: {
    close: { type: "boolean", help: "Close the branch; its history stays" },
    rename: { type: "string", value: "NAME", help: "Give the branch another name" },
  },
  async run(input) {
    await withStore(input, async ({ store, actor }) => {
      const { createBranch, updateBranch } = await import("#store/index.ts");
      const project = await chosenProject({ store, actor }, input);
      const image = requiredPositional(input, 0, "IMAGE", layerBranchCommand);
      const name = requiredPositional(input, 1, "NAME", layerBranchCommand);
      const renamed = textOption(input, "rename");
      if (flagOption(input, "close") || renamed !== undefined) {
        const { layer } = await findLayer(store, project.id, `${image}:${name}`);
        const changes = { name: renamed, closed: flagOption(input, "close") ? true : undefined };
        const branch = await updateBranch(store, actor, layer.id, changes);
        input.out.result(
          branch,
          () => `Branch "${branch.name}"${branch.closedAt === null ? "" : " is closed"}.`,
        );
        return;
      }
      const { layer } = await findLayer(store, project.id, image);
      const branch = await createBranch(store, actor, layer.id, name);
      input.out.result(
        branch,
        () => `Branch "${branch.name}" begins with ${counted(branch.objectCount, "cell")}.`,
      );
    });
    return undefined;
  },
};

const choices: readonly Resolution[] = ["ours", "theirs", "both", "base", "neither"];

export const layerMergeCommand: Command = {
  usage: "layer merge IMAGE BRANCH [--all CHOICE | --resolve ID=CHOICE …] [--pixels ours|theirs] [--dry-run]",
  about:
    "Takes the work of a branch into the image's labels, cell by cell. Cells that both changed are conflicts: they are " +
    "listed with ids, nothing is written, and the exit code is 1 until each is resolved with ours (the image's " +
    "labels), theirs (the branch), both, base (as before) or neither. --pixels says who keeps pixels that both claim.",
  examples: [
    'cellfoundry layer merge "plate 7" fix --dry-run',
    'cellfoundry layer merge "plate 7" fix --all theirs',
  ],
  options: {
    all: { type: "string", value: "CHOICE", help: "One choice for every conflict" },
    resolve: {
      type: "string",
      value: "ID=CHOICE",
      help: "Choice for one conflict; repeat for more",
      multiple: true,
    },
    pixels: { type: "string", value: "SIDE", help: "ours or theirs: who keeps pixels that both claim" },
    "dry-run": { type: "boolean", help: "Only say what would happen" },
  },
  run: runMerge,
};

function choice(text: string): Resolution {
  const found = choices.find((one) => one === text);
  if (found === undefined)
    throw usageError(`"${text}" is no choice: ${choices.join(", ")}.`, layerMergeCommand);
  return found;
}

async function runMerge(input: CommandInput): Promise<number | undefined> {
  const image = requiredPositional(input, 0, "IMAGE", layerMergeCommand);
  const name = requiredPositional(input, 1, "BRANCH", layerMergeCommand);
  const all = textOption(input, "all");
  const pixelRule = textOption(input, "pixels");
  if (pixelRule !== undefined && pixelRule !== "ours" && pixelRule !== "theirs") {
    throw usageError(`--pixels is "${pixelRule}"; it is ours or theirs.`, layerMergeCommand);
  }
  const single = input.options.get("resolve");
  const resolutions = new Map(
    (Array.isArray(single) ? single : []).map((text: string): [string, Resolution] => {
      const at = text.lastIndexOf("=");
      return [text.slice(0, at), choice(text.slice(at + 1))];
    }),
  );
  const commit = !flagOption(input, "dry-run");
  return withStore(input, async ({ store, actor }) => {
    const { mergeBranch } = await import("#store/index.ts");
    const project = await chosenProject({ store, actor }, input);
    const { layer } = await findLayer(store, project.id, `${image}:${name}`);
    const attempt = (): Promise<MergeOutcome> =>
      mergeBranch(store, actor, layer.id, { commit, resolutions, pixelRule });
    let outcome = await attempt();
    // Resolving conflicts may bring up others; one choice for all is given until none is new.
    for (let known = -1; all !== undefined && outcome.state === "conflict" && known < resolutions.size; ) {
      known = resolutions.size;
      for (const { id } of outcome.conflicts) resolutions.set(id, choice(all));
      outcome = await attempt();
    }
    const { conflicts, ...rest } = outcome;
    const listed = conflicts.map((one) => ({
      id: one.id,
      kind: one.kind,
      sharedPixels: one.sharedPixels,
      needsPixelRule: one.needsPixelRule,
      cells: [one.base.length, one.ours.length, one.theirs.length],
      bbox: [...one.base, ...one.ours, ...one.theirs][0]?.shape.bbox,
    }));
    input.out.result({ ...rest, conflicts: listed }, () => mergeText(outcome, listed));
    return outcome.state === "conflict" ? 1 : 0;
  });
}

function mergeText(
  { state, taken, revision }: MergeOutcome,
  conflicts: readonly {
    id: string;
    kind: string;
    sharedPixels: number;
    bbox: readonly number[] | undefined;
  }[],
): string {
  if (state === "upToDate") return "The branch has nothing new.";
  if (state === "merged")
    return `Merged as revision ${revision?.number}: ${counted(taken.theirs, "change")} taken in.`;
  if (state === "ready") return `Would take in ${counted(taken.theirs, "change")}; no conflicts.`;
  const rows = conflicts.map(({ id, kind, bbox = [], sharedPixels }) => [
    id,
    kind,
    `y ${bbox[0]}-${bbox[2]} x ${bbox[1]}-${bbox[3]}`,
    sharedPixels,
  ]);
  return `${counted(conflicts.length, "conflict")}; nothing was written.\n\n${table(["id", "kind", "where", "shared pixels"], rows)}`;
}

export const layerBlameCommand: Command = {
  usage: "layer blame IMAGE[:BRANCH][@REVISION] [--cells]",
  about:
    "Says who or which model made each cell, when, with what tool and from what; and how many a person has ever seen.",
  examples: ['cellfoundry layer blame "plate 7" --cells'],
  options: { cells: { type: "boolean", help: "List every cell" } },
  async run(input) {
    await withStore(input, async (opened) => {
      const { blameLayer } = await import("#store/index.ts");
      const project = await chosenProject(opened, input);
      const { ref, title } = await findVersion(
        opened.store,
        project.id,
        requiredPositional(input, 0, "IMAGE", layerBlameCommand),
      );
      const blame = await blameLayer(opened.store, ref);
      const all = flagOption(input, "cells");
      const { cells, ...rest } = blame;
      input.out.result(all ? blame : rest, () => blameText(title, blame, all ? cells : []));
    });
    return undefined;
  },
};

function blameText(title: string, { summary }: LayerBlame, cells: readonly CellBlame[]): string {
  const share = summary.cells === 0 ? 0 : (100 * summary.seen) / summary.cells;
  const head = [
    `${title}: ${counted(summary.cells, "cell")}, ${summary.seen} (${share.toFixed(0)} %) seen by a person; ${duration(summary.msSpent)} of work`,
    table(
      ["cells", "made by", "kind"],
      summary.authors.map(({ agent, cells: made }) => [made, agent.name, agent.kind]),
    ),
  ];
  if (cells.length === 0) return head.join("\n\n");
  const rows = cells.map((cell) => [
    cell.label,
    cell.agent.name,
    cell.tool,
    when(cell.at),
    `${cell.origin.how}${cell.origin.parents.length > 0 ? ` from ${cell.origin.parents.length}` : ""} by ${cell.origin.agent.name}`,
    cell.changeCount,
    cell.attention,
    cell.branch,
  ]);
  return [
    ...head,
    table(["cell", "made by", "tool", "when", "origin", "changes", "seen", "branch"], rows),
  ].join("\n\n");
}

export const layerRestoreCommand: Command = {
  usage: "layer restore IMAGE[:BRANCH]@REVISION",
  about:
    "Brings an image's labels back to an earlier revision, as a new revision. Nothing is lost, so this too can be undone.",
  examples: ['cellfoundry layer restore "plate 7"@1'],
  options: {},
  async run(input) {
    await withStore(input, async ({ store, actor }) => {
      const { restoreRevision } = await import("#store/index.ts");
      const project = await chosenProject({ store, actor }, input);
      const { ref, title } = await findVersion(
        store,
        project.id,
        requiredPositional(input, 0, "IMAGE@REVISION", layerRestoreCommand),
      );
      if (!("revisionId" in ref)) throw usageError("Which revision? IMAGE@NUMBER", layerRestoreCommand);
      const revision = await restoreRevision(store, actor, ref.revisionId);
      input.out.result(
        revision,
        () => `Restored ${title}: revision ${revision.number}, ${counted(revision.objectCount, "cell")}.`,
      );
    });
    return undefined;
  },
};
