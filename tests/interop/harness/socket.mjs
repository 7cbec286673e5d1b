// A socket of the package `ws` whose messages and end can be awaited.

import { once } from "node:events";

import WebSocket from "ws";

const PATIENCE_MS = 20_000;

export class Socket {
  #messages = [];
  #waiting = [];

  /** Opens one; `protocols` are offered. */
  static async open(url, protocols = []) {
    const socket = new Socket(new WebSocket(url, protocols));
    await once(socket.raw, "open", patience());
    return socket;
  }

  constructor(raw) {
    this.raw = raw;
    this.closed = new Promise((resolve) => raw.once("close", (code, reason) => resolve([code, reason.toString()])));
    raw.on("message", (data, isBinary) => {
      const message = isBinary ? data : data.toString();
      const waiting = this.#waiting.shift();
      if (waiting) waiting(message);
      else this.#messages.push(message);
    });
  }

  send(text) {
    this.raw.send(text);
  }

  /** The next message. */
  next() {
    if (this.#messages.length > 0) return Promise.resolve(this.#messages.shift());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("no message came")), PATIENCE_MS);
      this.#waiting.push((message) => {
        clearTimeout(timer);
        resolve(message);
      });
    });
  }

  /** Its connection id, which the function `chat` tells. */
  whoami() {
    this.send('{"action":"whoami"}');
    return this.next();
  }
}

/** The status with which a handshake is refused. */
export async function refused(url) {
  const raw = new WebSocket(url);
  raw.on("error", () => {});
  const [, response] = await once(raw, "unexpected-response", patience());
  response.resume();
  raw.terminate();
  return response.statusCode;
}

export function patience() {
  return { signal: AbortSignal.timeout(PATIENCE_MS) };
}
