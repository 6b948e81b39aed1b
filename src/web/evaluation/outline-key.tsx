/** What the colours of the outlines mean, and which are drawn. */

import type { ReactNode } from "react";
import type { ShownOutlines } from "../client/index.ts";
import { Button, classNames } from "../ui/index.ts";

const choices: readonly { readonly value: ShownOutlines; readonly word: string }[] = [
  { value: "both", word: "Both" },
  { value: "reference", word: "True" },
  { value: "predicted", word: "Predicted" },
  { value: "none", word: "None" },
];

export function OutlineKey({
  show,
  onShow,
}: {
  show: ShownOutlines;
  onShow: (show: ShownOutlines) => void;
}): ReactNode {
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2 text-sm">
      <Key colour="rgb(86 180 233)">true outline</Key>
      <Key colour="rgb(255 160 20)">predicted outline</Key>
      <fieldset className="flex gap-1">
        <legend className="sr-only">Outlines drawn</legend>
        {choices.map(({ value, word }) => (
          <Button
            key={value}
            look="quiet"
            size="small"
            aria-pressed={show === value}
            className={classNames(show === value && "bg-accent-wash text-ink!")}
            onClick={() => onShow(value)}
          >
            {word}
          </Button>
        ))}
      </fieldset>
    </div>
  );
}

function Key({ colour, children }: { colour: string; children: ReactNode }): ReactNode {
  return (
    <span className="inline-flex items-center gap-2">
      <span
        aria-hidden="true"
        className="size-3 rounded-sm border-2 bg-bench"
        style={{ borderColor: colour }}
      />
      {children}
    </span>
  );
}
