// The gateway with `ws`, the client and server library of Node.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import WebSocket from "ws";

import { Gateway } from "./harness/gateway.mjs";
import { Socket, patience, refused } from "./harness/socket.mjs";

test("a message comes back, also in another alphabet", async (t) => {
  const gateway = await Gateway.start(t);
  const socket = await Socket.open(`${gateway.url}?token=t`);
  for (const text of ['{"text":"grüß dich 👋"}', "no JSON", "x".repeat(32_768)]) {
    socket.send(text);
    assert.equal(await socket.next(), text);
  }
});

test("an authorizer decides about the handshake", async (t) => {
  const gateway = await Gateway.start(t);
  assert.equal(await refused(gateway.url), 401);
  assert.equal(await refused(`${gateway.url}?token=expired`), 401);
  assert.equal(await refused(`${gateway.url}?token=bad`), 403);
  assert.equal(await refused(`${gateway.http.replace("http", "ws")}/prod?token=t`), 403);
  assert.deepEqual(gateway.lambda.events("CONNECT"), []);
});

test("a function that fails is answered by the error frame", async (t) => {
  const gateway = await Gateway.start(t);
  const socket = await Socket.open(`${gateway.url}?token=t`);
  socket.send('{"action":"fail"}');
  const frame = await socket.next();
  assert.match(frame, /^\{"message": "Internal server error", "connectionId":"\S{15}=", "requestId":"\S{15}="\}$/);
  assert.equal(JSON.parse(frame).connectionId, await socket.whoami());
});

test("limits end a connection with their own close codes", async (t) => {
  const gateway = await Gateway.start(t);
  for (const [data, code] of [
    ["x".repeat(32_769), 1009],
    [Buffer.from("binary"), 1003],
  ]) {
    const socket = await Socket.open(`${gateway.url}?token=t`);
    socket.raw.send(data);
    assert.equal((await socket.closed)[0], code);
  }
  assert.deepEqual(gateway.lambda.events("MESSAGE"), []);
});

test("a message in several frames arrives whole", async (t) => {
  const gateway = await Gateway.start(t);
  const socket = await Socket.open(`${gateway.url}?token=t`);
  socket.raw.send("x".repeat(30_000), { fin: false });
  socket.raw.send("y".repeat(30_000), { fin: true });
  assert.equal(await socket.next(), "x".repeat(30_000) + "y".repeat(30_000));
});

test("a ping is answered with its own bytes and no function sees it", async (t) => {
  const gateway = await Gateway.start(t);
  const socket = await Socket.open(`${gateway.url}?token=t`);
  socket.raw.ping("are you there");
  const [data] = await once(socket.raw, "pong", patience());
  assert.equal(data.toString(), "are you there");
  assert.deepEqual(gateway.lambda.events("MESSAGE"), []);
});

test("the function chooses the sub-protocol, and compression is not negotiated", async (t) => {
  const gateway = await Gateway.start(t);
  const socket = await Socket.open(`${gateway.url}?token=t`, ["v2", "v1"]);
  assert.equal(socket.raw.protocol, "v2");
  assert.equal(socket.raw.extensions, "");
});

test("$disconnect is told how a client left", async (t) => {
  const gateway = await Gateway.start(t);
  for (const leave of [(raw) => raw.close(), (raw) => raw.close(4000, "bye"), (raw) => raw.terminate()]) {
    const socket = await Socket.open(`${gateway.url}?token=t`);
    leave(socket.raw);
    await socket.closed;
  }
  assert.equal(await gateway.stop(), 0);
  const ends = gateway.lambda.events("DISCONNECT").map(({ requestContext: told }) => told);
  assert.deepEqual(ends.map((told) => told.disconnectStatusCode).sort(), [1005, 1006, 4000]);
  assert.equal(ends.find((told) => told.disconnectStatusCode === 4000).disconnectReason, "bye");
});

test("a gateway that stops says goodbye with 1001", async (t) => {
  const gateway = await Gateway.start(t);
  const socket = await Socket.open(`${gateway.url}?token=t`);
  assert.equal(await gateway.stop(), 0);
  assert.equal((await socket.closed)[0], 1001);
  assert.equal(socket.raw.readyState, WebSocket.CLOSED);
});
