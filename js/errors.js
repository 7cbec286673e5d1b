/** What a caller did wrong, or what a client could not do. `code` is for programs, the message for people. */
export class EverwireError extends Error {
  name = "EverwireError";

  /**
   * @param {import("./index.js").ErrorCode} code
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }
}

/** Thrown by a token source: nobody is signed in. The client waits in `auth-required` until it is opened again. */
export class Unauthorized extends Error {
  name = "Unauthorized";
}

/**
 * Whether an error of a token source says that nobody is signed in: an `Unauthorized` (of any copy of this package), or an
 * error of fetch, axios and the like that carries the status 401, 403 or 422.
 *
 * @param {any} error
 */
export function isUnauthorized(error) {
  return error?.name === "Unauthorized" || [401, 403, 422].includes(error?.status ?? error?.response?.status);
}
