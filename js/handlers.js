import { WSEvent } from "./events.js";

/** @typedef {(payload: any, event: WSEvent) => void} Handler */

/** The handlers of application events, by name. They may come and go while an event is on its way. */
export class Handlers {
  /** A list is never changed, only replaced, so that whoever walks one is not disturbed. @type {Map<string, Handler[]>} */
  #byName = new Map();

  /**
   * @param {string} name
   * @param {Handler} handler
   * @param {AbortSignal} [signal]
   * @returns {() => void} detaches the handler
   */
  add(name, handler, signal) {
    if (signal?.aborted) return () => {};
    // A wrapper of its own, so that the same function may be added twice and each is removed alone.
    /** @type {Handler} */
    const entry = (payload, event) => handler(payload, event);
    this.#byName.set(name, [...(this.#byName.get(name) ?? []), entry]);
    const remove = () => {
      signal?.removeEventListener("abort", remove);
      this.#remove(name, entry);
    };
    signal?.addEventListener("abort", remove, { once: true });
    return remove;
  }

  /**
   * @param {string} name
   * @param {unknown} payload
   */
  call(name, payload) {
    const handlers = this.#byName.get(name);
    if (!handlers) return;
    const event = new WSEvent(name, payload);
    for (const handler of handlers) {
      if (this.#byName.get(name)?.includes(handler)) callSafely(handler, payload, event);
    }
  }

  /**
   * @param {string} name
   * @param {Handler} entry
   */
  #remove(name, entry) {
    const rest = this.#byName.get(name)?.filter((handler) => handler !== entry) ?? [];
    if (rest.length > 0) this.#byName.set(name, rest);
    else this.#byName.delete(name);
  }
}

/**
 * One handler that throws neither stops the others nor closes the socket; its error is reported as an uncaught one is.
 *
 * @param {Handler} handler
 * @param {unknown} payload
 * @param {WSEvent} event
 */
function callSafely(handler, payload, event) {
  try {
    handler(payload, event);
  } catch (error) {
    reportError(error);
  }
}
