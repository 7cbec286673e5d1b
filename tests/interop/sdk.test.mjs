// The AWS SDK for JavaScript against the management API: every error is a typed one.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  ForbiddenException,
  GetConnectionCommand,
  GoneException,
  LimitExceededException,
  PayloadTooLargeException,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";

import { Gateway } from "./harness/gateway.mjs";
import { Socket } from "./harness/socket.mjs";

const UNKNOWN = "AAAAAAAAAAAAAAA=";
const LARGEST = 131_072;

/** A client that tries once, so that what it throws is what the gateway answered. */
function client(gateway, stage = "dev") {
  return new ApiGatewayManagementApiClient({
    endpoint: `${gateway.http}/${stage}`,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
}

async function open(t) {
  const gateway = await Gateway.start(t);
  const socket = await Socket.open(`${gateway.url}?token=t`);
  return { gateway, sdk: client(gateway), socket, id: await socket.whoami() };
}

function post(sdk, id, data) {
  return sdk.send(new PostToConnectionCommand({ ConnectionId: id, Data: data }));
}

/** That a call fails with a class of the SDK, its name and its status. */
function throws(call, kind, status) {
  return assert.rejects(call, (error) => {
    assert.equal(error.name, kind.name);
    assert.equal(error.$metadata.httpStatusCode, status);
    return error instanceof kind;
  });
}

test("a push arrives as one text message, the largest whole", async (t) => {
  const { sdk, socket, id } = await open(t);
  const { $metadata } = await post(sdk, id, '{"text":"grüß dich"}');
  assert.equal($metadata.httpStatusCode, 200);
  assert.equal(await socket.next(), '{"text":"grüß dich"}');
  await post(sdk, id, "x".repeat(LARGEST));
  assert.equal((await socket.next()).length, LARGEST);
});

test("an id that nobody has and one that has left are gone", async (t) => {
  const { sdk, socket, id } = await open(t);
  await throws(post(sdk, UNKNOWN, "x"), GoneException, 410);
  socket.raw.close();
  await socket.closed;
  await throws(post(sdk, id, "x"), GoneException, 410);
});

test("an id that is none is a bad request", async (t) => {
  const { sdk } = await open(t);
  for (const id of ["not-an-id", "2f1d3c5e-0000-4000-8000-000000000000"]) {
    await assert.rejects(post(sdk, id, "x"), (error) => {
      assert.equal(error.name, "BadRequestException");
      assert.equal(error.$metadata.httpStatusCode, 400);
      return error.message === `Invalid connectionId: ${id}`;
    });
  }
});

test("one byte more than the largest is too large", async (t) => {
  const { sdk, socket, id } = await open(t);
  await throws(post(sdk, id, "x".repeat(LARGEST + 1)), PayloadTooLargeException, 413);
  await post(sdk, id, "still here");
  assert.equal(await socket.next(), "still here");
});

test("another stage is forbidden", async (t) => {
  const { gateway, id } = await open(t);
  await throws(post(client(gateway, "prod"), id, "x"), ForbiddenException, 403);
});

test("a client that does not read is a limit that is exceeded, until it reads", async (t) => {
  const { sdk, socket, id } = await open(t);
  socket.raw.pause();
  let sent = 0;
  const fill = async () => {
    // What the operating system buffers comes before the gateway's own limit.
    for (; sent < 1000; sent += 1) await post(sdk, id, "x".repeat(LARGEST));
  };
  await throws(fill(), LimitExceededException, 429);
  socket.raw.resume();
  for (let received = 0; received < sent; received += 1) assert.equal((await socket.next()).length, LARGEST);
  await post(sdk, id, "still here");
  assert.equal(await socket.next(), "still here");
});

test("GET tells who is there", async (t) => {
  const { sdk, socket, id } = await open(t);
  const get = (connectionId) => sdk.send(new GetConnectionCommand({ ConnectionId: connectionId }));
  const before = await get(id);
  assert.equal(before.Identity.SourceIp, "127.0.0.1");
  assert.ok(before.ConnectedAt <= before.LastActiveAt, JSON.stringify(before));
  assert.ok(Math.abs(before.ConnectedAt - Date.now()) < 60_000, JSON.stringify(before));
  await post(sdk, id, "x");
  await socket.next();
  const after = await get(id);
  assert.deepEqual(after.ConnectedAt, before.ConnectedAt);
  assert.ok(after.LastActiveAt >= before.LastActiveAt, JSON.stringify(after));
  await throws(get(UNKNOWN), GoneException, 410);
});

test("DELETE closes with 1000, and $disconnect is told so", async (t) => {
  const { gateway, sdk, socket, id } = await open(t);
  const remove = () => sdk.send(new DeleteConnectionCommand({ ConnectionId: id }));
  assert.equal((await remove()).$metadata.httpStatusCode, 204);
  assert.equal((await socket.closed)[0], 1000);
  await throws(remove(), GoneException, 410);
  await gateway.stop();
  const [{ requestContext: told }] = gateway.lambda.events("DISCONNECT");
  assert.deepEqual([told.disconnectStatusCode, told.disconnectReason], [1000, "Connection Closed Normally"]);
});
