// A panel's buttons: echo, an echo that fails, push to me, expire my token.

import { post } from "./api.js";
import { isUnauthorized, withToken } from "./token-source.js";
import { stored } from "./tokens.js";

const UNSENT = {
  queued: "queued until the connection is open",
  dropped: "not sent: the client is closed",
};

/** Wires the buttons to the client that `client()` gives, and reports into the log by `add`. */
export function actions(panel, { client, url, add, from }) {
  let count = 0;

  function echo(extra) {
    count += 1;
    const text = `hello ${count} from ${from}`;
    const sent = client().send({ action: "echo", text, ...extra });
    if (sent !== "sent") add("send", UNSENT[sent], "client");
  }

  async function push() {
    count += 1;
    const body = { action: "demo.notice", text: `notice from ${from}`, n: count };
    const report = await withToken(url, (bearer) => post("/demo/push", { body, bearer }));
    add("push", JSON.stringify(report), "client");
  }

  async function expire() {
    try {
      await post("/demo/expire", { bearer: stored()?.accessToken });
      add("expire", "the server refuses this token from now on; reconnecting with it", "client");
    } catch (error) {
      // A token past its time is refused by itself: the reconnect shows the same.
      if (!isUnauthorized(error)) throw error;
      add("expire", "the token has run out by itself; reconnecting", "client");
    }
    client().reconnect();
  }

  const buttons = {
    "echo": () => echo({}),
    "echo-fail": () => echo({ fail: true }),
    "push": push,
    "expire": expire,
  };

  panel.addEventListener("click", async ({ target }) => {
    const name = target.dataset.testid;
    if (!Object.hasOwn(buttons, name)) return;
    try {
      await buttons[name]();
    } catch (error) {
      add(name, error.message, "error");
    }
  });

  return function enable(on) {
    for (const name of Object.keys(buttons)) panel.querySelector(`[data-testid=${name}]`).disabled = !on;
  };
}
