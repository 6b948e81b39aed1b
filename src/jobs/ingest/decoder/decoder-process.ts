/**
 * One decoding process, as seen by the process that stores: calls with a limit on silence, errors in words.
 *
 * A process of its own rather than a thread: it can be killed in the middle of a computation, its memory can be
 * measured and bounded, and whatever it does to itself stays there. After a kill the next call starts a new one.
 */

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { errorFromWire, FoundryError } from "#core/errors.ts";
import { shownName } from "#formats/index.ts";
import {
  type Answers,
  type CallKind,
  type Calls,
  type DecoderStart,
  type FromDecoder,
  memorySignal,
} from "./protocol.ts";
import { watchSilence } from "./silence-watch.ts";

/** No file of a few MB takes this long to decode; what does is damaged or made to stall. */
const SILENCE_MS = 10_000;

/** Large files get more: a second for each of these pieces, the slowest codec (LZW) on a slow core. */
const SILENCE_BYTES_PER_SECOND = 8 * 2 ** 20;

/** The first answer also waits for the start of the process and the listing of the files. */
const START_MS = 30_000;

/** Objects and notes live in the heap of JavaScript; pixels do not count here. */
const HEAP_MIB = 512;

const childPath = fileURLToPath(new URL("./child.ts", import.meta.url));

export interface DecoderOptions extends DecoderStart {
  /** Default 10 s; shorter in tests. */
  readonly silenceMs?: number;
}

export interface Decoder {
  /**
   * @param file  to name when the process falls silent before it has named one itself.
   * @throws FoundryError what the reader threw; `limit.time`, `limit.memory`, `format.crash` when the process had to be
   *         ended or ended itself.
   */
  call<K extends CallKind>(kind: K, args: Calls[K], file: string): Promise<Answers[K]>;
  readonly pid: number | undefined;
  close(): void;
}

interface Pending {
  readonly id: number;
  readonly done: (value: Answers[CallKind]) => void;
  readonly failed: (error: unknown) => void;
  /** The file that is being read. */
  file: string;
  stopWatch: () => void;
  tooSlow: boolean;
}

export function startDecoder(options: DecoderOptions): Decoder {
  const silenceMs = options.silenceMs ?? SILENCE_MS;
  let child: ChildProcess | undefined;
  let pending: Pending | undefined;
  let calls = 0;

  const watch = (call: Pending, ms: number): void => {
    call.stopWatch();
    call.stopWatch = watchSilence(
      () => child?.pid,
      ms,
      () => {
        call.tooSlow = true;
        child?.kill("SIGKILL");
      },
    );
  };
  const end = (): Pending | undefined => {
    const ended = pending;
    pending = undefined;
    ended?.stopWatch();
    return ended;
  };
  const hear = (message: FromDecoder): void => {
    if (pending === undefined || message.id !== pending.id) return;
    if (message.state === "reading") {
      pending.file = message.path;
      watch(pending, silenceMs + (1000 * message.size) / SILENCE_BYTES_PER_SECOND);
    } else if (message.state === "done") end()?.done(message.value);
    else end()?.failed(errorFromWire(message.error));
  };
  const start = (): ChildProcess => {
    const started = spawnChild(options);
    started.on("message", (message) => hear(message as FromDecoder));
    started.on("exit", (code, signal) => {
      if (child === started) child = undefined;
      const call = end();
      if (call !== undefined) call.failed(endedEarly(call, code, signal, silenceMs));
    });
    // A process that could not be started also never exits.
    started.on("error", (cause) => end()?.failed(cause));
    return started;
  };
  return {
    get pid() {
      return child?.pid;
    },
    call<K extends CallKind>(kind: K, args: Calls[K], file: string): Promise<Answers[K]> {
      const isNew = child === undefined;
      child ??= start();
      const current = child;
      return new Promise<Answers[K]>((resolve, reject) => {
        const done = resolve as (value: Answers[CallKind]) => void;
        pending = { id: ++calls, done, failed: reject, file, stopWatch: () => undefined, tooSlow: false };
        watch(pending, isNew || kind === "plan" ? Math.max(START_MS, silenceMs) : silenceMs);
        // A failure to send shows as the exit of the process.
        current.send({ id: pending.id, kind, args }, () => undefined);
      });
    },
    close() {
      child?.removeAllListeners("message");
      child?.kill("SIGKILL");
    },
  };
}

function spawnChild({ place, spool, memoryBytesMax }: DecoderStart): ChildProcess {
  const instructions: DecoderStart = { place, spool, memoryBytesMax };
  return fork(childPath, [JSON.stringify(instructions)], {
    serialization: "advanced",
    execArgv: [`--max-old-space-size=${HEAP_MIB}`, "--expose-gc", "--disable-warning=ExperimentalWarning"],
    // What it has to say comes as messages; only faults of the program go to the log.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

function endedEarly(
  call: Pending,
  code: number | null,
  signal: NodeJS.Signals | null,
  silenceMs: number,
): FoundryError {
  const file = shownName(call.file);
  const details = { file };
  if (call.tooSlow) {
    return new FoundryError("limit.time", {
      message: `${file}: reading it made no progress for ${Math.round(silenceMs / 1000)} seconds, so it was stopped.`,
      hint: "The file is probably damaged; export or download it again. A very large image can be split into planes.",
      details,
    });
  }
  // SIGABRT and code 134: the heap of JavaScript is full. SIGKILL not from here: the system ran out of memory.
  if (signal === memorySignal || signal === "SIGABRT" || signal === "SIGKILL" || code === 134) {
    return new FoundryError("limit.memory", {
      message: `${file}: reading it takes more memory than one file may, so it was stopped.`,
      hint: "The file may be damaged; export it again. A very large image can be split into planes or fields of view.",
      details: { ...details, signal },
    });
  }
  return new FoundryError("format.crash", {
    message: `${file}: the process that reads files ended while reading it.`,
    hint: "The file is probably damaged; export or download it again. The other files were not affected.",
    details: { ...details, code, signal },
  });
}
