// The story: sign in, an event, the demo is killed, both panels wait and count down, the demo comes back on the same
// store, both panels return with a fresh token, another event. And then: nothing of it shows a token.

import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { launch } from "./harness/browser.mjs";
import { ConsolePage } from "./harness/console-page.mjs";
import { Demo, gatewayLines } from "./harness/demo.mjs";
import { leaks } from "./harness/leaks.mjs";
import { Surfaces } from "./harness/surfaces.mjs";
import { TokenWatch, claims } from "./harness/token-watch.mjs";

const PATIENCE = { timeout: 240_000 };
const NOTICE = "demo.notice";

let browser;
let demo;
let page;
let tokens;
/** What the first test leaves for those after it; null if it failed, and then they have nothing to look at. */
let told = null;
const surfaces = new Surfaces();

before(async () => {
  browser = await launch();
  demo = await new Demo("story").start();
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

test("both panels lose the demo, wait, and return by themselves with a fresh token", PATIENCE, async (t) => {
  const context = await browser.newContext();
  tokens = new TokenWatch(context);
  page = await ConsolePage.open(context, demo.url, { watch: (tab) => surfaces.watch(tab) });
  t.after(() => told ?? page.picture("story-failed"));

  await page.signIn("ada");
  const [signedIn] = await tokens.pairs();
  const first = claims(signedIn.accessToken);
  for (const status of await page.statuses()) assert.equal(status.jti, first.jti, "both use the token of the sign-in");
  await stage("1-signed-in");

  await page.js.press("push");
  for (const panel of page.panels) await panel.events(NOTICE, { text: "notice from JavaScript" });
  await stage("2-event");
  const mintedBeforeTheKill = minted(await demo.stats());
  const [firstLog] = demo.logs;

  await demo.kill();
  await Promise.all(page.panels.map((panel) => panel.until("two failures", ({ failures }) => failures >= 2)));
  await bothCountDown();
  await stage("3-waiting");

  await demo.start();
  await page.areOpen();
  for (const status of await page.statuses()) {
    assert.notEqual(status.jti, first.jti, "the token is a fresh one");
    assert.equal(status.failures, 0);
    assert.equal(status.countdown, null);
  }
  await stage("4-returned");
  assert.equal((await demo.stats()).refreshes, 1, "both panels together refreshed once");

  await page.yew.press("push");
  for (const panel of page.panels) {
    const notices = await panel.events(NOTICE, { text: "notice from Yew" });
    assert.equal(notices.length, 2, "both events, each once");
    assert.match(notices[0], /notice from JavaScript/);
    assert.match(notices[1], /notice from Yew/);
  }
  await stage("5-both-events");

  told = { minted: mintedBeforeTheKill + minted(await demo.stats()), logs: [firstLog, demo.logs.at(-1)] };
});

afterwards("the gateway posts each push once to each connection", () => {
  for (const log of told.logs) {
    const connections = gatewayLines(log, "connect").map(({ connection }) => connection);
    assert.equal(connections.length, 2, `${log}: one connection for each panel`);
    const posts = gatewayLines(log, "post").map(({ connection, status }) => ({ connection, status }));
    const expected = connections.map((connection) => ({ connection, status: 200 }));
    assert.deepEqual(posts.sort(byConnection), expected.sort(byConnection), `${log}: one push`);
  }
});

afterwards("the page has nothing to complain about", () => {
  assert.deepEqual(surfaces.complaints(), []);
});

afterwards("no token of the story is in a log, in the console, in an error or in the page", async () => {
  const pairs = await tokens.pairs();
  assert.equal(pairs.length, told.minted, "every token that was minted is searched for");
  assert.ok(pairs.length >= 2, "the sign-in and the return each brought a pair");
  const all = surfaces.all(demo.logs);
  assert.deepEqual(leaks(await tokens.tokens(), all), []);
  assert.ok(all.some(({ exempt }) => exempt), "Chromium wrote the URL of a failed socket: the exception is a real one");
});

// Each plants one leak where the run before had none, and the same search must find it there.
const plants = {
  "in the demo's log": ["the demo's log", (token) => appendFileSync(demo.logs.at(-1), `GET /dev?token=${token}\n`)],
  "by console.log": ["the console (log)", (token) => page.page.evaluate((text) => console.log("using", text), token)],
  "by console.error, in the words of Chromium's own line": [
    "the console (error)",
    (token) => page.page.evaluate((line) => console.error(line), chromiumLine(token)),
  ],
  "in an error that nobody catches": [
    "a page error",
    (token) => page.page.evaluate((text) => void setTimeout(() => Promise.reject(new Error(text))), token),
  ],
  "in an attribute of the JavaScript panel": [
    "the DOM",
    (token) => page.js.section.evaluate((panel, text) => panel.setAttribute("title", text), token),
  ],
  "in the text of the Yew panel, its signature alone": [
    "the DOM",
    (token) => page.yew.section.evaluate((panel, text) => panel.append(text), token.split(".").at(-1)),
  ],
  "percent-encoded": [
    "the DOM",
    (token) => page.js.section.evaluate((panel, text) => panel.append(text), token.replaceAll(".", "%2E")),
  ],
};
for (const [where, [surface, plant]] of Object.entries(plants)) {
  afterwards(`a leak planted ${where} is found`, async () => {
    // A token of its own for each, so that none finds the leak of another.
    const token = `planted.${Buffer.from(where).toString("base64url")}.${Buffer.from(where).toString("hex")}`;
    const planted = new Surfaces();
    planted.watch(page.page);
    await plant(token);
    // The browser reports what the page said a little later.
    await page.page.waitForTimeout(100);
    await planted.keepDom(page.page);
    const found = leaks([token], planted.all(demo.logs));
    assert.equal(found.length, 1, JSON.stringify(found));
    assert.ok(found[0].startsWith(surface), found[0]);
  });
}

/** A test of what the story left behind. */
function afterwards(name, look) {
  test(name, (t) => (told ? look(t) : t.skip("the story was not told to its end")));
}

/** A picture, and the DOM for the search. */
async function stage(name) {
  await surfaces.keepDom(page.page);
  await page.picture(`story-${name}`);
}

/** Waits until both panels show a wait whose countdown goes down. */
async function bothCountDown() {
  for (const deadline = Date.now() + 90_000; Date.now() < deadline; await page.page.waitForTimeout(50)) {
    const before = await page.statuses();
    if (!before.every(({ state, countdown }) => state === "waiting" && countdown > 1)) continue;
    await page.page.waitForTimeout(400);
    const later = await page.statuses();
    const sameWait = later.every(({ state, attempt }, n) => state === "waiting" && attempt === before[n].attempt);
    if (!sameWait) continue;
    for (const [n, { countdown }] of later.entries()) {
      assert.ok(countdown < before[n].countdown, `the countdown went from ${before[n].countdown} to ${countdown}`);
    }
    return;
  }
  assert.fail("the panels never waited for more than a second at the same time");
}

function minted({ logins, refreshes }) {
  return logins + refreshes;
}

function byConnection(one, other) {
  return one.connection < other.connection ? -1 : 1;
}

/** What Chromium would write; from a script it is a leak like any other. */
function chromiumLine(token) {
  return `WebSocket connection to 'ws://127.0.0.1:4400/dev?token=${token}' failed: `;
}
