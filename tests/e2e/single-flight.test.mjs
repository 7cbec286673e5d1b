// One user, two tabs, two panels each, refresh tokens that rotate: four clients make one refresh.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch } from "./harness/browser.mjs";
import { ConsolePage } from "./harness/console-page.mjs";
import { Demo } from "./harness/demo.mjs";
import { claims } from "./harness/token-watch.mjs";

const PATIENCE = { timeout: 240_000 };

/** Seconds; short, so that a token runs out while the test waits. */
const LIFETIME = 20;

/**
 * A refresh is held back until another one has come beside it, or for this long: longer than the four clients differ in
 * their waits, shorter than the client's patience with its token source (15 s).
 */
const HELD_MS = 8_000;

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

test("an expiry and a forced refresh cost one refresh each, and nobody is signed out", PATIENCE, async (t) => {
  const tabs = await twoTabs(t, "single-flight");
  await afterAnExpiry(tabs);
  await afterARefusal(tabs);

  // Long after the grace of the tokens that were replaced, the session is still good.
  await tabs.pages[1].js.press("push");
  for (const { panels } of tabs.pages) {
    for (const panel of panels) await panel.events("demo.notice", { text: "notice from JavaScript" });
  }
});

for (const check of [afterAnExpiry, afterARefusal]) {
  test(`without the Web Lock the check ${check.name} fails`, PATIENCE, async (t) => {
    const tabs = await twoTabs(t, `no-lock-${check.name}`, withoutLocks);
    await assert.rejects(check(tabs), { name: "AssertionError", message: /refreshes for one/ });
  });
}

/** All four panels open on one demo, with a hold on refreshes. */
async function twoTabs(t, name, prepare) {
  const demo = await new Demo(name, ["--token-lifetime", String(LIFETIME)]).start();
  t.after(() => demo.stop());
  const context = await browser.newContext();
  t.after(() => context.close());
  await prepare?.(context);
  await holdRefreshes(context);

  const first = await ConsolePage.open(context, demo.url);
  await first.signIn("ada");
  const second = await ConsolePage.open(context, demo.url);
  await second.areOpen();
  return { demo, pages: [first, second] };
}

/** The token runs out by itself, then every connection is lost at once. */
async function afterAnExpiry({ demo, pages }) {
  await oneRefresh({ demo, pages }, "expiry", async ({ exp }) => {
    await pages[0].page.waitForTimeout(Math.max(0, exp * 1000 - Date.now()));
    assert.equal(await demo.killConnections(), 4);
  });
}

/** The server refuses the token in use, and all four panels reconnect with it at once. */
async function afterARefusal({ demo, pages }) {
  await oneRefresh({ demo, pages }, "refused token", () =>
    Promise.all(pages.map((page) => page.pressInBoth("expire"))),
  );
}

/** Whatever `happens` to the token in use, the server counts one refresh, and all panels are open with its token. */
async function oneRefresh({ demo, pages }, event, happens) {
  const before = await demo.stats();
  const old = claims((await pages[0].stored()).accessToken);
  await happens(old);

  const panels = pages.flatMap((page) => page.panels);
  await Promise.all(
    panels.map((panel) => panel.until("a fresh token", ({ state, jti }) => state === "open" && jti !== old.jti)),
  );
  const { logins, refreshes, refusedRefreshes } = await demo.stats();
  assert.equal(refreshes - before.refreshes, 1, `${refreshes - before.refreshes} refreshes for one ${event}`);
  assert.deepEqual({ logins, refusedRefreshes }, { logins: 1, refusedRefreshes: 0 }, "nobody was signed out");

  const { jti } = claims((await pages[0].stored()).accessToken);
  for (const panel of panels) assert.equal((await panel.status()).jti, jti, "all use the token that is stored");
}

async function holdRefreshes(context) {
  let held = 0;
  let release = () => {};
  await context.route("**/demo/refresh", async (route) => {
    held += 1;
    if (held > 1) release();
    else {
      await new Promise((resolve) => {
        release = resolve;
        setTimeout(resolve, HELD_MS);
      });
    }
    held -= 1;
    await route.continue();
  });
}

/** A browser that has no Web Locks, as on an insecure origin. */
async function withoutLocks(context) {
  await context.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined, configurable: true });
  });
}
