/** The keyboard of the editor: commands anywhere on the page, unless a control wants the key for itself. */

import { useEffect, useRef } from "react";
import { commandOf, type KeyMap } from "./key-map.ts";
import { belongsToControl, type Command } from "./keys.ts";
import type { PointerInput } from "./pointer-input.ts";

export function useKeys(parts: {
  readonly onCommand: (command: Command) => void;
  readonly map: () => KeyMap;
  readonly input: () => PointerInput | null;
}): void {
  const latest = useRef(parts);
  latest.current = parts;
  useEffect(() => {
    let byPointer = true;
    const pointed = (): void => {
      byPointer = true;
    };
    const down = (event: KeyboardEvent): void => {
      if (event.key === "Tab") byPointer = false;
      if (event.defaultPrevented || belongsToControl(event, event.target, byPointer)) return;
      const space = event.key === " " && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (space && !event.shiftKey) {
        // Held, it pans; a tap means its command when it comes up.
        claim(event);
        if (!event.repeat) latest.current.input()?.holdSpace();
        return;
      }
      const command = commandOf(event, latest.current.map());
      if (command === null) return;
      claim(event);
      if (!(space && event.repeat)) latest.current.onCommand(command);
    };
    const up = (event: KeyboardEvent): void => {
      if (event.key !== " ") return;
      const tapped = latest.current.input()?.releaseSpace();
      if (tapped === undefined || belongsToControl(event, event.target, byPointer)) return;
      // A button that was clicked before would take the key's way up for another click.
      claim(event);
      const command = tapped ? latest.current.map().commands.get("Space") : undefined;
      if (command !== undefined) latest.current.onCommand(command);
    };
    const left = (): void => {
      latest.current.input()?.releaseSpace();
    };
    window.addEventListener("pointerdown", pointed, { capture: true });
    // Before the controls hear of it: some take Space and Enter for themselves wherever their focus came from.
    window.addEventListener("keydown", down, { capture: true });
    window.addEventListener("keyup", up, { capture: true });
    window.addEventListener("blur", left);
    return () => {
      window.removeEventListener("pointerdown", pointed, { capture: true });
      window.removeEventListener("keydown", down, { capture: true });
      window.removeEventListener("keyup", up, { capture: true });
      window.removeEventListener("blur", left);
    };
  }, []);
}

function claim(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}
