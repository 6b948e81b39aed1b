/** Looks of all channels under a name: save, put on, delete. Kept with the project, for everyone in it. */

import { Trash2 } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { paletteNameMax, type SavedPalette } from "#api/index.ts";
import { useCan, useDeletePalette, usePalettes, useSavePalette } from "../../client/index.ts";
import { Button, IconButton, ProblemText, tellWithAction } from "../../ui/index.ts";
import type { ChannelLook, Look } from "../session/look.ts";
import {
  applyPalette,
  forgetOldPalettes,
  type Palette,
  paletteOf,
  readOldPalettes,
} from "../session/palettes.ts";
import { type Store, useStore } from "../session/store.ts";
import { browserStorage } from "../session/use-editor.ts";

export function ChannelPalettes({ look, projectId }: { look: Store<Look>; projectId: string }): ReactNode {
  const channels = useStore(look, (state) => state.channels);
  const palettes = usePalettes(projectId);
  const canEdit = useCan("annotator");
  const [contrast, setContrast] = useState(false);
  useOldPalettes(projectId, canEdit, palettes.data?.palettes);
  if (channels === null) return null;
  const list = palettes.data?.palettes ?? [];
  return (
    <details className="text-sm" data-testid="palettes">
      <summary className="rounded-sm text-quiet hover:text-ink">Palettes of this project</summary>
      <div className="flex flex-col gap-2 pt-2">
        {palettes.isPending && <p className="text-quiet">Reading the palettes …</p>}
        {palettes.isError && <ProblemText error={palettes.error} />}
        {palettes.isSuccess && list.length === 0 && (
          <p className="text-quiet">None yet. A palette keeps colours, contrast and gamma of all channels.</p>
        )}
        {list.length > 0 && (
          <>
            <label className="inline-flex items-center gap-1.5">
              <input
                type="checkbox"
                className="size-3.5 accent-accent"
                checked={contrast}
                onChange={(event) => setContrast(event.currentTarget.checked)}
              />
              With the contrast, too
            </label>
            <ul className="flex flex-col gap-1">
              {list.map((palette) => (
                <PaletteRow
                  key={palette.id}
                  palette={palette}
                  canEdit={canEdit}
                  onPick={() => look.set({ channels: applyPalette(channels, palette, contrast) })}
                />
              ))}
            </ul>
          </>
        )}
        {canEdit && <SaveForm projectId={projectId} channels={channels} />}
      </div>
    </details>
  );
}

function PaletteRow({
  palette,
  canEdit,
  onPick,
}: {
  palette: SavedPalette;
  canEdit: boolean;
  onPick: () => void;
}): ReactNode {
  const remove = useDeletePalette(palette.projectId);
  const save = useSavePalette(palette.projectId);
  const away = (): void =>
    remove.mutate(palette.id, {
      onSuccess: () =>
        tellWithAction(`The palette ${palette.name} is deleted.`, {
          label: "Bring back",
          onAction: () => save.mutate(palette),
        }),
    });
  return (
    <li className="flex items-center gap-2">
      <Button size="small" className="min-w-0 flex-1 justify-start!" onClick={onPick}>
        <Swatches palette={palette} />
        <span className="truncate">{palette.name}</span>
      </Button>
      {canEdit && (
        <IconButton label={`Delete the palette ${palette.name}`} className="size-6!" onClick={away}>
          <Trash2 aria-hidden="true" className="size-3.5" />
        </IconButton>
      )}
    </li>
  );
}

function SaveForm({
  projectId,
  channels,
}: {
  projectId: string;
  channels: readonly ChannelLook[];
}): ReactNode {
  const [name, setName] = useState("");
  const save = useSavePalette(projectId);
  return (
    <form
      className="flex items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === "") return;
        save.mutate(toWire(paletteOf(name, channels)), { onSuccess: () => setName("") });
      }}
    >
      <input
        className="control min-w-0 flex-1"
        aria-label="Name of the palette"
        placeholder="Name"
        maxLength={paletteNameMax}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" size="small" busy={save.isPending} disabled={name.trim() === ""}>
        Save palette
      </Button>
    </form>
  );
}

const toWire = ({ name, channels }: Palette): Pick<SavedPalette, "name" | "channels"> => ({
  name,
  channels: channels.map((channel) => ({
    ...channel,
    colour: channel.colour.map(Math.round) as [number, number, number],
    limits: [...channel.limits],
  })),
});

/** Palettes of before lay in the browser: whoever may, brings theirs to the project, except names that it has. */
function useOldPalettes(
  projectId: string,
  canEdit: boolean,
  present: readonly SavedPalette[] | undefined,
): void {
  const save = useSavePalette(projectId);
  const { mutateAsync } = save;
  const begun = useRef(false);
  useEffect(() => {
    if (!canEdit || present === undefined || begun.current) return;
    begun.current = true;
    const storage = browserStorage();
    const names = new Set(present.map(({ name }) => name));
    const old = readOldPalettes(storage, projectId).filter(({ name }) => !names.has(name));
    void Promise.all(old.map((palette) => mutateAsync(toWire(palette)))).then(
      () => forgetOldPalettes(storage, projectId),
      // The page's error line has said it; they stay where they are and are tried again.
      () => undefined,
    );
  }, [projectId, canEdit, present, mutateAsync]);
}

function Swatches({ palette }: { palette: SavedPalette }): ReactNode {
  return (
    <span aria-hidden="true" className="flex gap-0.5">
      {palette.channels
        .filter(({ visible }) => visible)
        .map(({ name, colour }, index) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: two channels may bear one name; the list is never reordered.
            key={`${index} ${name}`}
            className="size-2 rounded-full"
            style={{ background: `rgb(${colour.join(" ")})` }}
          />
        ))}
    </span>
  );
}
