// A copy of js/ with a stand-in for its WebAssembly, fresh for each test: the test decides when and whether that loads.

import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const SOURCES = fileURLToPath(new URL("../../../js", import.meta.url));

/** `loads`, `constructs` and `opens` are the test's to replace; `connections` are what the facade made, each with its calls. */
const WASM = `
export const wasm = { connections: [], loads: async () => {}, constructs: () => {}, opens: () => {} };
export default async () => void (await wasm.loads());
export class Connection {
  calls = [];
  constructor(url, tokenParam, lockName, hasToken, host) {
    wasm.constructs();
    Object.assign(this, { url, tokenParam, lockName, hasToken, host });
    wasm.connections.push(this);
  }
  #note(...call) { this.calls.push(call); }
  open() {
    wasm.opens();
    this.#note("open");
    if (this.hasToken) this.host.getToken(1);
  }
  close(...args) { this.#note("close", ...args); this.host.status("closed", "app", 0, undefined, undefined); }
  reconnect() { this.#note("reconnect"); }
  send(text) { this.#note("send", text); return "queued"; }
  token(...args) { this.#note("token", ...args); }
  tokenFailed(...args) { this.#note("tokenFailed", ...args); }
}
`;

/** The exports of the package, and its `wasm`. */
export async function facade(t) {
  const folder = await mkdtemp(join(tmpdir(), "everwire-js-"));
  t.after(() => rm(folder, { recursive: true }));
  await cp(SOURCES, folder, { recursive: true });
  await mkdir(join(folder, "wasm"));
  await writeFile(join(folder, "wasm/everwire.js"), WASM);
  await writeFile(join(folder, "wasm/inline.js"), `export const wasmBase64 = "";`);
  const file = (name) => pathToFileURL(join(folder, name)).href;
  const { wasm } = await import(file("wasm/everwire.js"));
  return { ...(await import(file("index.js"))), wasm };
}

/** A load that the test ends: `arrives()` or `fails(error)`. */
export function held(wasm) {
  const { promise, resolve, reject } = withResolvers();
  wasm.loads = () => promise;
  return { arrives: () => settle(resolve), fails: (error) => settle(() => reject(error)) };
}

/** Every reaction to what is settled has run. */
export async function settle(action = () => {}) {
  action();
  await new Promise((resolve) => setImmediate(resolve));
}

function withResolvers() {
  let settlers;
  const promise = new Promise((resolve, reject) => (settlers = { resolve, reject }));
  return { promise, ...settlers };
}
