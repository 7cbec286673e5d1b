// A panel's event log, newest first. Whatever comes from the network becomes text, never markup.

const MAX_ENTRIES = 200;
const MAX_TEXT = 500;

/** Hour, minute, second and millisecond of the local day. */
export function clockTime(date) {
  const two = (n) => String(n).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** A long payload cut to what a person reads. */
export function shorten(text) {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}… (${text.length} characters)`;
}

/** `add(event, text, kind)`: kind is "event" (from the server), "client" (state and the like) or "error". */
export function eventLog(list) {
  return function add(event, text, kind = "event") {
    const entry = document.createElement("li");
    entry.dataset.event = event;
    entry.dataset.kind = kind;

    const now = new Date();
    const time = document.createElement("time");
    time.dateTime = now.toISOString();
    time.textContent = clockTime(now);
    const name = document.createElement("b");
    name.textContent = event;
    const payload = document.createElement("span");
    payload.textContent = shorten(text);

    entry.append(time, " ", name, " ", payload);
    list.prepend(entry);
    while (list.children.length > MAX_ENTRIES) list.lastElementChild.remove();
  };
}
