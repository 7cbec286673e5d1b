// The JavaScript panel: one WSClient of the npm package, shown.

import { WSClient } from "../pkg/index.js";
import { actions } from "./actions.js";
import { eventLog } from "./event-log.js";
import { SIGNED_OUT, describe, failuresAfter, statusView } from "./status.js";
import { tokenSource } from "./token-source.js";

/** Takes the panel's section and the socket's URL; returns `start` and `stop`, for a sign-in and a sign-out. */
export function jsPanel(panel, url) {
  const add = eventLog(panel.querySelector("[data-testid=log]"));
  const show = statusView(panel);
  const enable = actions(panel, { client: () => client, url, add, from: "JavaScript" });
  let client = null;

  function start() {
    stop();
    const source = tokenSource();
    client = new WSClient({ url, token: source.token });
    listen(client, source.jti);
    client.open();
    enable(true);
  }

  function stop() {
    const old = client;
    client = null;
    old?.close();
    enable(false);
    show(SIGNED_OUT, { jti: "", failures: 0, signedIn: false });
  }

  function listen(client, jti) {
    const controller = new AbortController();
    const on = (type, listener) => client.addEventListener(type, listener, { signal: controller.signal });
    let failures = 0;
    let before = "";

    on("statechange", (status) => {
      if (status.state === "closed") return controller.abort();
      failures = failuresAfter(failures, status);
      show(status, { jti: jti(), failures, signedIn: true });
      // An open connection that proves stable only sets the attempts back: no news for the log.
      const now = describe(status);
      if (now !== before) add("statechange", now, "client");
      before = now;
    });
    on("message", ({ message }) => add(...nameAndRest(message)));
    on("gatewayerror", ({ detail }) => add("gatewayerror", JSON.stringify(detail), "error"));
    on("messageerror", ({ sample }) => add("messageerror", sample, "error"));
    on("binary", ({ data }) => add("binary", `${data.byteLength} bytes`));
    on("drop", ({ message, reason }) => add("drop", `${reason}: ${JSON.stringify(message)}`, "error"));
    on("tokenerror", ({ error }) => add("tokenerror", error.message, "error"));
    on("error", ({ error }) => add("error", error.message, "error"));
  }

  return { start, stop };
}

/** An event's name, which has a column of its own, and the JSON of all the rest. */
function nameAndRest(message) {
  for (const key of ["action", "type"]) {
    if (typeof message?.[key] === "string") {
      const { [key]: name, ...rest } = message;
      return [name, JSON.stringify(rest)];
    }
  }
  return ["message", JSON.stringify(message)];
}
