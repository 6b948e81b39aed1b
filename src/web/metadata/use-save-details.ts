/**
 * Saves what was changed about one image, with one undo.
 *
 * Words, group and pixel size go the way of edits of many images, which keep what was there before; names and roles of
 * channels are set back by writing the old ones.
 */

import { useState } from "react";
import type { BulkChanges, Channel, ImageDetail } from "#api/index.ts";
import { toFoundryError, useBulkEdit, useUndoBulkEdit, useUpdateImage } from "../client/index.ts";
import { tellProblem, tellWithAction } from "../ui/index.ts";

export interface DetailChanges {
  readonly bulk: BulkChanges | null;
  readonly channels: readonly Omit<Channel, "index">[] | null;
}

export function useSaveDetails(image: ImageDetail | undefined): {
  readonly saving: boolean;
  readonly save: (changes: DetailChanges, onDone: () => void) => void;
} {
  const projectId = image?.projectId ?? "";
  const edit = useBulkEdit(projectId);
  const undo = useUndoBulkEdit(projectId);
  const update = useUpdateImage(image?.id ?? "");
  const [saving, setSaving] = useState(false);

  const writeChannels = async (channels: readonly Omit<Channel, "index">[]): Promise<void> => {
    await update.mutateAsync({ channels: channels.map(({ name, role }) => ({ name, role })) });
  };
  const run = async ({ bulk, channels }: DetailChanges, onDone: () => void): Promise<void> => {
    if (image === undefined) return;
    setSaving(true);
    try {
      if (channels !== null) await writeChannels(channels);
      const done = bulk === null ? null : await edit.mutateAsync({ imageIds: [image.id], changes: bulk });
      const back = async (): Promise<void> => {
        if (done !== null) await undo.mutateAsync(done.id);
        if (channels !== null) await writeChannels(image.channels);
      };
      onDone();
      tellWithAction(`${image.name} changed.`, {
        label: "Undo",
        onAction: () => void back().catch((error: unknown) => tellProblem(toFoundryError(error))),
      });
    } catch (error) {
      tellProblem(toFoundryError(error));
    } finally {
      setSaving(false);
    }
  };
  return { saving, save: (changes, onDone) => void run(changes, onDone) };
}
