// A panel's state with its reason, the wait, the token's id and the failed attempts.

import { countdown } from "./countdown.js";

// In the words of a reader; the reasons themselves are the client's.
const REASONS = {
  "retry": "trying again",
  "handshake-failed": "the handshake failed",
  "connect-timeout": "the handshake took too long",
  "connection-lost": "the connection was lost",
  "unresponsive": "the server did not answer",
  "rotation": "renewing the connection",
  "token-failed": "no token to be had now",
  "token-timeout": "the token took too long",
  "unauthorized": "nobody is signed in",
  "rejected": "the server refuses the token",
  "network-lost": "no network",
  "wake": "woken up",
  "page-hidden": "the page is in the back-forward cache",
  "page-shown": "the page came back",
  "wasm": "the WebAssembly could not be loaded",
};
const FAILURES = new Set(["handshake-failed", "connect-timeout", "token-failed", "token-timeout"]);

export const SIGNED_OUT = { state: "idle", reason: "", attempt: 0, until: null, code: null };

/** A status in one line: "waiting, the connection was lost (1006)". */
export function describe({ state, reason, code }) {
  const words = REASONS[reason];
  if (!words) return state;
  return `${state}, ${words}${reason === "connection-lost" && code ? ` (${code})` : ""}`;
}

/** Failed attempts since the last open connection, after this status. */
export function failuresAfter(failures, { state, reason }) {
  if (state === "open") return 0;
  return FAILURES.has(reason) ? failures + 1 : failures;
}

export function statusView(panel) {
  const state = panel.querySelector("[data-testid=state]");
  const part = (name) => panel.querySelector(`[data-part=${name}]`);
  const wait = countdown(part("wait"));

  return function show(status, { jti, failures, signedIn }) {
    state.textContent = status.state;
    state.dataset.state = status.state;
    state.dataset.reason = status.reason;
    state.dataset.attempt = status.attempt;
    state.dataset.jti = jti;
    state.dataset.failures = failures;
    part("reason").textContent = signedIn ? describe(status).slice(status.state.length).replace(/^, /, "") : "not signed in";
    part("jti").textContent = jti || "none";
    part("failures").textContent = failures;
    wait(status.state === "waiting" ? status.until : null);
  };
}
