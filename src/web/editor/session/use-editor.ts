/**
 * Opens an image for editing and keeps it in step with the server: ownership, journal, log, cells; closes it again.
 */

import { useEffect, useState } from "react";
import type { ImageDetail, LayerObjects, LayerSummary, LoggedEdit } from "#api/index.ts";
import { errorToWire } from "#core/errors.ts";
import { askModelPart, layersApi, pastApi, useCan, useMember } from "../../client/index.ts";
import { planeCounts } from "../model/planes.ts";
import { newUlid } from "../model/ulid.ts";
import { openIndexedDbJournal } from "../sync/indexed-db-journal.ts";
import { type Journal, memoryJournal } from "../sync/journal.ts";
import { claimLayer, type Ownership } from "../sync/owner.ts";
import { EditorSession } from "./editor-session.ts";
import { readMarks, writeMarks } from "./reviewed-marks.ts";

export type Opened =
  | { readonly state: "opening" }
  | { readonly state: "failed"; readonly error: unknown }
  | { readonly state: "ready"; readonly session: EditorSession; readonly layer: LayerSummary };

/** Edits of the log that are read: as deep as undo reaches. */
const logDepth = 500;

const otherTab = "This image is open in another tab. Close it there to edit here.";
const onlyLook = "Your role allows looking, not changing.";

interface EditorDoors {
  readonly again: () => void;
  /** Opens another layer of the image for editing, in place of the present one. */
  readonly editLayer: (layer: LayerSummary) => void;
}

export function useEditor(image: ImageDetail): Opened & EditorDoors {
  const [opened, setOpened] = useState<Opened>({ state: "opening" });
  const [attempt, setAttempt] = useState(0);
  const [layer, setLayer] = useState<LayerSummary | null>(null);
  const canEdit = useCan("annotator");
  const member = useMember();
  const ownership = useOwnership(canEdit ? (layer?.id ?? null) : null);
  const again = (): void => {
    setOpened({ state: "opening" });
    setAttempt((count) => count + 1);
  };

  const editLayer = (wanted: LayerSummary): void => {
    if (wanted.id === layer?.id) return;
    nameLayer(wanted.id);
    setOpened({ state: "opening" });
    setLayer(wanted);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a refetched image must not open its layer again.
  useEffect(() => {
    let stale = false;
    findLayer(image, canEdit).then(
      (found) => !stale && setLayer(found),
      (error: unknown) => !stale && setOpened({ state: "failed", error }),
    );
    return () => {
      stale = true;
    };
  }, [image.id, canEdit, attempt]);

  const memberId = member?.id ?? "";
  const memberName = member?.name ?? "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` opens it once more.
  useEffect(() => {
    if (layer === null || (canEdit && ownership === "asking")) return;
    const readOnly = !canEdit ? onlyLook : ownership === "other-tab" ? otherTab : null;
    let session: EditorSession | null = null;
    let stale = false;
    const open = async (): Promise<void> => {
      const made = await makeSession(image, layer, { id: memberId, name: memberName });
      if (stale) {
        made.close();
        return;
      }
      session = made;
      const marks = readMarks(browserStorage(), layer.id);
      await made.open(() => readLog(layer.id), marks, readOnly);
      if (!stale) setOpened({ state: "ready", session: made, layer });
    };
    open().catch((error: unknown) => !stale && setOpened({ state: "failed", error }));
    return () => {
      stale = true;
      session?.close();
    };
  }, [layer, canEdit, ownership, memberId, memberName, attempt]);

  useKeptMarks(opened);
  return { ...opened, again, editLayer };
}

function useOwnership(layerId: string | null): Ownership {
  const [ownership, setOwnership] = useState<Ownership>("asking");
  useEffect(() => {
    if (layerId === null) return;
    const release = claimLayer(navigator.locks as LockManager | undefined, layerId, setOwnership);
    return () => {
      release();
      setOwnership("asking");
    };
  }, [layerId]);
  return ownership;
}

function useKeptMarks(opened: Opened): void {
  useEffect(() => {
    if (opened.state !== "ready") return;
    const { session, layer } = opened;
    let last = session.state.reviewed;
    return session.store.subscribe(() => {
      const { reviewed } = session.state;
      if (reviewed === last) return;
      last = reviewed;
      writeMarks(browserStorage(), layer.id, reviewed);
    });
  }, [opened]);
}

/** Names the layer in the address, so that a link or a reload opens it; without its cell, which is another layer's. */
function nameLayer(layerId: string): void {
  const { pathname, search } = window.location;
  const values = new URLSearchParams(search);
  values.set("layer", layerId);
  values.delete("cell");
  History.prototype.replaceState.call(window.history, window.history.state, "", `${pathname}?${values}`);
}

/** The layer to edit: the one in the address, such as a branch, else nuclei first, else what there is; an image without any gets one. */
async function findLayer(image: ImageDetail, canEdit: boolean): Promise<LayerSummary> {
  const wanted = new URLSearchParams(window.location.search).get("layer");
  const found =
    image.layers.find(({ id }) => id === wanted) ??
    image.layers.find((layer) => layer.compartment === "nuclear") ??
    image.layers[0];
  if (found !== undefined) return found;
  return canEdit ? layersApi.ensure(image.id, { compartment: "nuclear" }) : noLayer(image.id);
}

/** Stands for the layer of an image that has none, for those who may not make one. */
const noLayer = (imageId: string): LayerSummary => ({
  id: "",
  imageId,
  compartment: "nuclear",
  name: "",
  branchOf: null,
  kind: "instances",
  overlapAllowed: false,
  truth: "gold",
  coverage: "exhaustive",
  objectCount: 0,
  seq: 0,
  headRevisionId: null,
  dirty: false,
});

async function makeSession(
  image: ImageDetail,
  layer: LayerSummary,
  author: { id: string; name: string },
): Promise<EditorSession> {
  return new EditorSession({
    layerId: layer.id,
    height: image.height,
    width: image.width,
    mpp: image.mpp,
    planes: planeCounts(image),
    overlapAllowed: layer.overlapAllowed,
    author,
    journal: await openJournal(),
    post: (edits) => layersApi.postEdits(layer.id, { edits }),
    readObjects: () => (layer.id === "" ? noObjects(image) : layersApi.objects(layer.id)),
    readPast: (seq) => pastApi.layer(layer.id, seq),
    readLog: (after) => layersApi.edits(layer.id, { after, limit: 200 }),
    schedule: (work, ms) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    now: () => Date.now(),
    random: () => Math.random(),
    newId: newUlid,
    ...(layer.id === "" ? {} : { askPart: (body, options) => askModelPart(layer.id, body, options) }),
  });
}

const noObjects = async ({ height, width }: ImageDetail): Promise<LayerObjects> => ({
  layerId: "",
  seq: 0,
  height,
  width,
  objects: [],
});

/** The newest edits of a layer, oldest first. */
export async function readLog(layerId: string): Promise<LoggedEdit[]> {
  if (layerId === "") return [];
  const { seq } = await layersApi.read(layerId);
  const log: LoggedEdit[] = [];
  let after: number | null = Math.max(0, seq - logDepth);
  while (after !== null && log.length < logDepth) {
    const page: Awaited<ReturnType<typeof layersApi.edits>> = await layersApi.edits(layerId, {
      after,
      limit: 100,
      births: "counted",
    });
    log.push(...page.edits);
    after = page.nextAfter;
  }
  return log;
}

async function openJournal(): Promise<Journal> {
  try {
    const journal = await openIndexedDbJournal(indexedDB);
    // Asks the browser not to clear the journal when space runs low; without the promise edits still work.
    void navigator.storage?.persist?.();
    return journal;
  } catch (error) {
    const { message } = errorToWire(error);
    const journal = memoryJournal();
    return { ...journal, volatile: message };
  }
}

export function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
