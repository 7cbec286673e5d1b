//! What Everwire puts on the wire: names, limits and frame headers, shared by client and backend.
//!
//! Everything is a JSON text message. API Gateway chooses a route by `$request.body.action`; a message from the server
//! is one application event, named by the string at [`ACTION`], else at [`TYPE`]. Names that begin with
//! [`RESERVED_PREFIX`] belong to Everwire.
//!
//! ```
//! use everwire_protocol::{Message, is_reserved};
//!
//! struct OrderUpdated;
//! impl Message for OrderUpdated {
//!     const NAME: &'static str = "order.updated";
//! }
//!
//! assert!(!is_reserved(OrderUpdated::NAME));
//! assert!(is_reserved("ws.ping"));
//! ```
#![no_std]

mod frame;
pub mod limits;
mod message;
mod names;

pub use frame::{Frame, Kind};
pub use message::Message;
pub use names::{ACTION, GATEWAY_ERROR_KEYS, PING, PONG, RESERVED_PREFIX, TYPE, WS_ID, is_reserved};
