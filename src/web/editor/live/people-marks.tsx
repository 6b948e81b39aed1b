/** Over the picture: pointers and selections of the others in this plane, and regions that someone keeps. */

import type { ReactNode } from "react";
import type { PresentPerson, RegionHold } from "#api/index.ts";
import { shapePath } from "../../ui/shape-path.ts";
import { samePlane } from "../model/planes.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { useView } from "../view/use-view.ts";
import type { ViewController } from "../view/view-controller.ts";
import { scaleOf, worldToScreen } from "../view/view-maths.ts";
import type { LiveLayer } from "./live-layer.ts";
import { personColours } from "./person-colours.ts";

export function PeopleMarks({
  live,
  session,
  view,
}: {
  live: LiveLayer;
  session: EditorSession;
  view: ViewController;
}): ReactNode {
  const people = useStore(live.store, (state) => state.people);
  const holds = useStore(live.store, (state) => state.holds);
  const plane = useStore(session.store, (state) => state.plane);
  // Outlines follow the cells.
  useStore(session.store, (state) => state.version);
  const current = useView(view);
  const inPlane = people.filter((person) => samePlane(person.plane, plane));
  const held = holds.filter((one) => one.plane === null || samePlane(one.plane, plane));
  if (inPlane.length === 0 && held.length === 0) return null;
  const colours = personColours(people);
  const scale = scaleOf(current);
  const origin = worldToScreen(current, view.viewport, { y: 0, x: 0 });
  const colourOfMember = (memberId: string): string =>
    colours.get(people.find((person) => person.memberId === memberId)?.page ?? "") ?? "white";
  return (
    <svg
      aria-hidden="true"
      data-testid="people-marks"
      className="pointer-events-none absolute inset-0 size-full overflow-hidden"
    >
      <g transform={`translate(${origin.x} ${origin.y}) scale(${scale})`}>
        {held.map((one) => (
          <HeldBox key={one.id} hold={one} colour={colourOfMember(one.agent.id)} />
        ))}
        {inPlane.map((person) => (
          <Selected key={person.page} person={person} session={session} colour={colours.get(person.page)} />
        ))}
      </g>
      {inPlane.map((person) => (
        <Pointer
          key={person.page}
          person={person}
          colour={colours.get(person.page)}
          at={
            person.at && worldToScreen(current, view.viewport, { y: person.at.y + 0.5, x: person.at.x + 0.5 })
          }
        />
      ))}
    </svg>
  );
}

function HeldBox({ hold, colour }: { hold: RegionHold; colour: string }): ReactNode {
  const [y0, x0, y1, x1] = hold.box;
  return (
    <rect
      data-testid="held-box"
      x={x0}
      y={y0}
      width={x1 - x0}
      height={y1 - y0}
      fill={colour}
      fillOpacity="0.05"
      stroke={colour}
      strokeWidth="2"
      strokeDasharray="8 5"
      vectorEffect="non-scaling-stroke"
    />
  );
}

function Selected({
  person,
  session,
  colour,
}: {
  person: PresentPerson;
  session: EditorSession;
  colour: string | undefined;
}): ReactNode {
  return person.selection.map((uid) => {
    const shape = session.model.cells.has(uid) ? session.model.shapeOf(uid) : undefined;
    if (shape === undefined) return null;
    return (
      <path
        key={uid}
        d={shapePath(shape)}
        fill="none"
        stroke={colour}
        strokeWidth="2.5"
        vectorEffect="non-scaling-stroke"
      />
    );
  });
}

function Pointer({
  person,
  colour,
  at,
}: {
  person: PresentPerson;
  colour: string | undefined;
  at: { readonly x: number; readonly y: number } | null;
}): ReactNode {
  if (at === null) return null;
  return (
    <g transform={`translate(${at.x} ${at.y})`} data-testid="person-pointer">
      <path d="M0 0V14L4 10.5L6.5 15.5L9 14.3L6.6 9.5H11Z" fill={colour} stroke="black" strokeOpacity="0.7" />
      <text
        x="12"
        y="20"
        fontSize="12"
        fontWeight="600"
        fill="white"
        stroke="black"
        strokeWidth="3"
        strokeOpacity="0.75"
        paintOrder="stroke"
      >
        {person.name}
      </text>
    </g>
  );
}
