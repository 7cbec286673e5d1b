// Listeners: what each hears, and that none disturbs another.

import assert from "node:assert/strict";
import { test } from "node:test";

import { facade, settle } from "./harness/facade.mjs";

async function connected(t, options) {
  const { WSClient, wasm } = await facade(t);
  const client = new WSClient({ url: "wss://h/prod", ...options });
  client.open();
  await settle();
  return { client, host: wasm.connections[0].host };
}

test("a handler that throws stops nobody, and its error is reported as an uncaught one is", async (t) => {
  const reported = [];
  globalThis.reportError = (error) => reported.push(error.message);
  t.after(() => delete globalThis.reportError);
  const { client, host } = await connected(t);
  const seen = [];
  client.on("a", () => { throw new Error("mine"); });
  client.on("a", (payload, event) => seen.push(payload, event.type, event.message));
  host.event("a", { n: 1 });
  assert.deepEqual([seen, reported], [[{ n: 1 }, "a", { n: 1 }], ["mine"]]);
});

test("a handler may detach itself and others, and one that comes meanwhile hears the next event", async (t) => {
  const { client, host } = await connected(t);
  const seen = [];
  const first = client.on("a", () => {
    seen.push("first");
    first();
    second();
    client.on("a", () => seen.push("third"));
  });
  const second = client.on("a", () => seen.push("second"));
  host.event("a", 1);
  host.event("a", 2);
  assert.deepEqual(seen, ["first", "third"]);
});

test("one function that is attached twice is called twice and detached alone; a signal detaches too", async (t) => {
  const { client, host } = await connected(t);
  const controller = new AbortController();
  let calls = 0;
  const count = () => (calls += 1);
  const detach = client.on("a", count);
  client.on("a", count, { signal: controller.signal });
  host.event("a", 1);
  assert.equal(calls, 2);
  detach();
  host.event("a", 1);
  assert.equal(calls, 3);
  controller.abort();
  host.event("a", 1);
  client.on("a", count, { signal: controller.signal });
  host.event("a", 1);
  assert.equal(calls, 3);
});

test("names of an object's own machinery are names like others", async (t) => {
  const { client, host } = await connected(t);
  const seen = [];
  for (const name of ["__proto__", "constructor", ""]) client.on(name, () => seen.push(name));
  for (const name of ["__proto__", "constructor", "", "toString"]) host.event(name, {});
  assert.deepEqual(seen, ["__proto__", "constructor", ""]);
});

test("message and the name of old hear every event, also one without a name", async (t) => {
  const { client, host } = await connected(t);
  const seen = [];
  for (const type of ["message", "onwebsocketmessage"]) client.addEventListener(type, (event) => seen.push([type, event.message]));
  host.event(undefined, 5);
  assert.deepEqual(seen, [["message", 5], ["onwebsocketmessage", 5]]);
});

test("open and close are told once for each connection, with the close code", async (t) => {
  const { client, host } = await connected(t);
  const seen = [];
  client.addEventListener("open", () => seen.push("open"));
  client.addEventListener("close", ({ code }) => seen.push(code));
  host.status("open", "progress", 0, undefined, undefined);
  host.status("open", "progress", 1, undefined, undefined);
  host.status("waiting", "connection-lost", 1, 1_800_000_000_000, 1001);
  host.status("connecting", "progress", 1, undefined, 1001);
  assert.deepEqual(seen, ["open", 1001]);
});

test("what a source answers is a token or none; anything else is an error without the value", async (t) => {
  const errors = [];
  for (const [answer, call] of [["t", ["token", 1, "t"]], [null, ["token", 1, undefined]], ["", ["token", 1, undefined]], [{ accessToken: "secret" }, ["tokenFailed", 1, false]]]) {
    const { WSClient, wasm } = await facade(t);
    const client = new WSClient({ url: "wss://h/prod", token: { get: () => answer, refresh: async () => "" } });
    client.addEventListener("tokenerror", ({ error }) => errors.push(error.message));
    client.open();
    await settle();
    assert.deepEqual(wasm.connections[0].calls.at(-1), call);
  }
  assert.deepEqual(errors, ["the token source must bring a string or null, not object"]);
});
