// Loads the WebAssembly once for all clients of the page.

import init, { Connection } from "./wasm/everwire.js";
import { EverwireError } from "./errors.js";

/** @type {() => import("./wasm/everwire.js").InitInput | Promise<import("./wasm/everwire.js").InitInput>} */
let source;

/** @type {Promise<typeof Connection> | undefined} */
let loading;

/**
 * Says where the WebAssembly comes from; an entry of the package calls it.
 *
 * @param {typeof source} from
 */
export function loadFrom(from) {
  source = from;
}

/**
 * The exports of the WebAssembly. A load that failed is not remembered: the next call tries anew.
 *
 * @returns {Promise<typeof Connection>}
 */
export function load() {
  loading ??= start().catch((cause) => {
    loading = undefined;
    throw new EverwireError("wasm", "the WebAssembly of everwire could not be loaded; a Content-Security-Policy needs 'wasm-unsafe-eval'", { cause });
  });
  return loading;
}

async function start() {
  await init({ module_or_path: await source() });
  return Connection;
}
