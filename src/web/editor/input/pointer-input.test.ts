import { expect, test } from "vitest";
import type { StrokePoint } from "../model/gesture.ts";
import { PointerInput, type PointerParts } from "./pointer-input.ts";

/** A surface without a browser, and a session that writes down what it is told. */
function open(tool = "brush") {
  const said: string[] = [];
  const points: StrokePoint[] = [];
  const zooms: { x: number; y: number; by: number }[] = [];
  const surface = Object.assign(new EventTarget(), {
    focus: () => undefined,
    setPointerCapture: () => undefined,
    getBoundingClientRect: () => ({ left: 0, top: 0 }),
  });
  const session = {
    state: { tool, radius: 8, readOnly: null },
    touch: () => undefined,
    pointAt: () => undefined,
    begin: (name: string, at: StrokePoint, cuts: boolean) => {
      said.push(cuts ? `begin ${name} cutting` : `begin ${name}`);
      points.push(at);
    },
    extend: (more: StrokePoint[]) => points.push(...more),
    finish: () => said.push("finish"),
    cancelGesture: () => said.push("cancel"),
    click: () => said.push("click"),
    drafts: {
      beginBox: ({ y, x }: StrokePoint) => said.push(`box from ${y},${x}`),
      moveBox: ({ y, x }: StrokePoint) => said.push(`box at ${y},${x}`),
      endBox: ({ y, x }: StrokePoint) => said.push(`box to ${y},${x}`),
    },
  };
  const view = {
    toWorld: (at: { x: number; y: number }) => at,
    panBy: () => said.push("pan"),
    zoomAt: ({ x, y }: { x: number; y: number }, by: number) => zooms.push({ x, y, by }),
  };
  const onNothing = () => undefined;
  new PointerInput({
    surface,
    session,
    view,
    onHover: onNothing,
    onPanning: onNothing,
  } as unknown as PointerParts);
  let ms = 0;
  const send = (type: string, pointerType: string, pointerId: number, more: object = {}): void => {
    const event = new Event(type);
    ms += 10;
    const facts = {
      pointerType,
      pointerId,
      button: 0,
      clientX: 10,
      clientY: 10,
      pressure: 0.5,
      shiftKey: false,
      ...more,
    };
    for (const [key, value] of Object.entries({ ...facts, timeStamp: ms }))
      Object.defineProperty(event, key, { value });
    surface.dispatchEvent(event);
  };
  const wait = (by: number): void => {
    ms += by;
  };
  return { said, points, zooms, send, wait };
}

test("a pen draws as wide as it is pressed, a mouse with the chosen radius", () => {
  const pen = open();
  pen.send("pointerdown", "pen", 1, { pressure: 0.5 });
  pen.send("pointermove", "pen", 1, { pressure: 1, clientX: 30 });
  pen.send("pointerup", "pen", 1);
  expect(pen.points.map(({ radius }) => radius)).toEqual([8, 16]);
  const mouse = open();
  mouse.send("pointerdown", "mouse", 1);
  expect(mouse.points[0]).not.toHaveProperty("radius");
});

test("the palm beside the pen does nothing; a finger long after it moves the view, for the pen draws here", () => {
  const { said, send, wait } = open();
  send("pointermove", "pen", 1);
  send("pointerdown", "touch", 2);
  send("pointermove", "touch", 2, { clientX: 50 });
  send("pointerup", "touch", 2);
  expect(said).toEqual([]);
  wait(1_000);
  send("pointerdown", "touch", 3);
  send("pointermove", "touch", 3, { clientX: 30 });
  send("pointerup", "touch", 3);
  expect(said).toEqual(["pan"]);
});

test("where no pen was seen, a finger draws; two pan and pinch, and what the first began is called off", () => {
  const { said, zooms, send } = open();
  send("pointerdown", "touch", 1);
  send("pointermove", "touch", 1, { clientX: 30 });
  send("pointerup", "touch", 1);
  expect(said).toEqual(["begin brush", "finish"]);
  said.length = 0;
  send("pointerdown", "touch", 1, { clientX: 100, clientY: 0 });
  send("pointerdown", "touch", 2, { clientX: 200, clientY: 0 });
  send("pointermove", "touch", 2, { clientX: 300, clientY: 0 });
  expect(said).toEqual(["begin brush", "cancel", "pan"]);
  // From 100 px between the fingers to 200: one doubling, about the middle between them.
  expect(zooms).toEqual([{ x: 200, y: 0, by: 1 }]);
});

test("a pen held still for long stays the one that draws: a palm set down then ends no stroke", () => {
  const { said, send, wait } = open();
  send("pointerdown", "pen", 1);
  wait(5_000);
  send("pointerdown", "touch", 2);
  send("pointerdown", "touch", 3, { clientX: 90 });
  send("pointermove", "touch", 3, { clientX: 95 });
  send("pointermove", "pen", 1, { clientX: 30 });
  send("pointerup", "pen", 1);
  wait(5_000);
  send("pointermove", "touch", 3, { clientX: 50 });
  expect(said).toEqual(["begin brush", "finish"]);
});

test("every coalesced point of a stroke is taken, each with its own pressure", () => {
  const { points, send } = open();
  send("pointerdown", "pen", 1, { pressure: 0.5 });
  const more = [0.6, 0.7, 0.8].map((pressure, i) => ({
    ...{ pointerType: "pen", pressure, clientX: 20 + i, clientY: 10 },
  }));
  send("pointermove", "pen", 1, { clientX: 22, getCoalescedEvents: () => more });
  expect(points.map(({ x }) => Math.round(x))).toEqual([10, 20, 21, 22]);
  const radii = points.map(({ radius }) => radius as number);
  expect(radii).toEqual([...radii].sort((a, b) => a - b));
  expect(new Set(radii).size).toBe(4);
});

test("the button at the pen's side moves the view", () => {
  const { said, send } = open();
  send("pointerdown", "pen", 1, { button: 2 });
  send("pointermove", "pen", 1, { clientX: 30 });
  send("pointerup", "pen", 1);
  expect(said).toEqual(["pan"]);
});

test("a palm that came first gives way to the pen", () => {
  const { said, send } = open();
  send("pointerdown", "touch", 2);
  send("pointerdown", "pen", 1);
  send("pointerup", "touch", 2);
  send("pointerup", "pen", 1);
  expect(said).toEqual(["begin brush", "cancel", "begin brush", "finish"]);
});

test("the other end of the pen erases; Shift makes a lasso cut", () => {
  const pen = open();
  pen.send("pointerdown", "pen", 1, { button: 5 });
  expect(pen.said).toEqual(["begin eraser"]);
  const lasso = open("lasso");
  lasso.send("pointerdown", "mouse", 1, { shiftKey: true });
  expect(lasso.said).toEqual(["begin lasso cutting"]);
});

test("a threshold is dragged as a box; a second finger calls it off", () => {
  const mouse = open("threshold");
  mouse.send("pointerdown", "mouse", 1);
  mouse.send("pointermove", "mouse", 1, { clientX: 30, clientY: 20 });
  mouse.send("pointerup", "mouse", 1, { clientX: 40, clientY: 20 });
  const half = (text: string) => text.replaceAll(/\d+(\.\d+)?/g, (n) => String(Math.round(Number(n))));
  expect(mouse.said.map(half)).toEqual(["box from 10,10", "box at 20,30", "box to 20,40"]);
  const fingers = open("threshold");
  fingers.send("pointerdown", "touch", 1);
  fingers.send("pointerdown", "touch", 2, { clientX: 90 });
  expect(fingers.said.at(-1)).toBe("cancel");
});
