/**
 * Files below a web address, by key: where OME-Zarr on a web server is read from.
 *
 * The address comes from a person's form, so the server must not be talked into asking its own network: addresses that
 * are not public are refused unless the operator allows them, and the check is made on the address that is really
 * connected to (a name may resolve to something else the second time). Redirects are not followed. Sizes and times are
 * bounded.
 */
import { lookup } from "node:dns";
import { get as httpGet, type IncomingMessage } from "node:http";
import { get as httpsGet } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { FoundryError } from "#core/errors.ts";

export interface HttpStoreOptions {
  /** Lets private and local addresses pass; off by default. */
  readonly allowPrivate?: boolean;
  /** Largest file, bytes. */
  readonly fileBytesMax?: number;
  /** Time for one file, milliseconds. */
  readonly timeoutMs?: number;
}

// A chunk of the largest images has 64 MiB.
const FILE_BYTES_MAX = 256 * 1024 * 1024;
// Slow servers exist, silent ones must not hold a job.
const TIMEOUT_MS = 60_000;
const URL_LENGTH_MAX = 2_000;

/** Structurally the store that the readers of `formats` take. */
export interface HttpStore {
  readonly name: string;
  get(key: string): Promise<Uint8Array | undefined>;
  size(key: string): Promise<number | undefined>;
  getRange(key: string, from: number, to: number): Promise<Uint8Array>;
}

/** @throws FoundryError `request.invalid` for an address that is none, or is not http or https. */
export function openHttpStore(address: string, options: HttpStoreOptions = {}): HttpStore {
  const base = parseAddress(address);
  const name = decodeURIComponent(base.pathname.split("/").findLast((part) => part !== "") ?? base.hostname);
  const urlOf = (key: string): URL => {
    const url = new URL(base);
    url.pathname += key.split("/").map(encodeURIComponent).join("/");
    return url;
  };
  return {
    name,
    get: async (key) => (await request(urlOf(key), key, {}, options))?.body,
    async size(key) {
      // One byte tells the length of the whole in Content-Range; not every server answers HEAD.
      const answer = await request(urlOf(key), key, { range: "bytes=0-0" }, options);
      return answer?.total;
    },
    async getRange(key, from, to) {
      if (from === to) return new Uint8Array(0);
      const answer = await request(urlOf(key), key, { range: `bytes=${from}-${to - 1}` }, options);
      const body = answer?.partial === false ? answer.body.subarray(from, to) : answer?.body;
      if (body === undefined || body.length !== to - from)
        throw failed(urlOf(key), "the answer is shorter than asked for");
      return body;
    },
  };
}

function parseAddress(address: string): URL {
  const url = URL.canParse(address) && address.length <= URL_LENGTH_MAX ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    throw new FoundryError("request.invalid", {
      message: "This is not a web address that can be read.",
      hint: "Give the full address of the folder that holds zarr.json or .zattrs, starting with https://.",
    });
  }
  url.search = "";
  url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

const local = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  local.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["::", 127],
  ["64:ff9b::", 96],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  local.addSubnet(network, prefix, "ipv6");

/** Whether an IP address belongs to this machine or a network that is not the public one. */
export function isLocalAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 0) return true;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return local.check(mapped, "ipv4");
  return local.check(address, version === 4 ? "ipv4" : "ipv6");
}

function refusedHost(host: string): FoundryError {
  return new FoundryError("request.invalid", {
    message: `${host} lies in a private network and is not read.`,
    hint: "Use a public address, or ask the operator to allow private ones.",
  });
}

/** Resolves names as usual, but gives out no address that may not be connected to. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const bad = error === null && addresses.some(({ address }) => isLocalAddress(address));
    if (error !== null || addresses.length === 0 || bad) {
      callback(bad ? (refusedHost(hostname) as NodeJS.ErrnoException) : error, "", 4);
      return;
    }
    if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};

interface Answer {
  readonly body: Uint8Array;
  /** Whether only the range asked for came. */
  readonly partial: boolean;
  /** Length of the whole file. */
  readonly total: number;
}

// Object stores answer "forbidden" for files that do not exist when listing is not allowed.
const OPTIONAL = /(^|\/)(zarr\.json|\.zarray|\.zgroup|\.zattrs)$/;

async function request(
  url: URL,
  key: string,
  headers: Readonly<Record<string, string>>,
  { allowPrivate = false, fileBytesMax = FILE_BYTES_MAX, timeoutMs = TIMEOUT_MS }: HttpStoreOptions,
): Promise<Answer | undefined> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!allowPrivate && isIP(host) !== 0 && isLocalAddress(host)) throw refusedHost(host);
  const get = url.protocol === "https:" ? httpsGet : httpGet;
  const signal = AbortSignal.timeout(timeoutMs);
  const { promise, resolve, reject } = Promise.withResolvers<Answer | undefined>();
  const asked = get(
    url,
    { headers, signal, ...(allowPrivate ? {} : { lookup: publicLookup }) },
    (response) => {
      const status = response.statusCode ?? 0;
      if (status === 404 || status === 410 || (status === 403 && OPTIONAL.test(key))) {
        response.resume();
        resolve(undefined);
      } else if (status === 200 || status === 206) {
        readBody(response, url, fileBytesMax).then((body) => resolve(answerOf(response, body)), reject);
      } else {
        response.destroy();
        reject(failed(url, `the server answered ${status}`));
      }
    },
  );
  asked.on("error", (error) => {
    if (error instanceof FoundryError) reject(error);
    else reject(failed(url, signal.aborted ? `no answer within ${timeoutMs / 1000} s` : error.message));
  });
  return promise;
}

async function readBody(response: IncomingMessage, url: URL, fileBytesMax: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of response as AsyncIterable<Uint8Array>) {
      length += piece.length;
      if (length > fileBytesMax) {
        throw new FoundryError("limit.bytes", {
          message: `${url.pathname.slice(-200)} is larger than ${Math.round(fileBytesMax / 2 ** 20)} MiB.`,
          hint: "Use a hierarchy with smaller chunks.",
        });
      }
      pieces.push(piece);
    }
  } catch (error) {
    response.destroy();
    if (error instanceof FoundryError) throw error;
    throw failed(url, "the connection broke off");
  }
  return new Uint8Array(Buffer.concat(pieces));
}

function answerOf({ statusCode, headers }: IncomingMessage, body: Uint8Array): Answer {
  const total = Number(/\/(\d+)$/.exec(headers["content-range"] ?? "")?.[1] ?? Number.NaN);
  const partial = statusCode === 206;
  return { body, partial, total: partial && Number.isSafeInteger(total) ? total : body.length };
}

function failed(url: URL, reason: string): FoundryError {
  return new FoundryError("net.unreachable", {
    message: `${url.hostname}${url.pathname.slice(-200)} could not be read: ${reason.slice(0, 160)}.`,
    hint: "Check the address in a browser and try again.",
  });
}
