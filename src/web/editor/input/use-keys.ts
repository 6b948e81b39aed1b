/** The keyboard of the editor: commands anywhere on the page, unless a control wants the key for itself. */

import { useEffect, useRef } from "react";
import { belongsToControl, type Command, commandOf } from "./keys.ts";
import type { PointerInput } from "./pointer-input.ts";

export function useKeys(parts: {
  readonly onCommand: (command: Command) => void;
  readonly input: () => PointerInput | null;
}): void {
  const latest = useRef(parts);
  latest.current = parts;
  useEffect(() => {
    const down = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || belongsToControl(event, event.target)) return;
      if (event.key === " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        if (!event.repeat) latest.current.input()?.holdSpace();
        return;
      }
      const command = commandOf(event);
      if (command === null) return;
      event.preventDefault();
      latest.current.onCommand(command);
    };
    const up = (event: KeyboardEvent): void => {
      if (event.key === " " && latest.current.input()?.releaseSpace() === true) {
        latest.current.onCommand("next-doubt");
      }
    };
    const left = (): void => {
      latest.current.input()?.releaseSpace();
    };
    window.addEventListener("keydown", down);
    window.addEventListener("keyup", up);
    window.addEventListener("blur", left);
    return () => {
      window.removeEventListener("keydown", down);
      window.removeEventListener("keyup", up);
      window.removeEventListener("blur", left);
    };
  }, []);
}
