// The class that JavaScript sees. It owns the listeners and asks the token source; every decision about the connection is
// made in WebAssembly, by the state machine of everwire-core.

import { EverwireError, isUnauthorized } from "./errors.js";
import { lifecycleEvent, WEBSOCKET_EVENT, WSEvent } from "./events.js";
import { Handlers } from "./handlers.js";
import { Host } from "./host.js";
import { load } from "./load.js";
import { readOptions } from "./options.js";
import { outbound, Unsent } from "./outbound.js";

/** @typedef {import("./wasm/everwire.js").Connection} Connection */

/**
 * Clients with a connection, or on the way to one. A client that its page forgot keeps receiving until it is closed, as a
 * WebSocket does, instead of being collected with a socket that still calls it.
 *
 * @type {Set<WSClient>}
 */
const alive = new Set();

const CONNECTED = new Set(["open", "rotating"]);

/** States in which nothing will happen unless the app calls `open`. */
const AT_REST = new Set(["idle", "auth-required", "closed", "failed"]);

export class WSClient extends EventTarget {
  #options;
  #handlers = new Handlers();
  #unsent = new Unsent();
  /** @type {Connection | null} */
  #connection = null;
  /** What the source answered while the WebAssembly was loading. @type {Promise<string | null | undefined> | null} */
  #prefetched = null;
  /** Whether the load that is under way is still for an open client. @type {object | null} */
  #load = null;
  #status = { state: "idle", reason: "app", attempt: 0, /** @type {number | null} */ until: null, /** @type {number | null} */ code: null };
  #hears = new Set();

  /** @param {any} options */
  constructor(options) {
    super();
    this.#options = readOptions(options);
  }

  get state() {
    return this.#status.state;
  }

  /** The state with its reason, the attempt, the end of the wait and the close code. */
  get status() {
    return { ...this.#status };
  }

  get isConnected() {
    return CONNECTED.has(this.state);
  }

  /** Connects, and stays connected until `close`. */
  open() {
    if (this.#connection) return this.#connection.open();
    if (this.#load) return;
    const thisLoad = {};
    const isWanted = () => this.#load === thisLoad;
    this.#load = thisLoad;
    // Before anybody is asked: a listener or the source may close the client, and that is the last word then.
    this.#setStatus({ ...this.#status, state: "preparing", reason: "app" });
    if (isWanted()) this.#prefetch();
    load()
      .then((Connection) => {
        if (isWanted()) this.#unsent.expire((text) => this.#dropped(text, "expired"));
        if (isWanted()) this.#start(Connection);
      })
      .catch((error) => isWanted() && this.#fail(error));
  }

  /**
   * Disconnects. Messages that wait are dropped and reported.
   *
   * @param {number} [code]
   * @param {string} [reason]
   */
  close(code = 1000, reason = "") {
    if (code !== 1000 && !(Number.isInteger(code) && code >= 3000 && code <= 4999)) {
      throw new EverwireError("close-code", `close code ${code}: a browser sends only 1000 and 3000 to 4999`);
    }
    if (this.#connection) return this.#connection.close(code, reason);
    this.#load = null;
    this.#prefetched = null;
    this.#unsent.drain((text) => this.#dropped(text, "closed"));
    this.#setStatus({ ...this.#status, state: "closed", reason: "app" });
  }

  /** Replaces the connection, or the wait for one, by a new one at once. */
  reconnect() {
    if (this.#connection) return this.#connection.reconnect();
    // The token that was asked for may be that of a user who has signed out since.
    if (this.#load) this.#prefetch();
    else this.open();
  }

  /**
   * Sends a message as JSON; a string is sent as it is. While there is no connection the message waits for one.
   *
   * @param {unknown} message
   * @returns {"sent" | "queued" | "dropped"}
   */
  send(message) {
    const text = outbound(message);
    if (this.#connection) return /** @type {any} */ (this.#connection.send(text));
    if (this.state === "closed") {
      this.#dropped(text, "closed");
      return "dropped";
    }
    this.#unsent.push(text, (dropped) => this.#dropped(dropped, "overflow"));
    return "queued";
  }

  /**
   * Handles each application event of one name.
   *
   * @param {string} name
   * @param {(payload: any, event: WSEvent) => void} handler
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {() => void}
   */
  on(name, handler, options) {
    return this.#handlers.add(name, handler, options?.signal);
  }

  /**
   * @param {string} type
   * @param {any} listener
   * @param {any} [options]
   */
  addEventListener(type, listener, options) {
    this.#hears.add(type);
    super.addEventListener(type, listener, options);
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.close();
  }

  /** @param {typeof import("./wasm/everwire.js").Connection} Connection */
  #start(Connection) {
    const { url, source, tokenParam, lockName } = this.#options;
    const connection = new Connection(url, tokenParam, lockName, source !== null, this.#host());
    this.#connection = connection;
    this.#unsent.drain((text) => void connection.send(text));
    connection.open();
    this.#load = null;
  }

  /** @param {unknown} cause */
  #fail(cause) {
    this.#load = null;
    this.#connection = null;
    this.#prefetched = null;
    const error = cause instanceof EverwireError ? cause : new EverwireError("wasm", "the WebAssembly of everwire could not start", { cause });
    // The status first: a listener of either may open again.
    this.#setStatus({ ...this.#status, state: "failed", reason: "wasm" });
    this.#emit("error", () => ({ error }));
  }

  /** The token is asked for while the WebAssembly loads, so that neither waits for the other. */
  #prefetch() {
    const { source } = this.#options;
    if (!source) return;
    this.#prefetched = new Promise((resolve) => resolve(source.get()));
    // Whoever takes it handles a rejection; without one in time the browser would report it as unhandled.
    this.#prefetched.catch(() => {});
  }

  #host() {
    return new Host(this, {
      getToken: (generation) => {
        const token = this.#prefetched;
        this.#prefetched = null;
        this.#answer(generation, () => token ?? this.#options.source?.get());
      },
      refreshToken: (generation, request) => this.#answer(generation, () => this.#options.source?.refresh(request)),
      event: (name, value) => this.#event(name, value),
      lifecycle: (type, details) => this.#emit(type, details),
      drop: (text, reason) => this.#dropped(text, reason),
      status: (status) => this.#setStatus(status),
    });
  }

  /**
   * @param {number} generation
   * @param {() => any} ask
   */
  async #answer(generation, ask) {
    let token;
    try {
      token = await ask();
      if (token !== null && token !== undefined && typeof token !== "string") {
        throw new EverwireError("token", `the token source must bring a string or null, not ${typeof token}`);
      }
    } catch (error) {
      this.#emit("tokenerror", () => ({ error }));
      this.#connection?.tokenFailed(generation, isUnauthorized(error));
      return;
    }
    this.#connection?.token(generation, token || undefined);
  }

  /**
   * @param {string | undefined} name
   * @param {unknown} value
   */
  #event(name, value) {
    if (name !== undefined) this.#handlers.call(name, value);
    for (const type of ["message", WEBSOCKET_EVENT]) {
      if (this.#hears.has(type)) this.dispatchEvent(new WSEvent(type, value));
    }
  }

  /**
   * @param {string} text
   * @param {string} reason
   */
  #dropped(text, reason) {
    this.#emit("drop", () => ({ message: parsed(text), reason }));
  }

  /** @param {WSClient["status"]} status */
  #setStatus(status) {
    const before = this.#status;
    if (isSame(before, status)) return;
    this.#status = status;
    if (AT_REST.has(status.state)) alive.delete(this);
    else alive.add(this);
    this.#emit("statechange", () => status);
    const [is, was] = [CONNECTED.has(status.state), CONNECTED.has(before.state)];
    if (is && !was) this.#emit("open", () => ({}));
    if (was && !is) this.#emit("close", () => ({ code: status.code }));
  }

  /**
   * Builds the event only if somebody has ever listened for its type.
   *
   * @param {string} type
   * @param {() => object} details
   */
  #emit(type, details) {
    if (this.#hears.has(type)) this.dispatchEvent(lifecycleEvent(type, details()));
  }
}

/**
 * The WebAssembly reports where it begins, which the app knows already from the load.
 *
 * @param {WSClient["status"]} a
 * @param {WSClient["status"]} b
 */
function isSame(a, b) {
  return a.state === b.state && a.reason === b.reason && a.attempt === b.attempt && a.until === b.until && a.code === b.code;
}

/**
 * What an app sent as an object it gets back as one.
 *
 * @param {string} text
 */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
