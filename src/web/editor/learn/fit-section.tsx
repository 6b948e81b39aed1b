/** How the model is to see this image, where a person sees at a glance what it gets wrong all over. */

import { type ReactNode, useId } from "react";
import { Button } from "../../ui/index.ts";
import { ValueSlider } from "../panels/range.tsx";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { type FitChoice, widthLike, widthMax, widthMin } from "./image-fit.ts";

const steps = [-2, -1, 0, 1, 2] as const;
const wordsOf = {
  touching: ["cut least", "cut less", "as it is", "cut more", "cut most"],
  faint: ["fewest", "fewer", "as it is", "more", "most"],
} as const;

export function FitSection({ fit, session }: { fit: FitChoice; session: EditorSession }): ReactNode {
  const { value, change } = fit;
  const word = (name: keyof typeof wordsOf) => (step: number) =>
    wordsOf[name][steps.indexOf(step as 0)] ?? "";
  return (
    <section aria-labelledby="fit-title" className="flex flex-col gap-2" data-testid="image-fit">
      <h3 id="fit-title" className="font-semibold">
        Fit the model to this image
      </h3>
      <ValueSlider
        label="Touching"
        value={value.touching ?? 0}
        {...stepRange}
        text={word("touching")}
        onChange={(touching) => change({ ...value, touching })}
      />
      <ValueSlider
        label="Faint cells"
        value={value.faint ?? 0}
        {...stepRange}
        text={word("faint")}
        onChange={(faint) => change({ ...value, faint })}
      />
      <WidthOfCells fit={fit} session={session} />
      <p className="text-sm text-quiet">
        Propose again to see it. Cells that a person made or checked stay as they are.
      </p>
      <div>
        <Button size="small" disabled={Object.keys(value).length === 0} onClick={() => change({})}>
          As the model does
        </Button>
      </div>
    </section>
  );
}

const stepRange = { min: -2, max: 2, step: 1 } as const;

function WidthOfCells({ fit, session }: { fit: FitChoice; session: EditorSession }): ReactNode {
  const { value, change } = fit;
  const id = useId();
  const selection = useStore(session.store, (state) => state.selection);
  const like = (): void => {
    const shapes = selection.flatMap((uid) => session.model.canvas.shapes.get(uid) ?? []);
    const width = widthLike(shapes);
    if (width !== null) change({ ...value, diameterPx: Math.min(widthMax, width) });
  };
  const say = (text: string): void => {
    const width = Number(text);
    if (text === "") change({ ...value, diameterPx: undefined });
    else if (width >= widthMin && width <= widthMax) change({ ...value, diameterPx: width });
  };
  return (
    <div className="flex flex-wrap items-center gap-2 text-sm">
      <label htmlFor={id}>Cells are about</label>
      <input
        // Text that is no width yet stays in the field; what was said by the button replaces it.
        key={value.diameterPx ?? "own"}
        id={id}
        type="number"
        min={widthMin}
        max={widthMax}
        defaultValue={value.diameterPx}
        placeholder="auto"
        onBlur={(event) => say(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && say(event.currentTarget.value)}
        className="control w-20"
        data-testid="cell-width"
      />
      <span>px wide</span>
      <Button size="small" disabled={selection.length === 0} onClick={like} data-testid="width-like">
        As selected
      </Button>
    </div>
  );
}
