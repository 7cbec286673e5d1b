// Puts the page together: the session's form, the faults, the JavaScript panel and the Yew panel.

import { call } from "./api.js";
import { faults } from "./faults.js";
import { SESSION_EVENT, followOtherTabs, signIn, signOut, user } from "./session.js";

const element = (id) => document.getElementById(id);
const notice = element("notice");

function showSession({ detail } = {}) {
  const name = user();
  element("sign-in-form").hidden = name !== null;
  element("signed-in").hidden = name === null;
  element("user-name").textContent = name ?? "";
  notice.textContent = detail === "refused" ? "Your session has ended. Please sign in again." : "";
}

function wireSession() {
  window.addEventListener(SESSION_EVENT, showSession);
  element("sign-in-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await signIn(element("sign-in-user").value.trim());
      // The form that had the focus is hidden now.
      element("sign-out").focus();
    } catch (error) {
      notice.textContent = `Signing in failed: ${error.message}`;
    }
  });
  element("sign-out").addEventListener("click", () => {
    signOut();
    element("sign-in-user").focus();
  });
  followOtherTabs();
  showSession();
}

async function startJsPanel(url) {
  const { jsPanel } = await import("./js-panel.js");
  const panel = jsPanel(element("js-panel"), url);
  window.addEventListener(SESSION_EVENT, ({ detail }) => {
    if (detail === "signed-in") panel.start();
    if (detail === "signed-out") panel.stop();
  });
  if (user() !== null) panel.start();
}

/** The Yew app follows `demo:session` by itself; it only has to know where the socket is. */
async function startYewPanel(url) {
  element("yew-panel").dataset.url = url;
  const { default: init } = await import("../console/everwire-console.js");
  await init({ module_or_path: new URL("../console/everwire-console_bg.wasm", import.meta.url) });
}

async function start() {
  wireSession();
  const { stage, admin } = await call("/demo/config");
  faults(element("faults"), admin);

  const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/${stage}`;
  startJsPanel(url).catch((error) => showFailure(element("js-panel"), error));
  startYewPanel(url).catch((error) => showFailure(element("yew-panel").firstElementChild, error));
}

function showFailure(panel, error) {
  const alert = document.createElement("p");
  alert.className = "notice";
  alert.role = "alert";
  alert.textContent = `This panel could not be started: ${error.message}`;
  panel.querySelector("[data-part=loading]")?.remove();
  panel.append(alert);
}

start().catch((error) => (notice.textContent = `The page could not be started: ${error.message}`));
