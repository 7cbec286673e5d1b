// Messages that are sent before the WebAssembly is there.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { facade, settle } from "./harness/facade.mjs";

function drops(client) {
  const seen = [];
  client.addEventListener("drop", ({ message, reason }) => seen.push([message, reason]));
  return seen;
}

const sent = ([connection]) => connection.calls.filter(([name]) => name === "send").map(([, text]) => text);

test("they are handed over in order, before the connection is opened", async (t) => {
  const { WSClient, wasm } = await facade(t);
  const client = new WSClient({ url: "wss://h/prod" });
  assert.equal(client.send({ action: "a" }), "queued");
  client.open();
  assert.equal(client.send("b"), "queued");
  await settle();
  assert.deepEqual(wasm.connections[0].calls, [["send", '{"action":"a"}'], ["send", "b"], ["open"]]);
});

// index.d.ts promises 60 s. What was sent to a client that nobody opened went out whenever somebody did.
test("they wait no longer than a minute, and are told of when they are dropped", async (t) => {
  const { WSClient, wasm } = await facade(t);
  mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
  t.after(() => mock.timers.reset());
  const client = new WSClient({ url: "wss://h/prod" });
  const seen = drops(client);
  client.send(1);
  mock.timers.tick(1);
  client.send(2);
  mock.timers.tick(59_999);
  client.open();
  await settle();
  assert.deepEqual([seen, sent(wasm.connections)], [[[1, "expired"]], ["2"]]);
});

test("a listener that closes the client when it hears of one that expired has the last word", async (t) => {
  const { WSClient, wasm } = await facade(t);
  mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
  t.after(() => mock.timers.reset());
  const client = new WSClient({ url: "wss://h/prod" });
  client.addEventListener("drop", () => client.close());
  client.send(1);
  mock.timers.tick(60_000);
  client.open();
  await settle();
  assert.deepEqual([client.state, wasm.connections.length], ["closed", 0]);
});

test("the oldest make way at 256 messages and at 1 MiB", async (t) => {
  const { WSClient } = await facade(t);
  const many = new WSClient({ url: "wss://h/prod" });
  const overMany = drops(many);
  for (let n = 0; n < 257; n += 1) many.send(n);
  assert.deepEqual(overMany, [[0, "overflow"]]);

  const large = new WSClient({ url: "wss://h/prod" });
  const overLarge = drops(large);
  for (let n = 0; n < 33; n += 1) large.send("é".repeat(16_000));
  assert.deepEqual(overLarge, [["é".repeat(16_000), "overflow"]]);
});

test("a close drops them, and what is sent after it", async (t) => {
  const { WSClient, wasm } = await facade(t);
  const client = new WSClient({ url: "wss://h/prod" });
  const seen = drops(client);
  client.send(1);
  client.close();
  assert.equal(client.send(2), "dropped");
  client.open();
  await settle();
  assert.deepEqual([seen, sent(wasm.connections)], [[[1, "closed"], [2, "closed"]], []]);
});

test("what cannot be sent is refused by name and not queued", async (t) => {
  const { WSClient, wasm } = await facade(t);
  const client = new WSClient({ url: "wss://h/prod" });
  for (const [message, code] of [[undefined, "not-json"], [1n, "not-json"], [() => {}, "not-json"], ["é".repeat(16_001), "too-large"]]) {
    assert.throws(() => client.send(message), { name: "EverwireError", code });
  }
  client.open();
  await settle();
  assert.deepEqual(sent(wasm.connections), []);
});
