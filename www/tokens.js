// The pair of tokens in localStorage, which both panels and all tabs share, and the token source made of it.

import { ApiError, post } from "./api.js";

export const STORAGE_KEY = "auth-tokens-demo";

/** The stored pair, or null if nobody is signed in. */
export function stored() {
  return parsePair(localStorage.getItem(STORAGE_KEY));
}

/** A pair from its JSON text, or null if it is none. */
export function parsePair(text) {
  try {
    const pair = JSON.parse(text);
    const complete = typeof pair?.accessToken === "string" && typeof pair?.refreshToken === "string";
    return complete ? pair : null;
  } catch {
    return null;
  }
}

export function store({ accessToken, refreshToken }) {
  localStorage.setItem(STORAGE_KEY, JSON.stringify({ accessToken, refreshToken }));
}

export function clear() {
  localStorage.removeItem(STORAGE_KEY);
}

/** What a token says of itself (`sub`, `jti`, `exp`), unverified: for display only. */
export function claims(token) {
  try {
    const base64 = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}

/**
 * The `token` option of a client, and `jti()`: the id of the token that the client got last.
 *
 * `Unauthorized` is the client's error class, `onRefused` hears that the session is over.
 */
export function tokenSource({ Unauthorized, onRefused }) {
  let jti = "";

  function handOut(token) {
    if (token) jti = claims(token).jti ?? "";
    return token;
  }

  async function refresh({ signal }) {
    const pair = stored();
    if (!pair) throw new Unauthorized("nobody is signed in");
    try {
      const fresh = await post("/demo/refresh", { body: { refreshToken: pair.refreshToken }, signal });
      store(fresh);
      return handOut(fresh.accessToken);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      // A refusal of a token that another tab has replaced meanwhile says nothing of the session: try again later.
      if (stored()?.refreshToken !== pair.refreshToken) throw error;
      onRefused();
      throw new Unauthorized("the refresh token is not accepted any more");
    }
  }

  return {
    token: { get: () => handOut(stored()?.accessToken ?? null), refresh },
    jti: () => jti,
  };
}
