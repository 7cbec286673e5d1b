import { EverwireError } from "./errors.js";

/** API Gateway takes no frame above 32 KB and a script cannot choose fragmentation: bytes of UTF-8 in one message. */
const LARGEST = 32_000;

/** Limits of what waits while the WebAssembly loads; the same as of its own queue, which takes over then. */
const MESSAGES = 256;
const BYTES = 1024 * 1024;
const LIFETIME_MS = 60_000;

/**
 * The JSON text of a message; a string is one already.
 *
 * @param {unknown} message
 * @returns {string}
 */
export function outbound(message) {
  const text = typeof message === "string" ? message : stringify(message);
  // UTF-8 needs at most three bytes for one unit of a JavaScript string: short texts need no counting.
  if (text.length * 3 <= LARGEST) return text;
  const length = byteLength(text);
  if (length > LARGEST) {
    throw new EverwireError("too-large", `the message has ${length} bytes, at most ${LARGEST} fit in one frame: send it in parts`);
  }
  return text;
}

/** @param {unknown} message */
function stringify(message) {
  let text;
  let cause;
  try {
    text = JSON.stringify(message);
  } catch (error) {
    cause = error;
  }
  if (text !== undefined) return text;
  throw new EverwireError("not-json", "the message cannot be written as JSON", { cause });
}

/** @param {string} text */
function byteLength(text) {
  return new TextEncoder().encode(text).length;
}

/** Messages that were sent before the WebAssembly was there, in order. */
export class Unsent {
  /** @type {{ text: string, bytes: number, at: number }[]} */
  #entries = [];
  #bytes = 0;

  /**
   * @param {string} text
   * @param {(text: string) => void} dropped takes what has to go for it
   */
  push(text, dropped) {
    const bytes = byteLength(text);
    this.#entries.push({ text, bytes, at: Date.now() });
    this.#bytes += bytes;
    while (this.#entries.length > MESSAGES || this.#bytes > BYTES) dropped(this.#shift());
  }

  /** @param {(text: string) => void} dropped takes what has waited for too long */
  expire(dropped) {
    const over = Date.now() - LIFETIME_MS;
    while (this.#entries.length > 0 && this.#entries[0].at <= over) dropped(this.#shift());
  }

  /** @param {(text: string) => void} take */
  drain(take) {
    const entries = this.#entries.splice(0);
    this.#bytes = 0;
    for (const { text } of entries) take(text);
  }

  #shift() {
    const { text = "", bytes = 0 } = this.#entries.shift() ?? {};
    this.#bytes -= bytes;
    return text;
  }
}
