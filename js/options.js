import { EverwireError } from "./errors.js";

/**
 * Checks the options and fills in what they leave out, so that a mistake shows where it was made and not at a later open.
 *
 * @param {any} options
 */
export function readOptions(options) {
  if (typeof options !== "object" || options === null) {
    throw new EverwireError("options", "new WSClient takes an object: { url, token }");
  }
  const { url, token, tokenParam = "token", lockName } = options;
  if (typeof tokenParam !== "string" || tokenParam === "") {
    throw new EverwireError("options", "tokenParam must be the name of a query parameter");
  }
  if (lockName !== undefined && typeof lockName !== "string") {
    throw new EverwireError("options", "lockName must be a string");
  }
  return { url: readUrl(url), source: readSource(token), tokenParam, lockName };
}

/** @param {unknown} url */
function readUrl(url) {
  const text = String(url);
  const parsed = URL.canParse(text) ? new URL(text) : null;
  if (parsed?.protocol === "wss:" || (parsed?.protocol === "ws:" && isLoopback(parsed.hostname))) return parsed.href;
  throw new EverwireError("url", "url must be wss://HOST/STAGE; ws:// is for a server on this machine only, since it would send the token in clear text");
}

/** @param {string} host */
function isLoopback(host) {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}

/**
 * @param {any} token
 * @returns {import("./index.js").TokenSource | null}
 */
function readSource(token) {
  if (token === undefined || token === null) return null;
  if (typeof token === "function") return remembering(token);
  if (typeof token.get === "function" && typeof token.refresh === "function") return token;
  throw new EverwireError("options", "token must be an async function, or { get, refresh } with two functions");
}

/**
 * A bare function is a refresh; what it brought last is what there is.
 *
 * @param {import("./index.js").TokenSource["refresh"]} refresh
 * @returns {import("./index.js").TokenSource}
 */
function remembering(refresh) {
  /** @type {string | null} */
  let last = null;
  return {
    get: () => last,
    refresh: async (request) => (last = await refresh(request)),
  };
}
