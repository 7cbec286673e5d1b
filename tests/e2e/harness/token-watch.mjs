// Every token that the demo hands to the pages of a browser context.

const MINTING = new Set(["/demo/login", "/demo/refresh"]);

export class TokenWatch {
  #pairs = [];
  #pending = [];

  constructor(context) {
    context.on("response", (response) => {
      if (MINTING.has(new URL(response.url()).pathname) && response.ok()) {
        this.#pending.push(response.json().then((pair) => this.#pairs.push(pair)));
      }
    });
  }

  /** The pairs so far, in no particular order. */
  async pairs() {
    await Promise.all(this.#pending);
    return [...this.#pairs];
  }

  /** Access and refresh tokens so far. */
  async tokens() {
    return (await this.pairs()).flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]);
  }
}

/** What an access token says of itself. */
export function claims(accessToken) {
  return JSON.parse(Buffer.from(accessToken.split(".")[1], "base64url").toString());
}
