// Everything of a run that must not hold a token: the demo's output, the console, page errors, and the DOM.

import { readFileSync } from "node:fs";

import { consoleSurface } from "./leaks.mjs";

export class Surfaces {
  #console = [];
  #pageErrors = [];
  #dom = [];

  /** Listens to a page from now on. */
  watch(page) {
    page.on("console", (message) =>
      this.#console.push({
        type: message.type(),
        text: message.text(),
        argumentCount: message.args().length,
        url: message.location().url,
      }),
    );
    page.on("pageerror", (error) => this.#pageErrors.push(`${error.message}\n${error.stack}`));
  }

  /** Keeps the page's DOM as it is now, both panels included. */
  async keepDom(page) {
    this.#dom.push(await page.evaluate(() => document.documentElement.outerHTML));
  }

  /** All that was seen, and the demo's output files. */
  all(logs) {
    return [
      ...logs.map((file) => ({ name: `the demo's log ${file}`, text: readFileSync(file, "utf8") })),
      ...this.#console.map(consoleSurface),
      ...this.#pageErrors.map((text) => ({ name: "a page error", text })),
      ...this.#dom.map((text) => ({ name: "the DOM", text })),
    ];
  }

  /** Console errors and page errors, without Chromium's lines about sockets and requests that failed on purpose. */
  complaints() {
    const expected = /^(WebSocket connection to .* failed: |Failed to load resource: )/;
    const logged = this.#console.filter(({ type, text }) => type === "error" && !expected.test(text));
    return [...logged.map(({ text }) => text), ...this.#pageErrors];
  }
}
