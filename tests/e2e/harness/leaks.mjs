// Searches what a person or a log collector can see for tokens.

/** What gives a token away: itself, its signature, and both as a URL may spell them. */
export function needles(token) {
  const signature = token.split(".").at(-1);
  return [token, signature].flatMap((text) => [
    text,
    encodeURIComponent(text),
    text.replaceAll(".", "%2E"),
    text.replaceAll(".", "%2e"),
    everyByteEncoded(text),
    everyByteEncoded(text).toLowerCase(),
  ]);
}

/**
 * The surfaces that hold a token: `surfaces` are `{name, text}`, the answer names each leaking surface once, with the
 * number of the token. Case counts only where a token's does; percent-encoding is searched in both cases.
 */
export function leaks(tokens, surfaces) {
  return surfaces.flatMap(({ name, text }) => {
    const leaking = tokens.findIndex((token) => needles(token).some((needle) => text.includes(needle)));
    return leaking === -1 ? [] : [`${name} holds token ${leaking + 1} of ${tokens.length}`];
  });
}

/**
 * A console message as a surface, without the one thing that no page can prevent: when a handshake fails, Chromium itself
 * writes the socket's URL, query and all, into the console. Such a line comes without arguments (nobody called
 * `console`), as an error, in exactly this form; only its URL is taken out, the rest is searched like everything else.
 */
export function consoleSurface(message) {
  const { type, text, argumentCount, url } = message;
  const own = /^WebSocket connection to '(wss?:\/\/[^/']+\/[A-Za-z0-9_-]+\?token=[A-Za-z0-9._-]+)' failed: /.exec(text);
  const exempt = own !== null && type === "error" && argumentCount === 0;
  const searched = exempt ? text.replace(own[1], "(the URL of the socket)") : text;
  return { name: `the console (${type})`, text: `${searched}\n${url}`, exempt };
}

function everyByteEncoded(text) {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}
