/** Who else is in this layer, each a button that goes where they are; and parts of the image kept for one person. */

import { Lock } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import type { LayerSummary, RegionHold } from "#api/index.ts";
import { liveApi, useMember } from "../../client/index.ts";
import { Button, tellProblem } from "../../ui/index.ts";
import { planeText, samePlane } from "../model/planes.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import type { ViewController } from "../view/view-controller.ts";
import type { LiveLayer } from "./live-layer.ts";
import { personColours } from "./person-colours.ts";

/** A lease lasts five minutes; three of these may be lost. */
const renewMs = 60_000;

export function PeopleList({
  live,
  layer,
  session,
  view,
}: {
  live: LiveLayer;
  layer: LayerSummary;
  session: EditorSession;
  view: ViewController;
}): ReactNode {
  const people = useStore(live.store, (state) => state.people);
  const holds = useStore(live.store, (state) => state.holds);
  const readOnly = useStore(session.store, (state) => state.readOnly);
  const here = useStore(session.store, (state) => state.plane);
  const member = useMember();
  const own = holds.filter(({ agent }) => agent.id === member?.id);
  useRenewed(own, readOnly === null);
  if (people.length === 0 && holds.length === 0) return null;
  const colours = personColours(people);
  const goTo = ({ plane, at }: (typeof people)[number]): void => {
    session.planes.goTo(plane);
    if (at !== null) view.flyTo({ zoom: view.view.zoom, target: { y: at.y + 0.5, x: at.x + 0.5 } });
  };
  const hold = (): void => {
    const box = [...view.seenBox()] as [number, number, number, number];
    liveApi.hold(layer.id, { box, plane: session.state.plane }).catch(tellProblem);
  };
  return (
    <section aria-label="People here" data-testid="people" className="flex flex-col gap-1.5 text-sm">
      <ul className="flex flex-wrap gap-1">
        {people.map((person) => (
          <li key={person.page}>
            <button
              type="button"
              data-testid="person"
              title={`Go to where ${person.name} is`}
              className="flex items-center gap-1.5 rounded-full border border-line px-2 py-0.5 hover:bg-raised"
              onClick={() => goTo(person)}
            >
              <span
                aria-hidden="true"
                className="size-2.5 rounded-full ring-1 ring-ink/40"
                style={{ background: colours.get(person.page) }}
              />
              {person.name}
              {!samePlane(person.plane, here) && (
                <span className="text-quiet">{planeText(person.plane, session.state.planes)}</span>
              )}
            </button>
          </li>
        ))}
        {readOnly === null && own.length === 0 && (
          <li className="ml-auto">
            <button
              type="button"
              data-testid="hold-region"
              title="Keep the part in view to myself: while this page is open nobody else edits there"
              className="flex items-center gap-1.5 rounded-full border border-line border-dashed px-2 py-0.5 text-quiet hover:bg-raised hover:text-ink"
              onClick={hold}
            >
              <Lock aria-hidden="true" className="size-3" />
              Keep this part
            </button>
          </li>
        )}
      </ul>
      {holds.map((one) => (
        <Held key={one.id} hold={one} own={own.includes(one)} mayEnd={member?.role === "owner"} />
      ))}
    </section>
  );
}

function Held({ hold, own, mayEnd }: { hold: RegionHold; own: boolean; mayEnd: boolean }): ReactNode {
  return (
    <p className="flex items-center gap-2 text-quiet" data-testid="held-region">
      <Lock aria-hidden="true" className="size-3 shrink-0" />
      <span className="min-w-0 flex-1">
        {own
          ? "You keep a part of this image to yourself."
          : `${hold.agent.name} keeps a part of this image.`}
      </span>
      {(own || mayEnd) && (
        <Button
          size="small"
          look="quiet"
          data-testid="release-region"
          onClick={() => void liveApi.release(hold.id).catch(tellProblem)}
        >
          {own ? "Give it back" : "End it"}
        </Button>
      )}
    </p>
  );
}

/** As long as the page is open the region stays one's own. */
function useRenewed(own: readonly RegionHold[], active: boolean): void {
  const ids = own.map(({ id }) => id).join(" ");
  useEffect(() => {
    if (ids === "" || !active) return;
    const timer = setInterval(() => {
      // One that has ended meanwhile is gone from the list with the next word of the server.
      for (const id of ids.split(" ")) liveApi.renew(id).catch(() => undefined);
    }, renewMs);
    return () => clearInterval(timer);
  }, [ids, active]);
}
