// `everwire-gateway serve` in a process of its own, with the functions of a test behind it.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";

import { Lambda } from "./lambda.mjs";

const binary = process.env.EVERWIRE_GATEWAY_BIN;

/** Allows whoever brings a token; `bad` is denied and `expired` fails as an authorizer fails. */
function authorizer(event) {
  const { token } = event.queryStringParameters;
  if (token === "expired") throw new Error("Unauthorized");
  return {
    principalId: "user-1",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [{ Action: "execute-api:Invoke", Effect: token === "bad" ? "Deny" : "Allow", Resource: event.methodArn }],
    },
    context: { tenant: "t9" },
  };
}

/** Answers `whoami` with the connection's id, `fail` by failing, and everything else with itself. */
function chat(event) {
  if (event.requestContext.eventType === "CONNECT") {
    const offered = event.headers["Sec-WebSocket-Protocol"]?.split(",").map((name) => name.trim());
    return { statusCode: 200, headers: offered && { "Sec-WebSocket-Protocol": offered[0] } };
  }
  if (event.body === '{"action":"whoami"}') return { statusCode: 200, body: event.requestContext.connectionId };
  if (event.body === '{"action":"fail"}') throw new Error("failure");
  return { statusCode: 200, body: event.body };
}

export class Gateway {
  #child;
  #folder;
  /** Its log, a parsed line each. */
  log = [];

  /** Starts functions and gateway; both end with the test `t`. */
  static async start(t) {
    const gateway = new Gateway();
    t.after(() => gateway.stop());
    await gateway.#start();
    return gateway;
  }

  async #start() {
    if (!binary) throw new Error("set EVERWIRE_GATEWAY_BIN to the binary of `cargo build -p everwire-gateway`");
    this.lambda = await new Lambda().start({ authorizer, chat });
    this.#folder = mkdtempSync(path.join(os.tmpdir(), "everwire-interop-"));
    const config = path.join(this.#folder, "gateway.toml");
    writeFileSync(config, file(this.lambda.url));
    this.#child = spawn(binary, ["serve", "--config", config], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = readline.createInterface({ input: this.#child.stdout });
    const listening = new Promise((resolve, reject) => {
      lines.on("line", (line) => {
        const entry = JSON.parse(line);
        this.log.push(entry);
        if (entry.message === "listening") resolve(entry);
      });
      this.#child.once("exit", (code) => reject(new Error(`the gateway ended at once (${code})`)));
    });
    const { url, admin } = await listening;
    this.url = url;
    this.admin = admin;
    this.http = url.replace("ws://", "http://").replace(/\/dev$/, "");
  }

  /** Interrupts it as Ctrl-C would; gives the exit code. */
  async stop() {
    const child = this.#child;
    if (child && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGINT");
      await ended;
    }
    this.lambda?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
    return child?.exitCode;
  }
}

function file(endpoint) {
  return `
    port = 0
    admin = 0
    [authorizer]
    function = "authorizer"
    identity = "route.request.querystring.token"
    [routes]
    "$connect" = "chat"
    "$disconnect" = "chat"
    "$default" = { function = "chat", two_way = true }
    [functions]
    authorizer = "${endpoint}"
    chat = "${endpoint}"
  `;
}
