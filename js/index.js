// The entry with the WebAssembly inside: one request less, and it works in every bundler.

import { loadFrom } from "./load.js";
import { wasmBase64 } from "./wasm/inline.js";

loadFrom(() => Uint8Array.from(atob(wasmBase64), (character) => character.charCodeAt(0)));

export { WSClient } from "./client.js";
export { EverwireError, Unauthorized } from "./errors.js";
export { WEBSOCKET_EVENT, WSEvent } from "./events.js";
