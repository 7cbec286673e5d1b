// The demo's HTTP endpoints. Errors carry the status and the server's own words, never a token.

const MAX_DETAIL = 200;

export class ApiError extends Error {
  constructor(path, status, detail) {
    super(`${path} answered ${status}${detail ? `: ${detail}` : ""}`);
    this.name = "ApiError";
    this.status = status;
  }
}

/** POST with a JSON body; resolves to the parsed answer, or to null if there is none. */
export async function post(path, { body, bearer, signal } = {}) {
  const headers = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  return call(path, { method: "POST", headers, body: body === undefined ? undefined : JSON.stringify(body), signal });
}

/** Any request to the demo or to its fault port. */
export async function call(url, init) {
  const path = new URL(url, location.href).pathname;
  const response = await fetch(url, { cache: "no-store", ...init }).catch((cause) => {
    throw new Error(`${path} could not be reached`, { cause });
  });
  const text = await response.text();
  if (!response.ok) throw new ApiError(path, response.status, detail(text));
  return text ? JSON.parse(text) : null;
}

/** What a refusal says: `{"error": {"message"}}` of the demo, `{"message"}` of the fault port. */
function detail(text) {
  try {
    const answer = JSON.parse(text);
    const message = answer.error?.message ?? answer.message;
    return typeof message === "string" ? message.slice(0, MAX_DETAIL) : "";
  } catch {
    return "";
  }
}
