// A real Chromium without a window.

import { chromium as driver } from "playwright-core";

import { chromium } from "./places.mjs";

const ARGUMENTS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch() {
  return driver.launch({ executablePath: chromium, headless: true, args: ARGUMENTS });
}
