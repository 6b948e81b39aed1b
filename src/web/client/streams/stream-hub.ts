/**
 * One set of event streams for all pages of a browser.
 *
 * A browser opens at most six connections to a server (HTTP/1.1), for all its tabs together, and an event stream holds one
 * for as long as it is open. With a stream or two per page, the third page would stand still, its saving included. So pages say
 * which streams they wish, each is opened once, and its events go to every page that wishes it.
 *
 * A page says all its wishes again now and then, which keeps them alive and loses nothing when a word is lost; a page that
 * died says nothing more and is forgotten. Events carry the newest state, so the last of each name is all that a page needs that
 * joins a stream later.
 */

/** A stream of the server by its address, with the names of its events. */
export interface StreamWish {
  readonly url: string;
  readonly events: readonly string[];
}

/** From a page: everything it wishes now. `anew` opens all streams again, because another member has signed in. */
export interface WishMessage {
  readonly wishes: readonly StreamWish[];
  readonly anew?: boolean;
}

/** To a page. `data` is JSON text as the server sent it. */
export type StreamMessage = { readonly url: string } & (
  | { readonly kind: "open" | "lost" }
  | { readonly kind: "event"; readonly event: string; readonly data: string }
);

export interface StreamListener {
  open(): void;
  /** `ended`: nobody tries again by itself. */
  lost(ended: boolean): void;
  event(event: string, data: string): void;
}

export interface HubParts {
  /** Opens a stream of the server. @returns how to close it. */
  readonly open: (wish: StreamWish, listener: StreamListener) => () => void;
  readonly schedule: (work: () => void, ms: number) => () => void;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
}

/** Of six connections, two stay free for what the pages read and save. */
export const streamsMax = 4;

/** A page says its wishes this often. */
export const wishAgainMs = 20_000;

/** Hidden pages are slowed by the browser to one timer a minute; whoever misses two is gone. */
export const forgetMs = 150_000;

/** A refused stream (too many listeners, a proxy) is tried again after this. */
const reopenMs = 5_000;

interface Stream {
  readonly wish: StreamWish;
  isOpen: boolean;
  readonly newest: Map<string, string>;
  close: () => void;
}

interface Page {
  wishes: readonly StreamWish[];
  heardAt: number;
}

export class StreamHub {
  readonly #parts: HubParts;
  readonly #pages = new Map<(message: StreamMessage) => void, Page>();
  readonly #streams = new Map<string, Stream>();
  #callOffSweep: (() => void) | null = null;

  constructor(parts: HubParts) {
    this.#parts = parts;
  }

  /** A page's word; `tell` is that page's for good. */
  hear(tell: (message: StreamMessage) => void, { wishes, anew = false }: WishMessage): void {
    const before = this.#pages.get(tell)?.wishes ?? [];
    if (wishes.length === 0) this.#pages.delete(tell);
    else this.#pages.set(tell, { wishes, heardAt: this.#parts.now() });
    if (anew) for (const stream of this.#streams.values()) this.#reopen(stream);
    for (const { url } of wishes) {
      if (!before.some((wish) => wish.url === url)) this.#catchUp(tell, url);
    }
    this.#settle();
  }

  /** Forgets silent pages, closes what nobody wishes, opens what somebody does. */
  #settle(): void {
    const now = this.#parts.now();
    for (const [tell, { heardAt }] of this.#pages) {
      if (now - heardAt > forgetMs) this.#pages.delete(tell);
    }
    const wished = new Map(
      [...this.#pages.values()].flatMap(({ wishes }) => wishes.map((wish) => [wish.url, wish])),
    );
    for (const [url, stream] of this.#streams) {
      if (wished.has(url)) continue;
      stream.close();
      this.#streams.delete(url);
    }
    for (const [url, wish] of wished) {
      if (this.#streams.size >= streamsMax) break;
      if (!this.#streams.has(url)) this.#open(wish);
    }
    this.#callOffSweep?.();
    this.#callOffSweep = this.#pages.size > 0 ? this.#parts.schedule(() => this.#settle(), forgetMs) : null;
  }

  /** What a page has missed of a stream that others had before it. */
  #catchUp(tell: (message: StreamMessage) => void, url: string): void {
    const stream = this.#streams.get(url);
    if (stream === undefined || !stream.isOpen) return;
    tell({ url, kind: "open" });
    for (const [event, data] of stream.newest) tell({ url, kind: "event", event, data });
  }

  #open(wish: StreamWish): void {
    const stream: Stream = { wish, isOpen: false, newest: new Map(), close: () => undefined };
    this.#streams.set(wish.url, stream);
    this.#connect(stream);
  }

  #reopen(stream: Stream): void {
    stream.close();
    stream.isOpen = false;
    stream.newest.clear();
    this.#connect(stream);
  }

  #connect(stream: Stream): void {
    const { url } = stream.wish;
    const close = this.#parts.open(stream.wish, {
      open: () => {
        stream.isOpen = true;
        this.#tellAll({ url, kind: "open" });
      },
      lost: (ended) => {
        stream.isOpen = false;
        // The stream begins by telling everything: what was told before may no longer be so.
        stream.newest.clear();
        this.#tellAll({ url, kind: "lost" });
        if (ended) stream.close = this.#parts.schedule(() => this.#connect(stream), reopenMs);
      },
      event: (event, data) => {
        stream.newest.set(event, data);
        this.#tellAll({ url, kind: "event", event, data });
      },
    });
    stream.close = close;
  }

  #tellAll(message: StreamMessage): void {
    for (const [tell, { wishes }] of this.#pages) {
      if (wishes.some(({ url }) => url === message.url)) tell(message);
    }
  }
}
