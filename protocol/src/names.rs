/// The key whose string names an event, and by which API Gateway chooses the route.
pub const ACTION: &str = "action";

/// The key that names an event of a backend that does not use [`ACTION`].
pub const TYPE: &str = "type";

/// The key that pairs a reply with its request: a client-chosen `u32`, echoed by the server.
pub const WS_ID: &str = "ws_id";

/// Names that begin so are Everwire's own. In plain mode nobody acts on them but for [`PONG`]: anyone could forge them.
pub const RESERVED_PREFIX: &str = "ws.";

/// The keepalive of a client.
pub const PING: &str = "ws.ping";

/// Our backend's answer to [`PING`]. A foreign backend may not answer, and then nobody waits for it.
pub const PONG: &str = "ws.pong";

/// An object with exactly these keys is an error frame of API Gateway itself, never an application event.
///
/// Source: captures such as `{"message": "Internal server error", "connectionId":"…", "requestId":"…"}`, which the gateway
/// sends as an ordinary text message when a route is missing or its function fails.
pub const GATEWAY_ERROR_KEYS: [&str; 3] = ["message", "connectionId", "requestId"];

/// Whether a name belongs to Everwire's own namespace.
pub fn is_reserved(name: &str) -> bool {
    name.starts_with(RESERVED_PREFIX)
}
