// Where the client gets its tokens, and a token for the page's own requests.

import { ApiError, post } from "./api.js";
import { refused } from "./session.js";
import { claims, store, stored } from "./tokens.js";

/** Nobody is signed in. The client reads the status, and asks for a sign-in instead of trying again. */
class SignedOut extends Error {
  name = "SignedOut";
  status = 401;
}

/** The `token` option of a client, and `jti()`: the id of the token that the client got last. */
export function tokenSource() {
  let jti = "";
  const handOut = (token) => {
    if (token !== null) jti = claims(token).jti ?? "";
    return token;
  };
  return {
    token: {
      get: () => handOut(stored()?.accessToken ?? null),
      refresh: async ({ signal }) => handOut(await refresh(signal)),
    },
    jti: () => jti,
  };
}

/**
 * Makes a request of the page's own with the access token; if the server says 401, once more with a fresh one.
 *
 * A socket outlives the token that opened it, so after two quiet minutes the stored token has run out. The refresh takes
 * the lock of the clients of `socketUrl`: however many ask for a token at a time, the server sees one refresh.
 */
export async function withToken(socketUrl, request) {
  const token = stored()?.accessToken;
  try {
    return await request(token);
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
  }
  return request(await navigator.locks.request(`everwire:refresh:${socketUrl}`, () => renewed(token)));
}

function renewed(refusedToken) {
  const token = stored()?.accessToken;
  return token && token !== refusedToken ? token : refresh();
}

async function refresh(signal) {
  const pair = stored();
  if (!pair) throw new SignedOut("nobody is signed in");
  try {
    const fresh = await post("/demo/refresh", { body: { refreshToken: pair.refreshToken }, signal });
    store(fresh);
    return fresh.accessToken;
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
    // A refusal of a token that another tab has replaced meanwhile says nothing of the session: try again later.
    if (stored()?.refreshToken !== pair.refreshToken) throw new Error("another tab has refreshed meanwhile");
    refused();
    throw new SignedOut("the refresh token is not accepted any more");
  }
}

export function isUnauthorized(error) {
  return error instanceof ApiError && error.status === 401;
}
