//! Sizes in bytes of UTF-8. Source: Amazon API Gateway quotas for WebSocket APIs.

/// The largest frame that API Gateway takes from a client (32 KB); above it the gateway closes with 1009.
pub const MAX_FRAME: usize = 32 * 1024;

/// The largest message in either direction (128 KB), client messages only in frames of at most [`MAX_FRAME`].
pub const MAX_MESSAGE: usize = 128 * 1024;

/// The largest message that a browser client sends by default.
///
/// Scripts cannot choose fragmentation, so a browser's message is one frame; the distance to [`MAX_FRAME`] is reserve.
pub const MAX_OUTBOUND: usize = 32_000;
