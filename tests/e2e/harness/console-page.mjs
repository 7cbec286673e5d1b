// The console page in one tab.

import path from "node:path";

import { Panel } from "./panel.mjs";
import { tracesFolder } from "./places.mjs";

export class ConsolePage {
  /** Opens the page in a new tab of `context` and waits until both panels are there. */
  static async open(context, url, { watch } = {}) {
    const page = await context.newPage();
    watch?.(page);
    await page.goto(`${url}/`);
    const opened = new ConsolePage(page);
    for (const panel of opened.panels) await panel.section.getByTestId("state").waitFor();
    return opened;
  }

  constructor(page) {
    this.page = page;
    this.js = new Panel(page, "js");
    this.yew = new Panel(page, "yew");
  }

  get panels() {
    return [this.js, this.yew];
  }

  /** Signs in and waits until both panels are open. */
  async signIn(user) {
    await this.page.getByTestId("sign-in-user").fill(user);
    await this.page.getByTestId("sign-in").click();
    await this.areOpen();
  }

  async signOut() {
    await this.page.getByTestId("sign-out").click();
  }

  areOpen() {
    return Promise.all(this.panels.map((panel) => panel.isOpen()));
  }

  statuses() {
    return Promise.all(this.panels.map((panel) => panel.status()));
  }

  /** Presses a button of both panels at the same moment; a mouse has to do one after the other. */
  async pressInBoth(button) {
    await this.page.evaluate((name) => {
      for (const found of document.querySelectorAll(`[data-testid=${name}]`)) found.click();
    }, button);
  }

  async fault(name) {
    await this.page.getByTestId(`fault-${name}`).click();
  }

  /** The pair of tokens that the page keeps, or null. */
  async stored() {
    return JSON.parse(await this.page.evaluate(() => localStorage.getItem("auth-tokens-demo")));
  }

  /** Saves a picture of the whole page. */
  async picture(name) {
    await this.page.screenshot({ path: path.join(tracesFolder(), `${name}.png`), fullPage: true });
  }
}
