// One panel of the page, as a person sees it.

import assert from "node:assert/strict";

/** For a client in the middle of its longest backoff (about 30 s) on a busy machine. */
const PATIENCE_MS = 90_000;
const POLL_MS = 50;

export class Panel {
  /** `name` is `js` or `yew`. */
  constructor(page, name) {
    this.page = page;
    this.name = name;
    this.section = page.getByTestId(`panel-${name}`);
  }

  /** What the panel shows now. `countdown` is in seconds, or null. */
  status() {
    return this.section.evaluate((section) => {
      const { textContent, dataset } = section.querySelector("[data-testid=state]");
      const countdown = section.querySelector("[data-testid=countdown]");
      return {
        text: textContent,
        state: dataset.state,
        reason: dataset.reason,
        attempt: Number(dataset.attempt),
        jti: dataset.jti,
        failures: Number(dataset.failures),
        countdown: countdown ? Number.parseFloat(countdown.textContent) : null,
      };
    });
  }

  /** Waits until the status fits, and gives it. */
  async until(what, fits) {
    let status;
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await this.page.waitForTimeout(POLL_MS)) {
      status = await this.status();
      if (fits(status)) return status;
    }
    assert.fail(`panel ${this.name}: ${what} did not come; it shows ${JSON.stringify(status)}`);
  }

  isOpen() {
    return this.until("an open connection", ({ state }) => state === "open");
  }

  async press(button) {
    await this.section.getByTestId(button).click();
  }

  /** Waits until `count` log lines of this event hold `text`; gives the text of all lines of the event, oldest first. */
  async events(event, { text = "", count = 1 } = {}) {
    const lines = this.section.locator(`[data-testid=log] li[data-event="${event}"]`);
    const fitting = lines.filter({ hasText: text });
    let seen = 0;
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await this.page.waitForTimeout(POLL_MS)) {
      seen = await fitting.count();
      if (seen >= count) return (await lines.allTextContents()).reverse();
    }
    assert.fail(`panel ${this.name}: ${seen} of ${count} lines of ${event} with "${text}"`);
  }
}
