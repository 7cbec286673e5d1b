/** The name under which the clients of old dispatched every message; listeners under this name go on working. */
export const WEBSOCKET_EVENT = "onwebsocketmessage";

/** Every application event, named or not: `message` is the parsed JSON. */
export class WSEvent extends Event {
  /**
   * @param {string} type
   * @param {unknown} message
   */
  constructor(type, message) {
    super(type);
    this.message = message;
  }
}

/**
 * A lifecycle event with its details as properties.
 *
 * @param {string} type
 * @param {object} details
 */
export function lifecycleEvent(type, details) {
  return Object.assign(new Event(type), details);
}
