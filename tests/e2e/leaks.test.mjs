// The search for tokens itself: what it finds, and the one line that it lets pass.

import assert from "node:assert/strict";
import { test } from "node:test";

import { consoleSurface, leaks } from "./harness/leaks.mjs";

const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl-_0";
const URL = `ws://127.0.0.1:4400/dev?token=${TOKEN}`;
const own = { type: "error", text: `WebSocket connection to '${URL}' failed: `, argumentCount: 0, url: "http://x/" };

test("a token is found in every spelling", () => {
  const spellings = [
    TOKEN,
    `x=${TOKEN}&y`,
    "c2lnbmF0dXJl-_0",
    TOKEN.replaceAll(".", "%2E"),
    TOKEN.replaceAll(".", "%2e"),
    [...TOKEN].map((c) => `%${c.charCodeAt(0).toString(16)}`).join(""),
    [...TOKEN].map((c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`).join(""),
  ];
  for (const text of spellings) assert.equal(leaks([TOKEN], [{ name: "a log", text }]).length, 1, text);
});

test("what only resembles a token is none", () => {
  for (const text of ["", "eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJhZGEifQ", "c2lnbmF0dXJl"]) {
    assert.deepEqual(leaks([TOKEN], [{ name: "a log", text }]), [], text);
  }
});

test("Chromium's own line about a failed socket passes, and nothing else in its shape", () => {
  assert.deepEqual(leaks([TOKEN], [consoleSurface(own)]), []);
  const others = {
    "written by a script": { ...own, argumentCount: 1 },
    "not an error": { ...own, type: "warning" },
    "another sentence": { ...own, text: `connecting to '${URL}'` },
    "with the token twice": { ...own, text: `${own.text}${TOKEN}` },
    "with the token in its source": { ...own, url: `http://x/?token=${TOKEN}` },
    "from another parameter": { ...own, text: own.text.replace("token=", "jwt=") },
  };
  for (const [name, message] of Object.entries(others)) {
    assert.equal(leaks([TOKEN], [consoleSurface(message)]).length, 1, name);
  }
});
