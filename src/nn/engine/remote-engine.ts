/**
 * An engine on the other side of a border: a thread or a process of its own.
 *
 * A native run blocks the thread that asked for it; behind this border the program goes on, for instance to prepare the next
 * batch. Messages are plain data and carry a number; errors keep their code. What the border is made of is the caller's
 * business (`EnginePort`), so this file is pure.
 */
import type { WireError } from "#core/errors.ts";
import { assert, errorFromWire, errorToWire } from "#core/errors.ts";
import type {
  DeviceClass,
  Engine,
  Session,
  SessionOptions,
  StateBinding,
  StateSession,
  Tensor,
} from "./engine.ts";
import { openStateSession } from "./state-session.ts";

/** One end of a border that delivers messages in order. */
export interface EnginePort {
  post(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
}

type Tensors = Readonly<Record<string, Tensor>>;

type Question =
  | { readonly ask: "engine" }
  | { readonly ask: "session"; readonly model: Uint8Array; readonly options: SessionOptions }
  | {
      readonly ask: "stateSession";
      readonly model: Uint8Array;
      readonly binding: StateBinding;
      readonly options: SessionOptions;
    }
  | { readonly ask: "run"; readonly session: number; readonly feeds: Tensors }
  | { readonly ask: "readState"; readonly session: number }
  | { readonly ask: "release"; readonly session: number };

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: WireError;
}

interface EngineFacts {
  readonly name: string;
  readonly device: string;
  readonly deviceClass: DeviceClass;
  readonly channelBlock?: number | undefined;
}

interface SessionFacts {
  readonly session: number;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

interface OpenSession {
  run(feeds: Tensors): Promise<Tensors>;
  readState(): Promise<Tensors>;
  release(): Promise<void>;
}

/** Answers the questions of `remoteEngine` at the other end. `open` is called at the first one. */
export function serveEngine(open: () => Promise<Engine>, port: EnginePort): void {
  let engine: Promise<Engine> | undefined;
  const sessions = new Map<number, OpenSession>();
  let sessionCount = 0;
  const keep = (session: OpenSession): number => {
    sessions.set(++sessionCount, session);
    return sessionCount;
  };
  const openSession = (id: number): OpenSession => {
    const session = sessions.get(id);
    assert(session !== undefined, `there is no session ${id}`);
    return session;
  };
  const answer = async (question: Question): Promise<unknown> => {
    engine ??= open();
    const { name, device, deviceClass, channelBlock } = await engine;
    switch (question.ask) {
      case "engine":
        return { name, device, deviceClass, channelBlock } satisfies EngineFacts;
      case "session": {
        const session = await (await engine).createSession(question.model, question.options);
        const readState = (): Promise<never> => Promise.reject(new Error("internal: it has no state"));
        const { inputNames, outputNames } = session;
        const id = keep({
          run: (feeds) => session.run(feeds),
          readState,
          release: () => session.release(),
        });
        return { session: id, inputNames, outputNames } satisfies SessionFacts;
      }
      case "stateSession": {
        const { model, binding, options } = question;
        const session = await openStateSession(await engine, model, binding, options);
        return keep({
          run: (feeds) => session.step(feeds),
          readState: () => session.readState(),
          release: () => session.release(),
        });
      }
      case "run":
        return openSession(question.session).run(question.feeds);
      case "readState":
        return openSession(question.session).readState();
      case "release": {
        const session = openSession(question.session);
        sessions.delete(question.session);
        return session.release();
      }
    }
  };
  port.listen((message) => {
    const { id, question } = message as { readonly id: number; readonly question: Question };
    answer(question).then(
      (value) => port.post({ id, value } satisfies Answer),
      (error: unknown) => port.post({ id, error: errorToWire(error) } satisfies Answer),
    );
  });
}

/**
 * The engine that is served at the other end of `port`.
 *
 * @param onFail is handed a function that rejects everything that waits and everything to come: for when the other side is
 *        gone.
 * @throws what opening it threw there. Tensors are copied over the border, so callers may use theirs again.
 */
export async function remoteEngine(
  port: EnginePort,
  onFail: (fail: (error: Error) => void) => void,
): Promise<Engine> {
  const waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
  >();
  let count = 0;
  let gone: Error | undefined;
  onFail((error) => {
    gone ??= error;
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
  });
  const ask = <T>(question: Question): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (gone !== undefined) {
        reject(gone);
        return;
      }
      const id = ++count;
      waiting.set(id, { resolve: (value) => resolve(value as T), reject });
      port.post({ id, question });
    });
  port.listen((message) => {
    const { id, value, error } = message as Answer;
    const open = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) open?.resolve(value);
    else open?.reject(errorFromWire(error));
  });
  const { name, device, deviceClass, channelBlock } = await ask<EngineFacts>({ ask: "engine" });
  const release = (session: number): Promise<void> => ask({ ask: "release", session });
  return {
    name,
    device,
    deviceClass,
    ...(channelBlock === undefined ? {} : { channelBlock }),
    async createSession(model, options = {}): Promise<Session> {
      const { session, ...names } = await ask<SessionFacts>({ ask: "session", model, options });
      return {
        ...names,
        run: (feeds) => ask({ ask: "run", session, feeds }),
        release: () => release(session),
      };
    },
    async createStateSession(model, binding, options = {}): Promise<StateSession> {
      const session = await ask<number>({ ask: "stateSession", model, binding, options });
      return {
        step: (feeds) => ask({ ask: "run", session, feeds }),
        readState: () => ask({ ask: "readState", session }),
        release: () => release(session),
      };
    },
  };
}
