/** @typedef {import("./wasm/everwire.js").Host} HostInterface */
/** @typedef {{ reason: import("./index.js").RefreshReason, signal: AbortSignal }} RefreshRequest */

/**
 * @typedef {object} Callbacks
 * @property {(generation: number) => void} getToken
 * @property {(generation: number, request: RefreshRequest) => void} refreshToken
 * @property {(name: string | undefined, value: unknown) => void} event
 * @property {(type: string, details: () => object) => void} lifecycle
 * @property {(text: string, reason: string) => void} drop
 * @property {(status: any) => void} status
 */

/** The callbacks of each client, for as long as the client itself lives. @type {WeakMap<object, Callbacks>} */
const callbacks = new WeakMap();

/**
 * What WebAssembly calls. It holds its client weakly: WebAssembly's memory is a root for the garbage collector, and a
 * client at rest that its page forgot must not be kept alive by it.
 *
 * @implements {HostInterface}
 */
export class Host {
  #client;

  /**
   * @param {object} client
   * @param {Callbacks} its
   */
  constructor(client, its) {
    this.#client = new WeakRef(client);
    callbacks.set(client, its);
  }

  /** @returns {Callbacks | undefined} */
  get #its() {
    const client = this.#client.deref();
    return client && callbacks.get(client);
  }

  /** @param {number} generation */
  getToken(generation) {
    this.#its?.getToken(generation);
  }

  /**
   * @param {number} generation
   * @param {RefreshRequest["reason"]} reason
   * @param {AbortSignal} signal
   */
  refreshToken(generation, reason, signal) {
    this.#its?.refreshToken(generation, { reason, signal });
  }

  /**
   * @param {string | undefined} name
   * @param {unknown} value
   */
  event(name, value) {
    this.#its?.event(name, value);
  }

  /** @param {unknown} detail */
  gatewayError(detail) {
    this.#its?.lifecycle("gatewayerror", () => ({ detail }));
  }

  /** @param {string} sample */
  messageError(sample) {
    this.#its?.lifecycle("messageerror", () => ({ sample }));
  }

  /** @param {ArrayBuffer} data */
  binary(data) {
    this.#its?.lifecycle("binary", () => ({ data }));
  }

  /**
   * @param {string} text
   * @param {string} reason
   */
  drop(text, reason) {
    this.#its?.drop(text, reason);
  }

  /**
   * @param {string} state
   * @param {string} reason
   * @param {number} attempt
   * @param {number | undefined} until
   * @param {number | undefined} code
   */
  status(state, reason, attempt, until, code) {
    this.#its?.status({ state, reason, attempt, until: until ?? null, code: code ?? null });
  }
}
