// `wscat`, the client that people type into.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import readline from "node:readline";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { Gateway } from "./harness/gateway.mjs";
import { patience } from "./harness/socket.mjs";

const wscat = fileURLToPath(new URL("node_modules/wscat/bin/wscat", import.meta.url));

/** `wscat -c URL`, ended with the test. */
function connect(t, url, flags = []) {
  const child = spawn(process.execPath, [wscat, "-c", url, ...flags], { stdio: "pipe" });
  t.after(() => child.kill());
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const errors = readline.createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  return {
    child,
    type: (line) => child.stdin.write(`${line}\n`),
    // After each typed line it prints its prompt, without an end.
    heard: async () => (await lines.next()).value?.replace(/^(> )+/, ""),
    error: async () => (await errors.next()).value,
  };
}

/** The id of the only connection, once there is one. */
async function onlyId(gateway) {
  for (;;) {
    const answer = await fetch(`${gateway.admin}/connections`, patience());
    const [connection] = (await answer.json()).connections;
    if (connection) return connection.connectionId;
    await sleep(20);
  }
}

async function push(gateway, id, body) {
  const url = `${gateway.http}/dev/@connections/${encodeURIComponent(id)}`;
  const answer = await fetch(url, { method: "POST", body, ...patience() });
  assert.equal(answer.status, 200);
}

test("a push arrives, and what is typed comes back", async (t) => {
  const gateway = await Gateway.start(t);
  const session = connect(t, `${gateway.url}?token=t`);
  const id = await onlyId(gateway);
  // It takes no line before it is connected, and that it is can only be told by what it prints.
  await push(gateway, id, '{"text":"a push"}');
  assert.equal(await session.heard(), '{"text":"a push"}');
  session.type('{"action":"whoami"}');
  assert.equal(await session.heard(), id);
});

test("a refusal is shown with its status", async (t) => {
  const gateway = await Gateway.start(t);
  const session = connect(t, `${gateway.url}?token=bad`);
  assert.equal(await session.error(), "error: Unexpected server response: 403");
});

test("one message by a flag, then it leaves and $disconnect runs", async (t) => {
  const gateway = await Gateway.start(t);
  const session = connect(t, `${gateway.url}?token=t`, ["-x", '{"once":true}', "-w", "1"]);
  assert.equal(await session.heard(), '{"once":true}');
  await once(session.child, "exit", patience());
  assert.equal(await gateway.stop(), 0);
  assert.equal(gateway.lambda.events("DISCONNECT").length, 1);
});
