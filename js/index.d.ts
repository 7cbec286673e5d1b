/** Where a client is. */
export type State =
  | "idle"
  | "preparing"
  | "connecting"
  | "open"
  | "rotating"
  | "waiting"
  | "offline"
  | "auth-required"
  | "closed"
  | "failed";

/** Why a client is where it is. */
export type Reason =
  | "app"
  | "progress"
  | "retry"
  | "handshake-failed"
  | "connect-timeout"
  | "connection-lost"
  | "unresponsive"
  | "rotation"
  | "token-failed"
  | "token-timeout"
  | "unauthorized"
  | "rejected"
  | "network-lost"
  | "wake"
  | "page-hidden"
  | "page-shown"
  | "wasm";

/** A client's state with all that a person wants to know of it. */
export interface Status {
  readonly state: State;
  readonly reason: Reason;
  /** Attempts that failed, or connections lost, since the last stable connection. */
  readonly attempt: number;
  /** When the wait ends, in milliseconds since the epoch. */
  readonly until: number | null;
  /** The close code of the connection that was lost last; 1006 also for a handshake that failed, whatever the server said. */
  readonly code: number | null;
}

/** Why a token source is asked to refresh. */
export type RefreshReason = "initial" | "expiring" | "rejected" | "wake";

/** Where a client gets its token, and how the token is refreshed. */
export interface TokenSource {
  /** The token that is there. Called before each connect, and again under the lock before a refresh. */
  get(): string | null | undefined | Promise<string | null | undefined>;
  /**
   * A new token. Runs under a lock over all tabs of the origin. Throw `Unauthorized` (or an error with the status 401, 403
   * or 422) if nobody is signed in; any other error is tried again after a wait. `signal` aborts when nobody waits any more.
   */
  refresh(request: { reason: RefreshReason; signal: AbortSignal }): string | null | Promise<string | null>;
}

export interface WSClientOptions {
  /** `wss://HOST/STAGE`, or `ws://` for a server on this machine. */
  url: string | URL;
  /** A bare function is a refresh whose last token is kept. Without a source the client connects without a token. */
  token?: TokenSource | TokenSource["refresh"];
  /** The query parameter that carries the token. Default: `token`. */
  tokenParam?: string;
  /** The lock under which the token is refreshed. Default: `everwire:refresh:` and the URL's origin and path. */
  lockName?: string;
}

/** The code of an `EverwireError`. */
export type ErrorCode = "options" | "url" | "close-code" | "too-large" | "not-json" | "token" | "wasm";

/** What a caller did wrong, or what a client could not do. */
export class EverwireError extends Error {
  constructor(code: ErrorCode, message: string, options?: ErrorOptions);
  readonly code: ErrorCode;
}

/** Thrown by a token source: nobody is signed in. */
export class Unauthorized extends Error {}

/** `"onwebsocketmessage"`: the name under which clients of old dispatched every message. */
export const WEBSOCKET_EVENT: "onwebsocketmessage";

/** Every application event: `message` is the parsed JSON. */
export class WSEvent<T = unknown> extends Event {
  constructor(type: string, message: T);
  readonly message: T;
}

/** The lifecycle events, for `addEventListener`. */
export interface LifecycleEvents {
  /** Every application event, named or not. */
  message: WSEvent;
  onwebsocketmessage: WSEvent;
  statechange: Event & Status;
  open: Event;
  close: Event & { readonly code: number | null };
  /** A message that is not JSON: a bounded sample without anything that could be a token. */
  messageerror: Event & { readonly sample: string };
  binary: Event & { readonly data: ArrayBuffer };
  /** An error frame of API Gateway itself; the connection stays. */
  gatewayerror: Event & {
    readonly detail: { readonly message: string; readonly connectionId: string; readonly requestId: string };
  };
  /** A message that will not be sent. */
  drop: Event & {
    readonly message: unknown;
    readonly reason: "overflow" | "expired" | "closed" | "subject-changed";
  };
  /** What the token source threw. */
  tokenerror: Event & { readonly error: unknown };
  /** The WebAssembly could not be loaded; `open` tries anew. */
  error: Event & { readonly error: EverwireError };
}

/**
 * An authenticated WebSocket that stays connected.
 *
 * ```js
 * const client = new WSClient({ url: "wss://api.example.com/prod", token: { get: () => auth.access, refresh } });
 * client.on("order.updated", (order) => show(order));
 * client.open();
 * ```
 *
 * `Events` maps the names of application events to their payloads.
 */
export class WSClient<Events extends object = Record<string, any>> extends EventTarget {
  /** Does nothing before `open`: no network, no WebAssembly, also on a server. Throws `EverwireError` for bad options. */
  constructor(options: WSClientOptions);

  readonly state: State;
  readonly status: Status;
  /** Whether there is a connection: the state is `open` or `rotating`. */
  readonly isConnected: boolean;

  /** Connects, and stays connected until `close`. Ends a wait; does nothing while there is a connection. */
  open(): void;
  /**
   * Disconnects with 1000 or 3000 to 4999, and a reason of at most 123 bytes of UTF-8; a longer one is left out. Messages
   * that wait are dropped and reported by `drop`.
   */
  close(code?: number, reason?: string): void;
  /** Replaces the connection, or the wait for one, by a new one at once. */
  reconnect(): void;
  /**
   * Sends a message as JSON; a string is sent as it is. While there is no connection it waits for one: up to 256 messages
   * and 1 MiB for up to 60 s each, the oldest dropped first. Throws `EverwireError` above 32,000 bytes of UTF-8.
   */
  send(message: unknown): "sent" | "queued" | "dropped";
  /** Handles each application event of one name (the string at `action`, else at `type`); returns what detaches the handler. */
  on<Name extends keyof Events & string>(
    name: Name,
    handler: (payload: Events[Name], event: WSEvent<Events[Name]>) => void,
    options?: { signal?: AbortSignal },
  ): () => void;

  addEventListener<Type extends keyof LifecycleEvents>(
    type: Type,
    listener: ((this: this, event: LifecycleEvents[Type]) => void) | { handleEvent(event: LifecycleEvents[Type]): void } | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Type extends keyof LifecycleEvents>(
    type: Type,
    listener: ((this: this, event: LifecycleEvents[Type]) => void) | { handleEvent(event: LifecycleEvents[Type]): void } | null,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void;

  [Symbol.dispose](): void;
}
