// The page-level faults: what the gateway's fault port does to every connection.

import { call } from "./api.js";

const WITHOUT_PORT = "Faults are off: start the demo with --admin PORT to have them.";

/** Wires the buttons to the fault port at `admin`, an origin, or null if the demo has none. */
export function faults(fieldset, admin) {
  const status = fieldset.querySelector("[role=status]");
  const refuse = fieldset.querySelector("[data-fault=refuse]");
  if (!admin) {
    status.textContent = WITHOUT_PORT;
    return;
  }

  const actions = {
    async kill() {
      const { killed } = await request("POST", "/faults/kill", {});
      return `${killed} ${killed === 1 ? "connection" : "connections"} killed.`;
    },
    async refuse() {
      await request("PUT", "/faults/refuse", { status: 503 });
      refusing(true);
      return "Open connections stay: kill them to see the wait.";
    },
    async clear() {
      await request("DELETE", "/faults/refuse");
      refusing(false);
      return "Upgrades are accepted.";
    },
  };

  function refusing(on) {
    fieldset.toggleAttribute("data-refusing", on);
    refuse.setAttribute("aria-pressed", on);
  }

  function request(method, path, body) {
    const headers = body && { "content-type": "application/json" };
    return call(new URL(path, admin).href, { method, headers, body: body && JSON.stringify(body) });
  }

  fieldset.disabled = false;
  fieldset.addEventListener("click", async ({ target }) => {
    const action = actions[target.dataset.fault];
    if (!action) return;
    try {
      const done = await action();
      const still = fieldset.hasAttribute("data-refusing") ? "Upgrades are refused with 503 until you clear it. " : "";
      status.textContent = still + done;
    } catch (error) {
      status.textContent = `The fault port did not do it: ${error.message}`;
    }
  });
}
