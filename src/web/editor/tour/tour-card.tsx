/**
 * The tour at the foot of the side panel: it covers nothing, takes no key and no focus, and every step may be skipped.
 * What a step speaks of is outlined; its words are told to screen readers.
 */

import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Button, IconButton } from "../../ui/index.ts";
import { useKeyWords } from "../input/keys-context.tsx";
import type { EditorSession } from "../session/editor-session.ts";
import type { EditorState } from "../session/editor-state.ts";
import { useStore } from "../session/store.ts";
import type { Tour } from "./tour-keeper.ts";
import { type Seen, type TourStep, tourSteps } from "./tour-steps.ts";

const seenOf = (state: EditorState): Seen => ({
  cells: state.layerCellCount,
  reviewing: state.progress !== null,
  looked: state.progress?.done ?? 0,
  edits: state.history.length,
  undone: state.canRedo,
});

export function TourCard({ tour, session }: { tour: Tour; session: EditorSession }): ReactNode {
  const at = useStore(tour.store, (state) => state.at);
  const open = useStore(tour.store, (state) => state.open);
  const isEmpty = useStore(session.store, (state) => state.layerCellCount === 0);
  const key = useKeyWords();
  const step = tourSteps[at] as TourStep;
  useStepDone(tour, session, open ? step : null);
  useOutlined(open ? step.at : null);
  const words = step.text(key, { ...seenOf(session.state), cells: isEmpty ? 0 : 1 });
  return (
    <>
      <p role="status" className="sr-only">
        {open && `Tour, step ${at + 1} of ${tourSteps.length}. ${step.title}. ${words}`}
      </p>
      {open && (
        <section
          aria-label="Tour"
          data-testid="tour"
          data-step={step.id}
          className="flex shrink-0 flex-col gap-2 border-t border-line bg-accent-wash p-4 pt-3"
        >
          <div className="flex items-start justify-between gap-2">
            <h3 className="pt-0.5 font-semibold">{step.title}</h3>
            <IconButton
              label="Close the tour"
              className="-mt-0.5 -mr-1 size-6!"
              onClick={() => tour.toggle()}
            >
              <X aria-hidden="true" className="size-4" />
            </IconButton>
          </div>
          <p className="min-h-15 text-sm">{words}</p>
          <div className="flex items-center gap-2 text-sm">
            <span className="flex-1 text-quiet">
              {at + 1} of {tourSteps.length}
            </span>
            {at > 0 && (
              <Button size="small" onClick={() => tour.back()}>
                Back
              </Button>
            )}
            <Button size="small" onClick={() => tour.next()} data-testid="tour-next">
              {at === tourSteps.length - 1 ? "Done" : "Next"}
            </Button>
          </div>
        </section>
      )}
    </>
  );
}

/** Goes on by itself when the step's thing was done. */
function useStepDone(tour: Tour, session: EditorSession, step: TourStep | null): void {
  useEffect(() => {
    if (step?.done == null) return;
    const { done } = step;
    const before = seenOf(session.state);
    // Whoever was quicker than the tour is not asked again.
    if (done(before, before)) {
      tour.next();
      return;
    }
    // One command changes the state several times before the next step listens.
    let over = false;
    return session.store.subscribe(() => {
      if (over || !done(seenOf(session.state), before)) return;
      over = true;
      tour.next();
    });
  }, [tour, session, step]);
}

/** Marks the thing on the page; `styles.css` draws the line around it. */
function useOutlined(testId: string | null): void {
  const marked = useRef<Element | null>(null);
  useEffect(() => {
    if (testId === null) return;
    marked.current = document.querySelector(`[data-testid="${testId}"]`);
    marked.current?.setAttribute("data-toured", "");
    return () => marked.current?.removeAttribute("data-toured");
  }, [testId]);
}
