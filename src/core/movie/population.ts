/**
 * The culture under the microscope: all cells, inside the view and around it, one time step after another.
 *
 * The world is larger than the view by a margin with walls, so cells come and go at the edges of the view as they
 * please. Each step: cells walk, drift with the flow, change shape, age, divide, die, and make room for each other.
 */
import type { Rng } from "../rng.ts";
import { type CycleLaw, cycleLaw } from "./cell-cycle.ts";
import {
  bearCell,
  bendCount,
  bendSpread,
  type Cell,
  type CellLook,
  foundCell,
  lookOf,
} from "./cell-state.ts";
import { type Body, separateInPlace } from "./crowding.ts";
import { createFlow, type Flow } from "./flow.ts";
import { cellsOfShare, type MovieParams } from "./movie-params.ts";
import { startWalkInPlace, type WalkLaw, walkInPlace, walkStep } from "./persistent-walk.ts";

export interface Population {
  /** Cells now, in order of birth. */
  readonly cells: () => readonly Cell[];
  /** Lets time pass. */
  step(hours: number): void;
}

/** Walls of the world, micrometres; the view is [0, height) x [0, width) in the same frame. */
interface World {
  readonly y0: number;
  readonly x0: number;
  readonly y1: number;
  readonly x1: number;
}

/** Time in which a cell forgets its shape, hours. */
const shapeMemoryH = 0.75;

/** Distance of the centres of two neighbours over the sum of their radii: nuclei keep apart, whole cells press. */
const closeness = { nuclear: 1.08, phase: 0.9 } as const;

/** Speed at which the halves of a division part, µm per hour and per µm of radius. */
const partingPerH = 2.2;

/** Rounds of making room: overlaps halve in each. */
const rounds = 4;

function worldOf(params: MovieParams): World {
  const { height, width, mppUm, cellDiameterUm, closed, stageDriftUm } = params;
  // A cell at the wall must not be seen, whatever its size and the stage; inside a closed view it must be seen whole.
  const margin = closed ? -0.9 * cellDiameterUm : 2.5 * cellDiameterUm + driftReach(stageDriftUm);
  return { y0: -margin, x0: -margin, y1: height * mppUm + margin, x1: width * mppUm + margin };
}

/** How far the stage may drift from where it began. */
export function driftReach(stageDriftUm: number): number {
  return 10 * stageDriftUm;
}

export function startPopulation(params: MovieParams, random: Rng): Population {
  const law = cycleLaw(params.cycleH, params.cycleSpread);
  const walk: WalkLaw = { speedUmPerH: params.speedUmPerH, persistenceH: params.persistenceMin / 60 };
  const world = worldOf(params);
  const area = (world.y1 - world.y0) * (world.x1 - world.x0);
  const view = params.height * params.width * params.mppUm ** 2;
  const perView = params.closed ? 1 : area / view;
  const flow = createFlow(params.flowUmPerH, params.cellDiameterUm, random.stream("flow"));
  let nextId = 1;
  let cells: Cell[] = [];
  const count = Math.round(params.cellCount * perView);
  for (const place of scatter(count, params, world, random.stream("places"))) {
    const cell = foundCell(nextId++, place, params, law, random);
    startWalkInPlace(cell, walk, random);
    cells.push(cell);
  }
  makeRoom(cells, params, world, 12 * rounds);
  const crowded = perView * cellsOfShare(params, params.crowdedShare);
  return {
    cells: () => cells,
    step: (hours) => {
      moveCells(cells, params, walk, flow, hours, random);
      const lossPerH = lossRate(params, law, cells.length / crowded);
      cells = cells.flatMap((cell) => {
        const living = ageCell(cell, params, hours, lossPerH, random);
        if (!living) return [];
        if (cell.dyingH >= 0 || cell.ageH < cell.cycleH) return [cell];
        const pair = divide(cell, params, law, random, nextId);
        nextId += 2;
        return pair;
      });
      makeRoom(cells, params, world, rounds);
    },
  };
}

/** Places at random with a distance where there is room for one. */
function scatter(count: number, params: MovieParams, world: World, random: Rng): { y: number; x: number }[] {
  const bodies: Body[] = [];
  const least = 0.8 * params.cellDiameterUm;
  const columns = Math.max(1, Math.ceil((world.x1 - world.x0) / least));
  const taken = new Map<number, Body[]>();
  const squareOf = (y: number, x: number): [number, number] => [
    Math.floor((y - world.y0) / least),
    Math.floor((x - world.x0) / least),
  ];
  for (let k = 0; k < count; k++) {
    let [y, x] = [0, 0];
    // A full culture has no free place left: the last throw counts, and making room does the rest.
    for (let attempt = 0; attempt < 20; attempt++) {
      [y, x] = [random.uniform(world.y0, world.y1), random.uniform(world.x0, world.x1)];
      const [row, column] = squareOf(y, x);
      let free = true;
      for (let r = row - 1; r <= row + 1 && free; r++)
        for (let c = column - 1; c <= column + 1 && free; c++)
          free = !(taken.get(r * columns + c) ?? []).some(
            (b) => (b.y - y) ** 2 + (b.x - x) ** 2 < least ** 2,
          );
      if (free) break;
    }
    const body: Body = { y, x, radius: 0, firmness: 0 };
    const [row, column] = squareOf(y, x);
    const key = row * columns + column;
    taken.set(key, [...(taken.get(key) ?? []), body]);
    bodies.push(body);
  }
  return bodies.map(({ y, x }) => ({ y, x }));
}

/** Chance per hour to begin to die: by itself, and steeply more where the culture is crowded. */
function lossRate(
  { deathsPerCycle }: MovieParams,
  { meanH, growthPerH }: CycleLaw,
  fullness: number,
): number {
  return deathsPerCycle / meanH + growthPerH * Math.min(4, fullness ** 8);
}

function moveCells(
  cells: readonly Cell[],
  params: MovieParams,
  walk: WalkLaw,
  flow: Flow,
  hours: number,
  random: Rng,
): void {
  const step = walkStep(walk, hours);
  const keep = Math.exp(-hours / shapeMemoryH);
  const renew = Math.sqrt(1 - keep * keep);
  flow.advance(hours);
  for (const cell of cells) {
    const { stage } = lookOf(cell, params);
    // Rounded cells hold on to the ground by little and do not crawl.
    const share = stage === "interphase" ? 1 : stage === "newborn" ? 0.6 : 0.15;
    const drift = flow.at(cell.y, cell.x);
    walkInPlace(cell, step, share, random);
    cell.y += drift.y * hours;
    cell.x += drift.x * hours;
    for (let k = 0; k < bendCount; k++)
      cell.bends[k] = keep * (cell.bends[k] as number) + renew * bendSpread(params, k) * random.normal();
    const scatter = 0.25 * (cell.stretchMean - 1);
    cell.stretch =
      cell.stretchMean + keep * (cell.stretch - cell.stretchMean) + renew * scatter * random.normal();
    if (stage === "interphase") turn(cell, params, hours, random);
  }
}

/** Cells turn slowly at random; whole cells also point where they crawl. */
function turn(cell: Cell, params: MovieParams, hours: number, random: Rng): void {
  cell.angle += 0.35 * Math.sqrt(hours) * random.normal();
  const speed = Math.hypot(cell.vy, cell.vx);
  if (params.look !== "phase" || speed < 0.3 * params.speedUmPerH) return;
  const off = Math.atan2(cell.vy, cell.vx) - cell.angle;
  // An axis has no front: the nearer end turns.
  const nearest = off - Math.PI * Math.round(off / Math.PI);
  cell.angle += nearest * (1 - Math.exp(-hours / 0.5));
}

/** Lets a cell age; false when it is gone. */
function ageCell(cell: Cell, params: MovieParams, hours: number, lossPerH: number, random: Rng): boolean {
  if (cell.dyingH >= 0) {
    cell.dyingH += hours;
    return cell.dyingH * 60 < params.dyingMin;
  }
  cell.ageH += hours;
  if (random.chance(1 - Math.exp(-lossPerH * hours))) cell.dyingH = 0;
  return true;
}

/** Two daughters beside each other across the plate, parting. */
function divide(mother: Cell, params: MovieParams, law: CycleLaw, random: Rng, id: number): Cell[] {
  const share = 0.5 + Math.max(-0.08, Math.min(0.08, 0.03 * random.normal()));
  const across = mother.angle + Math.PI / 2;
  const [uy, ux] = [Math.sin(across), Math.cos(across)];
  return [share, 1 - share].map((part, k) => {
    const cell = bearCell(id + k, mother, part, params, law, random);
    // The rest of the step after the division; a cycle shorter than that ends in the next step.
    cell.ageH = Math.min(mother.ageH - mother.cycleH, 0.999 * cell.cycleH);
    const side = k === 0 ? 1 : -1;
    const look = lookOf(cell, params);
    const away = params.look === "nuclear" ? 1.25 * look.short + 0.1 * params.cellDiameterUm : look.short;
    cell.y += side * uy * away;
    cell.x += side * ux * away;
    const speed = partingPerH * look.short;
    cell.vy = side * uy * speed + 0.3 * mother.vy;
    cell.vx = side * ux * speed + 0.3 * mother.vx;
    return cell;
  });
}

/** Turns cells back at the walls, then pushes those apart that overlap; nobody is pushed through a wall. */
function makeRoom(cells: readonly Cell[], params: MovieParams, world: World, count: number): void {
  const { y0, x0, y1, x1 } = world;
  const bodies = cells.map((cell): Body => {
    if (cell.y < y0 || cell.y > y1) cell.vy = -cell.vy;
    if (cell.x < x0 || cell.x > x1) cell.vx = -cell.vx;
    const look = lookOf(cell, params);
    const [y, x] = [reflect(cell.y, y0, y1), reflect(cell.x, x0, x1)];
    return { y, x, radius: radiusOf(look), firmness: look.stage === "interphase" ? 0 : 0.6 };
  });
  separateInPlace(bodies, closeness[params.look], count);
  for (const [k, cell] of cells.entries()) {
    const { y, x } = bodies[k] as Body;
    cell.y = Math.max(y0, Math.min(y1, y));
    cell.x = Math.max(x0, Math.min(x1, x));
  }
}

const radiusOf = ({ long, short }: CellLook): number => Math.sqrt(long * short);

function reflect(value: number, low: number, high: number): number {
  const inside = value < low ? 2 * low - value : value > high ? 2 * high - value : value;
  return Math.max(low, Math.min(high, inside));
}
