/** Looks of all channels under a name: save, put on, delete. Kept in this browser for the images of the project. */

import { Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button, IconButton } from "../../ui/index.ts";
import type { Look } from "../session/look.ts";
import {
  applyPalette,
  type Palette,
  paletteNameMax,
  paletteOf,
  readPalettes,
  withPalette,
  writePalettes,
} from "../session/palettes.ts";
import { type Store, useStore } from "../session/store.ts";
import { browserStorage } from "../session/use-editor.ts";

export function ChannelPalettes({ look, projectId }: { look: Store<Look>; projectId: string }): ReactNode {
  const channels = useStore(look, (state) => state.channels);
  const [palettes, setPalettes] = useState(() => readPalettes(browserStorage(), projectId));
  const [name, setName] = useState("");
  const [contrast, setContrast] = useState(false);
  const [kept, setKept] = useState(true);
  if (channels === null) return null;
  const keep = (next: readonly Palette[]): void => {
    setPalettes([...next]);
    setKept(writePalettes(browserStorage(), projectId, next));
  };
  return (
    <details className="text-sm" data-testid="palettes">
      <summary className="rounded-sm text-quiet hover:text-ink">Palettes of this project</summary>
      <div className="flex flex-col gap-2 pt-2">
        {palettes.length > 0 && (
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
              {palettes.map((palette) => (
                <li key={palette.name} className="flex items-center gap-2">
                  <Button
                    size="small"
                    className="min-w-0 flex-1 justify-start!"
                    onClick={() => look.set({ channels: applyPalette(channels, palette, contrast) })}
                  >
                    <Swatches palette={palette} />
                    <span className="truncate">{palette.name}</span>
                  </Button>
                  <IconButton
                    label={`Delete the palette ${palette.name}`}
                    className="size-6!"
                    onClick={() => keep(palettes.filter((one) => one !== palette))}
                  >
                    <Trash2 aria-hidden="true" className="size-3.5" />
                  </IconButton>
                </li>
              ))}
            </ul>
          </>
        )}
        <form
          className="flex items-center gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() === "") return;
            keep(withPalette(palettes, paletteOf(name, channels)));
            setName("");
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
          <Button type="submit" size="small" disabled={name.trim() === ""}>
            Save palette
          </Button>
        </form>
        {!kept && <p className="text-quiet">The browser keeps nothing; the palette lasts until you leave.</p>}
      </div>
    </details>
  );
}

function Swatches({ palette }: { palette: Palette }): ReactNode {
  return (
    <span aria-hidden="true" className="flex gap-0.5">
      {palette.channels
        .filter(({ visible }) => visible)
        .map(({ name, colour }) => (
          <span
            key={name}
            className="size-2 rounded-full"
            style={{ background: `rgb(${colour.join(" ")})` }}
          />
        ))}
    </span>
  );
}
