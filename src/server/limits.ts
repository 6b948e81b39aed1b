/** What callers may ask of one server, in numbers; each has its reason beside it. */

/** What one address may do; the defaults fit a lab behind one address, and tests lower them. */
export interface ServerLimits {
  /** Requests per minute. A viewer that opens a large image asks for hundreds of chunks in a second. */
  readonly requestsPerMinute: number;
  /** Failed sign-ins in five minutes. Tokens have 256 bits; the limit keeps the log and the database quiet. */
  readonly signInFailures: number;
  /** Event streams open at one time, over all members. Each is a socket and a timer. */
  readonly eventStreams: number;
  /** Files in one upload. */
  readonly uploadFiles: number;
  /** Bytes of one uploaded file. Files of images that come in rows may be as large as the whole upload. */
  readonly uploadFileBytes: number;
  /** Bytes of one upload, all files together. */
  readonly uploadBytes: number;
}

export const defaultLimits: ServerLimits = {
  requestsPerMinute: 12_000,
  signInFailures: 10,
  eventStreams: 500,
  uploadFiles: 20_000,
  uploadFileBytes: 64 * 2 ** 30,
  uploadBytes: 64 * 2 ** 30,
};
