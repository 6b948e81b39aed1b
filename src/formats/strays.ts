/**
 * The last net: whatever a reader throws on damaged bytes leaves as a coded error of that format.
 *
 * Readers check what they read, so this should catch nothing; if a case was forgotten, one bad file must still not
 * stop an import of thousands. Programmer mistakes found by `assert` are passed on.
 */
import { type ErrorCode, FoundryError } from "#core/errors.ts";
import { fault } from "./fault.ts";

export function withoutStrays<T>(code: ErrorCode, file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw coded(error, code, file);
  }
}

/** As `withoutStrays`, for readers that wait for a decoder or another file. */
export async function withoutLateStrays<T>(
  code: ErrorCode,
  file: string,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw coded(error, code, file);
  }
}

function coded(error: unknown, code: ErrorCode, file: string): unknown {
  if (error instanceof FoundryError) return error;
  if (error instanceof Error && error.message.startsWith("internal:")) return error;
  return fault(code, {
    file,
    reason: "its content cannot be understood",
    remedy: "The file is damaged; export or download it again.",
    cause: error,
  });
}
