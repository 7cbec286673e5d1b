// The pair of tokens in localStorage, which both panels and all tabs share.

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
