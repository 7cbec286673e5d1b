// The facade while its WebAssembly loads, when that fails, and when the app has changed its mind meanwhile.

import assert from "node:assert/strict";
import { test } from "node:test";

import { facade, held, settle } from "./harness/facade.mjs";

const URL = "wss://h/prod";

function follow(client) {
  const seen = [];
  for (const type of ["statechange", "error", "drop", "tokenerror"]) {
    client.addEventListener(type, (event) => seen.push([type, event.state ?? event.reason ?? event.error.code ?? event.error.message]));
  }
  return seen;
}

const names = (connection) => connection.calls.map(([name]) => name);

test("construction is inert: nothing is loaded, nobody is asked for a token", async (t) => {
  const { WSClient, wasm } = await facade(t);
  const asked = [];
  wasm.loads = async () => asked.push("wasm");
  const client = new WSClient({ url: URL, token: { get: () => asked.push("token"), refresh: async () => "" } });
  await settle();
  assert.deepEqual([client.state, asked], ["idle", []]);
});

test("the token is asked for once, while the WebAssembly loads", async (t) => {
  const { WSClient, wasm } = await facade(t);
  const load = held(wasm);
  let asked = 0;
  const client = new WSClient({ url: URL, token: { get: () => `token ${++asked}`, refresh: async () => "" } });
  client.open();
  assert.equal(asked, 1);
  await load.arrives();
  assert.deepEqual(wasm.connections[0].calls, [["open"], ["token", 1, "token 1"]]);
  wasm.connections[0].host.getToken(2);
  await settle();
  assert.deepEqual(wasm.connections[0].calls.at(-1), ["token", 2, "token 2"]);
});

test("a client that is closed while it loads makes no connection, and one that is opened again makes one", async (t) => {
  const { WSClient, wasm } = await facade(t);
  const load = held(wasm);
  const closed = new WSClient({ url: URL });
  closed.open();
  closed.close();
  const again = new WSClient({ url: URL });
  again.open();
  again.close();
  again.open();
  await load.arrives();
  assert.equal(closed.state, "closed");
  assert.equal(wasm.connections.length, 1);
});

// A source may find while it is asked that nobody is signed in. The client said "preparing" for ever after.
test("a source that closes the client while it is asked leaves it closed", async (t) => {
  const { WSClient, wasm } = await facade(t);
  const client = new WSClient({ url: URL, token: { get: () => void client.close(), refresh: async () => "" } });
  client.open();
  await settle();
  assert.deepEqual([client.state, wasm.connections.length], ["closed", 0]);
});

// What was read before another user signed in is not the token of the connection that the app asked for after.
test("a reconnect while it loads asks for the token anew", async (t) => {
  const { WSClient, wasm } = await facade(t);
  const load = held(wasm);
  let user = "ada";
  const client = new WSClient({ url: URL, token: { get: () => user, refresh: async () => "" } });
  client.open();
  user = "bob";
  client.reconnect();
  await load.arrives();
  assert.deepEqual(wasm.connections[0].calls, [["open"], ["token", 1, "bob"]]);
});

test("a load that fails is told, and the next open tries anew", async (t) => {
  const { WSClient, EverwireError, wasm } = await facade(t);
  const client = new WSClient({ url: URL });
  const seen = follow(client);
  let error;
  client.addEventListener("error", (event) => (error = event.error));
  wasm.loads = async () => {
    throw new Error("blocked");
  };
  client.open();
  await settle();
  assert.deepEqual(seen, [["statechange", "preparing"], ["statechange", "failed"], ["error", "wasm"]]);
  assert.ok(error instanceof EverwireError && error.cause.message === "blocked");

  wasm.loads = async () => {};
  client.open();
  await settle();
  assert.deepEqual(names(wasm.connections[0]), ["open"]);
});

// "failed" was told after the listener, and stood over the load that the listener had begun.
test("a listener may open again when it hears that the load failed", async (t) => {
  const { WSClient, wasm } = await facade(t);
  for (const type of ["error", "statechange"]) {
    const client = new WSClient({ url: URL });
    wasm.loads = async () => {
      throw new Error("blocked");
    };
    client.addEventListener(type, () => {
      if (client.state !== "failed") return;
      wasm.loads = () => new Promise(() => {});
      client.open();
    });
    client.open();
    await settle();
    assert.equal(client.state, "preparing", type);
    client.close();
  }
});

// It was an unhandled rejection, and the client said "preparing" for ever.
test("WebAssembly that traps at the start is a load that failed", async (t) => {
  for (const step of ["constructs", "opens"]) {
    const { WSClient, EverwireError, wasm } = await facade(t);
    const client = new WSClient({ url: URL });
    let error;
    client.addEventListener("error", (event) => (error = event.error));
    wasm[step] = () => {
      throw new WebAssembly.RuntimeError("unreachable");
    };
    client.open();
    await settle();
    assert.equal(client.state, "failed", step);
    assert.ok(error instanceof EverwireError && error.code === "wasm", step);

    wasm[step] = () => {};
    client.open();
    await settle();
    assert.deepEqual(names(wasm.connections.at(-1)), ["open"], step);
  }
});

test("a token that fails while the WebAssembly loads is told once and handled", async (t) => {
  const { WSClient, Unauthorized, wasm } = await facade(t);
  const load = held(wasm);
  const refused = new WSClient({ url: URL, token: { get: async () => { throw new Unauthorized("nobody"); }, refresh: async () => "" } });
  const throwing = new WSClient({ url: URL, token: { get: () => { throw new Error("storage"); }, refresh: async () => "" } });
  const [seen, other] = [follow(refused), follow(throwing)];
  refused.open();
  throwing.open();
  await settle();
  await load.arrives();
  assert.deepEqual(wasm.connections.map((connection) => connection.calls.at(-1)), [["tokenFailed", 1, true], ["tokenFailed", 1, false]]);
  assert.deepEqual([seen.at(-1), other.at(-1)], [["tokenerror", "nobody"], ["tokenerror", "storage"]]);
});
