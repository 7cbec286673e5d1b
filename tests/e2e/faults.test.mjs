// The page's buttons: what the panels do, what the faults break, and that everything recovers by itself.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { launch } from "./harness/browser.mjs";
import { ConsolePage } from "./harness/console-page.mjs";
import { Demo } from "./harness/demo.mjs";

const PATIENCE = { timeout: 180_000 };

let browser;
let demo;
let page;

before(async () => {
  browser = await launch();
  demo = await new Demo("faults").start();
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

beforeEach(async (t) => {
  const context = await browser.newContext();
  page = await ConsolePage.open(context, demo.url);
  await page.signIn("ada");
  t.after(() => context.close());
});

test("echo comes back to the panel that asked, and a failing one leaves it open", PATIENCE, async () => {
  for (const panel of page.panels) {
    await panel.press("echo");
    const [echo] = await panel.events("echo");
    assert.match(echo, /hello/);
    await panel.press("echo-fail");
    const [error] = await panel.events("gatewayerror");
    assert.match(error, /Internal server error/);
    assert.equal((await panel.status()).state, "open");
  }
});

test("kill: both panels lose their connection and come back", PATIENCE, async () => {
  const before = demo.lines("connect").length;
  await page.fault("kill");
  await connects(before + 2);
  await page.areOpen();
  const codes = demo.lines("disconnect").slice(-2).map(({ code }) => code);
  assert.deepEqual(codes, [1006, 1006], "lost without a close frame");
});

test("refuse: both panels wait and count down until it is cleared", PATIENCE, async () => {
  await page.fault("refuse");
  await page.fault("kill");
  for (const panel of page.panels) {
    const waiting = await panel.until("a wait", ({ state, failures }) => state === "waiting" && failures >= 1);
    assert.equal(waiting.text, "waiting");
    assert.ok(waiting.countdown !== null);
  }
  assert.ok(demo.lines("refused").some(({ status }) => status === 503));
  await page.fault("clear");
  await page.areOpen();
});

test("expire my token: that panel returns with a fresh one, the other stays as it is", PATIENCE, async () => {
  for (const [used, other] of [[page.js, page.yew], [page.yew, page.js]]) {
    const [before, undisturbed] = [await used.status(), await other.status()];
    await used.press("expire");
    await used.until("a fresh token", ({ state, jti }) => state === "open" && jti !== before.jti);
    const after = await other.status();
    assert.deepEqual([after.state, after.jti], ["open", undisturbed.jti]);
  }
});

test("push: both panels get it, whichever sent it", PATIENCE, async () => {
  await page.yew.press("push");
  for (const panel of page.panels) await panel.events("demo.notice", { text: "notice from Yew" });
});

test("sign out: both panels close their connection and rest", PATIENCE, async () => {
  const before = demo.lines("disconnect").length;
  await page.signOut();
  for (const panel of page.panels) await panel.until("rest", ({ state }) => state === "idle");
  for (const deadline = Date.now() + 20_000; demo.lines("disconnect").length < before + 2; ) {
    assert.ok(Date.now() < deadline, "the gateway saw no close");
    await page.page.waitForTimeout(50);
  }
  assert.deepEqual(demo.lines("disconnect").slice(-2).map(({ code }) => code), [1000, 1000]);
  assert.equal(await page.stored(), null);
});

async function connects(count) {
  for (const deadline = Date.now() + 60_000; demo.lines("connect").length < count; ) {
    assert.ok(Date.now() < deadline, `${demo.lines("connect").length} of ${count} connections`);
    await page.page.waitForTimeout(50);
  }
}
