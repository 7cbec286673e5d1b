// "next attempt in 3.4 s", there only while a wait is on. Outside the live region: nobody wants ten readings a second.

const TICK_MS = 100;

/** What is left until then, in seconds with one decimal; never below zero. */
export function remaining(until, now) {
  return `${(Math.max(0, until - now) / 1000).toFixed(1)} s`;
}

/** Returns a function that takes the end of the wait (milliseconds since the epoch), or null. */
export function countdown(line) {
  const value = document.createElement("span");
  value.dataset.testid = "countdown";
  let timer = null;

  return function until(end) {
    clearInterval(timer);
    line.replaceChildren();
    if (end === null) return;
    const tick = () => (value.textContent = remaining(end, Date.now()));
    tick();
    line.append("next attempt in ", value);
    timer = setInterval(tick, TICK_MS);
  };
}
