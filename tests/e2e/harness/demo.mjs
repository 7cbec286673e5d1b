// A demo in a process of its own, with its output in a file: started, interrupted, killed and started again.

import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { consoleFolder, demoBinary, tracesFolder } from "./places.mjs";

const READY = /^Everwire console: (http:\/\/\S+:\d+)\/$/m;
const START_MS = 30_000;

export class Demo {
  #child = null;
  #ports = { page: "0", admin: "0" };
  #folder;
  #flags;
  #logs = [];

  /** `name` names the folder of its logs; `flags` are further flags. The store is new. */
  constructor(name, flags = []) {
    this.#folder = tracesFolder(name);
    this.#flags = flags;
    this.store = path.join(mkdtempSync(path.join(this.#folder, "store-")), "demo.db");
  }

  /** Starts it, or starts it again: on the same store and the same ports. */
  async start() {
    if (!existsSync(demoBinary)) throw new Error(`${demoBinary} is missing: run cargo build -p everwire-demo`);
    if (!existsSync(path.join(consoleFolder, "index.html"))) {
      throw new Error(`${consoleFolder} holds no page: run cargo xtask build`);
    }
    const log = path.join(this.#folder, `demo-${this.#logs.length + 1}.log`);
    const output = openSync(log, "w");
    const { page, admin } = this.#ports;
    const own = ["--port", page, "--admin", admin, "--store", `sqlite:${this.store}`, "--console", consoleFolder];
    const child = spawn(demoBinary, [...own, ...this.#flags], { stdio: ["ignore", output, output], env: environment() });
    closeSync(output);
    this.#child = child;
    this.#logs.push(log);
    process.once("exit", () => child.kill("SIGKILL"));

    this.url = await this.#ready(child, log);
    const { admin: adminUrl } = await this.get("/demo/config");
    this.admin = adminUrl;
    this.#ports = { page: new URL(this.url).port, admin: new URL(adminUrl).port };
    return this;
  }

  /** SIGKILL: no close frame, no `$disconnect`. */
  async kill() {
    await this.#end("SIGKILL");
  }

  /** Interrupts it as Ctrl-C would; gives the exit code. */
  async stop() {
    if (this.#child === null) return null;
    const code = await this.#end("SIGINT");
    rmSync(path.dirname(this.store), { recursive: true, force: true });
    return code;
  }

  /** The JSON that one of its own endpoints answers. */
  async get(endpoint) {
    const answer = await fetch(this.url + endpoint);
    if (!answer.ok) throw new Error(`${endpoint} answered ${answer.status}`);
    return answer.json();
  }

  stats() {
    return this.get("/demo/stats");
  }

  /** Cuts every connection, as the page's button does. */
  async killConnections() {
    const answer = await fetch(`${this.admin}/faults/kill`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    return (await answer.json()).killed;
  }

  /** The files of its output, one for each start. */
  get logs() {
    return [...this.#logs];
  }

  /** The gateway's lines with this message, of the latest start. */
  lines(message) {
    return gatewayLines(this.#logs.at(-1), message);
  }

  async #ready(child, log) {
    for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(50)) {
      const text = readFileSync(log, "utf8");
      const ready = READY.exec(text);
      if (ready) return ready[1];
      if (child.exitCode !== null) throw new Error(`the demo ended at once (${child.exitCode}): ${text}`);
    }
    throw new Error(`the demo did not say within ${START_MS / 1000} s that it is ready; see ${log}`);
  }

  async #end(signal) {
    const child = this.#child;
    this.#child = null;
    const ended = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
    child.kill(signal);
    return ended;
  }
}

/** The gateway's log lines with this message in a file of one demo's output. */
export function gatewayLines(file, message) {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .filter((line) => line.target.startsWith("everwire_gateway") && line.message === message);
}

/** Ours alone: a developer's EVERWIRE_* settings would point the demo elsewhere. */
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("EVERWIRE_")));
}
