/**
 * The one error of the program.
 *
 * Every failure that a person or a caller may have to act on is a `FoundryError` with a code from the closed list
 * below. Messages are for people and may change; code branches on `code` only. The table says what a code means to
 * HTTP, and whether trying again can help. Programmer mistakes use `assert` and start with `internal:`.
 */

interface CodeFacts {
  readonly http: number;
  /** Whether the same call can succeed later without anyone changing anything. */
  readonly retry: boolean;
}

const facts = (http: number, retry = false): CodeFacts => ({ http, retry });

/** Closed list of codes, `area.problem`. Add a line here before throwing a new one. */
export const errorCodes = {
  "array.shapeMismatch": facts(400),
  "array.nan": facts(400),
  "array.axes": facts(400),
  "blob.corrupt": facts(500),
  "blob.missing": facts(500),
  "cli.usage": facts(400),
  "dataset.empty": facts(400),
  "dataset.faulty": facts(409),
  "dataset.leak": facts(409),
  "dataset.notFound": facts(404),
  "dataset.splitEmpty": facts(400),
  "disk.full": facts(507, true),
  "disk.io": facts(500),
  "edit.invalid": facts(400),
  "engine.failed": facts(500),
  "engine.graph": facts(400),
  "engine.unavailable": facts(500),
  "format.bmp": facts(400),
  "format.coco": facts(400),
  "format.crash": facts(400),
  "format.ctc": facts(400),
  "format.dataset": facts(400),
  "format.decoder": facts(500),
  "format.detect": facts(400),
  "format.geff": facts(400),
  "format.geojson": facts(400),
  "format.jpeg": facts(400),
  "format.json": facts(400),
  "format.npy": facts(400),
  "format.obo": facts(400),
  "format.pair": facts(400),
  "format.pickle": facts(400),
  "format.png": facts(400),
  "format.roi": facts(400),
  "format.sheet": facts(400),
  "format.tar": facts(400),
  "format.tiff": facts(400),
  "format.trackmate": facts(400),
  "format.tracks": facts(400),
  "format.webp": facts(400),
  "format.zarr": facts(400),
  "format.zip": facts(400),
  "home.database": facts(503, true),
  "home.locked": facts(503, true),
  "home.schema": facts(503),
  "image.notFound": facts(404),
  "import.empty": facts(400),
  "import.question": facts(409),
  "job.canceled": facts(409),
  "job.leaseLost": facts(409),
  "job.notFound": facts(404),
  "label.invalid": facts(400),
  "layer.held": facts(409),
  "layer.notFound": facts(404),
  "limit.bytes": facts(413),
  "limit.pixels": facts(413),
  "limit.objects": facts(413),
  "limit.files": facts(413),
  "limit.memory": facts(413),
  "limit.rate": facts(429, true),
  "limit.time": facts(413),
  "member.invite": facts(400),
  "member.notFound": facts(404),
  "metadata.invalid": facts(400),
  "model.gate": facts(409),
  "model.invalid": facts(400),
  "model.notFound": facts(404),
  "net.unreachable": facts(503, true),
  "policy.denied": facts(403),
  "policy.signIn": facts(401),
  "project.notFound": facts(404),
  "query.syntax": facts(400),
  "query.term": facts(400),
  "request.invalid": facts(400),
  "request.notFound": facts(404),
  "request.range": facts(416),
  "revision.conflict": facts(409),
  "revision.notFound": facts(404),
  "server.internal": facts(500),
  "server.port": facts(503),
  "tracking.constraint": facts(409),
  "training.diverged": facts(500),
  "training.config": facts(400),
  "training.notFound": facts(404),
} as const satisfies Record<string, CodeFacts>;

export type ErrorCode = keyof typeof errorCodes;

/** Facts a screen or a log can show; never a path of the machine, never a secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export interface ErrorParts {
  /** What happened, and where: one sentence a biologist understands. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

/** The shape in which an error crosses a wire or a thread border. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly details?: ErrorDetails;
}

export class FoundryError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, parts: ErrorParts) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = "FoundryError";
    this.code = code;
    this.hint = parts.hint;
    this.details = parts.details ?? {};
  }
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text);
}

/** Narrows to a `FoundryError`, to one code when given. */
export function isFoundryError(error: unknown, code?: ErrorCode): error is FoundryError {
  return error instanceof FoundryError && (code === undefined || error.code === code);
}

/** What may leave the process: a foreign error becomes `server.internal` without its text. */
export function errorToWire(error: unknown): WireError {
  if (!(error instanceof FoundryError)) {
    return { code: "server.internal", message: "Something went wrong inside the program." };
  }
  return {
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(Object.keys(error.details).length === 0 ? {} : { details: error.details }),
  };
}

export function errorFromWire(wire: WireError): FoundryError {
  return new FoundryError(isErrorCode(wire.code) ? wire.code : "server.internal", wire);
}

/** Ends the request, not the process, when the program itself is wrong. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`internal: ${message}`);
}
