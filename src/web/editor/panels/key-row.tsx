/**
 * One command and its key, which is a button: press it, then the new key. A key that belongs to another command is not
 * taken silently: the row says whose it is, and asks.
 */

import { RotateCcw } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { Button, classNames, IconButton } from "../../ui/index.ts";
import { chosenChord } from "../input/chord.ts";
import type { Keys } from "../input/key-keeper.ts";
import { displacedBy, isRemappable, resetKey, withKey } from "../input/key-map.ts";
import { type Command, type KeyLine, keyLines } from "../input/keys.ts";
import { type Store, useStore } from "../session/store.ts";

export const keyClass = "rounded-sm border bg-sunken px-1 font-sans text-xs whitespace-nowrap";
export const keyColumnClass = "flex w-20 shrink-0";

const nameOf = (command: Command): string =>
  keyLines.find((line) => line.command === command)?.text.split(";")[0] ?? command;

type Step =
  | { readonly kind: "listening"; readonly refusal: string }
  | { readonly kind: "clash"; readonly chord: string; readonly owner: Command };

export function KeyRow({
  line,
  keys,
  onSay,
}: {
  line: KeyLine;
  keys: Store<Keys>;
  onSay: (text: string) => void;
}): ReactNode {
  const { command, text } = line;
  const map = useStore(keys, (state) => state.map);
  const [step, setStep] = useState<Step | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const chord = map.keys.get(command) ?? null;
  const changed = map.changes[command] !== undefined;
  const done = (): void => {
    setStep(null);
    button.current?.focus();
  };
  const give = (chosen: string, swap: boolean): void => {
    keys.set({ map: withKey(map, command, chosen, swap) });
    onSay(`${nameOf(command)}: ${chosen}.`);
    done();
  };
  const press = (event: KeyboardEvent): void => {
    if (step?.kind !== "listening" || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") {
      done();
      return;
    }
    const chosen = chosenChord(event.nativeEvent);
    if ("refusal" in chosen) {
      if (chosen.refusal !== "") setStep({ kind: "listening", refusal: chosen.refusal });
      return;
    }
    const owner = displacedBy(map, command, chosen.chord);
    if (owner === null) give(chosen.chord, false);
    else if (!isRemappable(owner))
      setStep({ kind: "listening", refusal: `${chosen.chord} keeps its meaning.` });
    else setStep({ kind: "clash", chord: chosen.chord, owner });
  };
  const listening = step?.kind === "listening";
  return (
    <li className="break-inside-avoid" data-testid={`change-key-${command}`}>
      <div className="flex min-h-7 items-center gap-2">
        <span className={keyColumnClass}>
          {isRemappable(command) ? (
            <button
              ref={button}
              type="button"
              data-takes-keys={listening || undefined}
              aria-label={`${nameOf(command)}: ${chord ?? "no key"}. Change`}
              className={classNames(
                keyClass,
                "min-h-6 min-w-6",
                listening
                  ? "border-accent bg-accent-wash"
                  : changed
                    ? "border-accent"
                    : "border-edge hover:bg-hover",
              )}
              onClick={() => setStep({ kind: "listening", refusal: "" })}
              onKeyDown={press}
              onKeyUp={(event) => listening && event.preventDefault()}
              onBlur={() => listening && setStep(null)}
            >
              {listening ? "Press a key" : (chord ?? "none")}
            </button>
          ) : (
            <kbd className={classNames(keyClass, "border-transparent")}>{chord}</kbd>
          )}
        </span>
        <span className="min-w-0 flex-1 text-quiet">{text}</span>
        {changed && (
          <IconButton
            label={`Reset the key of ${nameOf(command)} to ${line.key}`}
            className="size-6!"
            onClick={() => {
              keys.set({ map: resetKey(map, command) });
              onSay(`${nameOf(command)}: ${line.key} again.`);
              button.current?.focus();
            }}
          >
            <RotateCcw aria-hidden="true" className="size-3.5" />
          </IconButton>
        )}
      </div>
      {listening && (
        <p role="status" className="pb-1 pl-22 text-xs text-quiet">
          {step.refusal === "" ? "Esc cancels." : step.refusal}
        </p>
      )}
      {step?.kind === "clash" && (
        <fieldset
          aria-label="This key is taken"
          className="mb-1 flex flex-col gap-1.5 rounded-md bg-warn-wash p-2"
        >
          <p role="status">
            {step.chord} is “{nameOf(step.owner)}”.
          </p>
          <div className="flex gap-1.5">
            <Button size="small" autoFocus onClick={() => give(step.chord, true)}>
              Swap the two
            </Button>
            <Button size="small" onClick={() => give(step.chord, false)}>
              Take it
            </Button>
            <Button size="small" look="quiet" onClick={done}>
              Cancel
            </Button>
          </div>
        </fieldset>
      )}
    </li>
  );
}
