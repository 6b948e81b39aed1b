/** The keys, in place, over the image; never in the way of drawing. Each can be given another key here. */

import { Download, RotateCcw, Upload, X } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { Button, classNames, download, IconButton } from "../../ui/index.ts";
import { type Keys, keyFile, keyFileBytesMax, readKeyFile } from "../input/key-keeper.ts";
import { keyMap } from "../input/key-map.ts";
import { keyGroups, keyLines, pointerLines } from "../input/keys.ts";
import { type Store, useStore } from "../session/store.ts";
import { KeyRow, keyClass, keyColumnClass } from "./key-row.tsx";

export function KeyHelp({ keys, onClose }: { keys: Store<Keys>; onClose: () => void }): ReactNode {
  const [said, setSaid] = useState("");
  const unkept = useStore(keys, (state) => state.unkept);
  return (
    <aside
      aria-label="Keys"
      data-testid="key-help"
      data-covers
      className="absolute bottom-3 left-3 z-20 flex max-h-[calc(100%-1.5rem)] w-220 max-w-[calc(100%-1.5rem)] flex-col rounded-lg border border-line bg-raised text-ink shadow-pop"
    >
      <div className="flex items-center gap-2 border-b border-line py-2 pr-2 pl-4">
        <h2 className="font-semibold">Keys</h2>
        <p role="status" data-testid="keys-say" className="min-w-0 flex-1 truncate text-sm text-quiet">
          {said !== "" ? said : (unkept ?? "Click a key to change it.")}
        </p>
        <KeyFiles keys={keys} onSay={setSaid} />
        <IconButton label="Close" onClick={onClose}>
          <X aria-hidden="true" className="size-4" />
        </IconButton>
      </div>
      <div className="overflow-y-auto p-4 pt-3">
        <div className="columns-[16rem] gap-6 text-sm">
          {keyGroups.map((group) => (
            <section key={group} aria-label={group} className="mb-3">
              <h3 className="break-after-avoid pb-1 text-xs font-semibold text-quiet">{group}</h3>
              <ul>
                {keyLines
                  .filter((line) => (line.group ?? "Tools") === group)
                  .map((line) => (
                    <KeyRow key={line.command} line={line} keys={keys} onSay={setSaid} />
                  ))}
              </ul>
            </section>
          ))}
          <section aria-label="Mouse and pen" className="break-inside-avoid">
            <h3 className="pb-1 text-xs font-semibold text-quiet">Mouse and pen</h3>
            <ul>
              {pointerLines.map((line) => (
                <li key={line.key} className="flex min-h-7 items-center gap-2">
                  <span className={keyColumnClass}>
                    <kbd className={classNames(keyClass, "border-transparent")}>{line.key}</kbd>
                  </span>
                  <span className="text-quiet">{line.text}</span>
                </li>
              ))}
            </ul>
          </section>
        </div>
      </div>
    </aside>
  );
}

/** Save, open, and all as at first. */
function KeyFiles({ keys, onSay }: { keys: Store<Keys>; onSay: (text: string) => void }): ReactNode {
  const file = useRef<HTMLInputElement>(null);
  const changed = useStore(keys, ({ map }) => Object.keys(map.changes).length);
  const open = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return;
    const map =
      chosen.size > keyFileBytesMax ? "This file is too large for keys." : readKeyFile(await chosen.text());
    if (typeof map === "string") {
      onSay(map);
      return;
    }
    keys.set({ map });
    const count = Object.keys(map.changes).length;
    onSay(
      count === 0
        ? "The keys are as they came."
        : `${count} ${count === 1 ? "key" : "keys"} taken over from ${chosen.name}.`,
    );
  };
  return (
    <div className="flex shrink-0 items-center gap-1">
      <Button
        size="small"
        look="quiet"
        disabled={changed === 0}
        data-testid="keys-reset-all"
        onClick={() => {
          keys.set({ map: keyMap() });
          onSay("All keys are as they came.");
        }}
      >
        <RotateCcw aria-hidden="true" className="size-3.5" /> Reset all
      </Button>
      <Button
        size="small"
        look="quiet"
        data-testid="keys-save"
        onClick={() => {
          const text = keyFile(keys.get().map);
          download(new Blob([text], { type: "application/json" }), "cellfoundry-keys.json");
        }}
      >
        <Download aria-hidden="true" className="size-3.5" /> Save
      </Button>
      <Button size="small" look="quiet" onClick={() => file.current?.click()}>
        <Upload aria-hidden="true" className="size-3.5" /> Open
      </Button>
      <input
        ref={file}
        type="file"
        accept="application/json,.json"
        aria-label="File with keys"
        hidden
        data-testid="keys-file"
        onChange={(event) => {
          void open(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}
