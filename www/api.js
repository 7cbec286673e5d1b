// The demo's HTTP endpoints. Errors carry the status and the server's own words, never a token.

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
  const response = await fetch(url, { cache: "no-store", ...init });
  const text = await response.text();
  if (!response.ok) throw new ApiError(new URL(url, location.href).pathname, response.status, detail(text));
  return text ? JSON.parse(text) : null;
}

function detail(text) {
  try {
    const { message } = JSON.parse(text);
    return typeof message === "string" ? message.slice(0, 200) : "";
  } catch {
    return "";
  }
}
