//! A browser WebSocket client for apps behind JWT auth on serverless WebSockets.
//!
//! It refreshes the token and puts it into the socket's URL, reconnects with exponential backoff and jitter, parses JSON
//! messages into events, and has hooks and a component for Yew (feature `yew`). The JavaScript class of the npm package is
//! a thin facade over the exports of this crate (feature `js`, on by default; a Yew app turns it off).
//!
//! The server is any API Gateway WebSocket API, in any language; the crate `everwire-backend` is one in Rust.
//!
//! [`Client`] has an example. All decisions (when to connect, refresh, wait, give up) are made by `everwire-core`, a state
//! machine without IO; this crate carries them out on a browser.

mod browser;
mod builder;
mod client;
mod error;
#[cfg(feature = "js")]
mod js;
mod message;
mod notice;
mod token;
mod token_source;
#[cfg(feature = "yew")]
pub mod yew;

pub use builder::ClientBuilder;
pub use client::Client;
pub use error::Error;
pub use everwire_core::{
    Backoff, Config, DropReason, Expect, Leeway, Liveness, Overflow, Reason, RefreshReason, Rotation, SendQueue, Sent,
    State, Status,
};
pub use everwire_protocol::Message;
pub use notice::{Notice, Subscription};
pub use token_source::{TokenError, TokenSource};
