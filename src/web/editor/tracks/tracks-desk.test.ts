/** Tracks changed by keys in a session against a plain server: marked, linked, doubted, mended, taken back. */

import { describe, expect, test } from "vitest";
import { shapeToWire } from "#api/shapes.ts";
import type { OriginChange } from "#core/edits/index.ts";
import { type ObjectShape, objectShapeFromMask } from "#core/labels/index.ts";
import { openPlainSession, PlainServer } from "../session/session-under-test.ts";
import { runTrackCommand } from "./run-track-command.ts";
import { tracksDeskOf } from "./tracks-desk.ts";

const frames = 5;

function square(t: number, y: number): ObjectShape {
  const mask = { dtype: "uint8", height: 8, width: 8, data: new Uint8Array(64).fill(1) } as const;
  return objectShapeFromMask(mask, { t, z: 0, y, x: 28 }) as ObjectShape;
}

/** Two cells, a above b, in five frames, linked as said ("a1>a2": a of frame 1 goes on as a of frame 2). */
async function open(...links: string[]) {
  const server = new PlainServer();
  const changes = Array.from({ length: frames }, (_, t) => [
    { uid: `a${t}`, before: null, after: shapeToWire(square(t, 10)) },
    { uid: `b${t}`, before: null, after: shapeToWire(square(t, 40)) },
  ]).flat();
  const origins = links.map((link): OriginChange => {
    const [from, to] = link.split(">") as [string, string];
    return { uid: to, before: null, after: { uid: from, kind: "link" } };
  });
  server.take({ operationId: "FIRST", kind: "import", tool: "test", changes, msSpent: 0, origins });
  const { session } = await openPlainSession(server, { t: frames, z: 1 });
  const desk = tracksDeskOf(session);
  const at = (uid: string): void => {
    session.planes.goTo({ t: Number(uid[1]), z: 0 });
    session.select([uid]);
  };
  const told = () => desk.tracks().tracks.map(({ cells }) => cells.map(({ uid }) => uid).join(" "));
  const saved = async (): Promise<boolean> => session.settled();
  return { server, session, desk, at, told, saved };
}

const whole = ["a0>a1", "a1>a2", "a2>a3", "a3>a4", "b0>b1", "b1>b2", "b2>b3", "b3>b4"];

describe("tracks by keys", () => {
  test("a track has one colour, also after its links were changed and taken back", async () => {
    // Torn between frames 2 and 3: the later part was coloured for itself.
    const { session, at, told } = await open(...whole.filter((link) => link !== "b1>b2"));
    const own = (uid: string) => session.model.colourOf(uid).join();
    const coloursOfTracks = () => told().map((cells) => new Set(cells.split(" ").map(own)).size);
    const [first, later] = [own("b0"), own("b2")];
    expect(first).not.toBe(later);
    at("b1");
    runTrackCommand("track-mark", session);
    at("b2");
    runTrackCommand("track-link", session);
    expect(["b1", "b2", "b3", "b4"].map(own)).toEqual([first, first, first, first]);
    expect(coloursOfTracks()).toEqual([1, 1]);
    session.undo();
    expect(coloursOfTracks()).toEqual([1, 1, 1]);
  });

  test("mark, link across frames, take back; what was linked is marked next", async () => {
    const { session, desk, at, told, saved, server } = await open(...whole);
    at("a1");
    runTrackCommand("track-mark", session);
    at("b2");
    runTrackCommand("track-link", session);
    expect(told()).toEqual(["a0 a1 b2 b3 b4", "b0 b1", "a2 a3 a4"]);
    expect(desk.store.get().marked).toBe("b2");
    expect(desk.store.get().last?.words.map(({ before, after }) => `${before} -> ${after}`)).toContain(
      "goes on from 2 in frame 2 -> goes on from 1 in frame 2",
    );
    expect(desk.store.get().touched.toSorted()).toEqual(["a1", "a2", "b1", "b2"]);
    expect(await saved()).toBe(true);
    expect(server.origins.originOf("b2")).toEqual({ uid: "a1", kind: "link", confidence: 1 });
    session.undo();
    expect(told()).toEqual(["a0 a1 a2 a3 a4", "b0 b1 b2 b3 b4"]);
    session.redo();
    expect(told()).toEqual(["a0 a1 b2 b3 b4", "b0 b1", "a2 a3 a4"]);
    session.close();
  });

  test("swap and cut; a command that breaks a law says which, and nothing is sent", async () => {
    const { session, at, told, server, saved } = await open(...whole);
    session.planes.goTo({ t: 2, z: 0 });
    session.select(["a2", "b2"]);
    runTrackCommand("track-swap", session);
    expect(told()).toEqual(["a0 a1 b2 b3 b4", "b0 b1 a2 a3 a4"]);
    at("a4");
    runTrackCommand("track-cut", session);
    expect(told()).toEqual(["a0 a1 b2 b3 b4", "b0 b1 a2 a3", "a4"]);
    expect(await saved()).toBe(true);
    const count = server.log.length;
    at("a1");
    runTrackCommand("track-mark", session);
    at("b1");
    runTrackCommand("track-daughter", session);
    expect(session.state.note).toMatch(/in one frame: a daughter is in a later frame/);
    expect(await saved()).toBe(true);
    expect(server.log).toHaveLength(count);
    session.close();
  });

  test("an event is an edit; what contradicts it is refused in its own words", async () => {
    const { session, desk, at, server, saved, told } = await open("a0>a1", "a3>a4");
    expect(desk.setEvent("a1", "end", "death")).toBe(true);
    expect(await saved()).toBe(true);
    expect(server.events.eventOf("a1", "end")).toEqual({ kind: "death" });
    at("a1");
    runTrackCommand("track-mark", session);
    at("a2");
    runTrackCommand("track-link", session);
    expect(session.state.note).toMatch(/marked as dead/);
    expect(told()).toContain("a0 a1");
    session.undo();
    expect(session.model.events.eventOf("a1", "end")).toBeNull();
    session.close();
  });

  test("doubts one after the other: fixed by the first repair, accepted, skipped; accepting a link confirms it", async () => {
    const { session, desk, server, saved, told } = await open(...whole.filter((one) => one !== "a2>a3"));
    const first = desk.suspicions();
    expect(first.map(({ uid, witnesses }) => `${uid} ${witnesses[0]?.kind}`)).toEqual([
      "a3 beginsInside",
      "a2 endsInside",
    ]);
    // The first key only looks.
    desk.decide("fix");
    expect(session.state.plane.t).toBe(3);
    expect(session.state.selection).toEqual(["a3"]);
    desk.decide("fix");
    expect(told()).toEqual(["a0 a1 a2 a3 a4", "b0 b1 b2 b3 b4"]);
    expect(desk.store.get().review.suspicions).toEqual([]);
    expect(session.state.note).toMatch(/Nothing more/);
    expect(await saved()).toBe(true);
    expect(server.origins.originOf("a3")).toEqual({ uid: "a2", kind: "link", confidence: 1 });
    expect(desk.run({ type: "confirm", uids: ["b1"] })).toBe(true);
    expect(desk.run({ type: "confirm", uids: ["b1"] })).toBe(false);
    expect(session.model.origins.originOf("b1")).toEqual({ uid: "b0", kind: "link", confidence: 1 });
    session.close();
  });

  test("a cell drawn into a hole of a track is linked in the same edit, unless that is switched off", async () => {
    for (const keeps of [true, false]) {
      const { session, at } = await open("a0>a1", "a3>a4", "b0>b1");
      session.setKeepsTracks(keeps);
      at("a2");
      session.deleteSelected(undefined);
      session.armNewCell();
      session.begin("brush", { y: 14, x: 32 });
      session.finish();
      const born = [...session.model.cells.keys()].find((uid) => uid !== "b2") as string;
      expect(session.model.origins.originOf(born)?.uid).toBe(keeps ? "a1" : undefined);
      expect(session.model.origins.originOf("a3")?.uid).toBe(keeps ? born : undefined);
      session.undo();
      expect(session.model.origins.originOf("a3")).toBeNull();
      session.close();
    }
  });
});
