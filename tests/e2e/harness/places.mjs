// Where things are: the binary, the page, the browser, and where a run leaves its traces.

import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

export const demoBinary = path.resolve(root, process.env.EVERWIRE_DEMO_BIN ?? "target/debug/everwire-demo");
export const consoleFolder = path.resolve(root, process.env.EVERWIRE_CONSOLE ?? "target/demo/console");
export const chromium = process.env.EVERWIRE_CHROMIUM ?? "/usr/bin/chromium";

/** `target/e2e/NAME`, made if missing: logs and screenshots. */
export function tracesFolder(name = "") {
  const folder = path.join(root, "target/e2e", name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
