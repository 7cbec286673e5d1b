// Who is signed in. localStorage is the one truth; the event `demo:session` on window is the one signal, for this page
// and for the Yew panel: its detail is "signed-in", "signed-out" or "refused".

import { post } from "./api.js";
import { STORAGE_KEY, claims, clear, parsePair, store, stored } from "./tokens.js";

export const SESSION_EVENT = "demo:session";

/** The user's name, or null. */
export function user() {
  return nameIn(stored());
}

export async function signIn(name) {
  store(await post("/demo/login", { body: { user: name } }));
  announce("signed-in");
}

export function signOut() {
  clear();
  announce("signed-out");
}

/** The server does not take the refresh token any more. The panels find out by themselves and are left alone. */
export function refused() {
  clear();
  announce("refused");
}

export function announce(change) {
  window.dispatchEvent(new CustomEvent(SESSION_EVENT, { detail: change }));
}

/** Follows what other tabs do: a refreshed pair of the same user is no change of the session. */
export function followOtherTabs() {
  window.addEventListener("storage", ({ key, oldValue, newValue }) => {
    if (key !== STORAGE_KEY && key !== null) return;
    const before = nameIn(parsePair(oldValue));
    const after = nameIn(parsePair(newValue));
    if (before !== after) announce(after ? "signed-in" : "signed-out");
  });
}

function nameIn(pair) {
  return pair ? (claims(pair.accessToken).sub ?? null) : null;
}
