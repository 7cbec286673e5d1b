//! The gateway from outside: real sockets, functions that record their events, hostile bytes.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod admin;
mod authorizer;
mod closing;
mod connect;
mod events;
mod hostile;
mod http;
mod identity;
mod limits;
mod listening;
mod logs;
mod management;
mod messages;
mod protocol_echo;
mod selection;
mod shape;
mod shutdown;
mod signing;
mod silent;
mod stages;
mod subprotocols;
mod support;
mod throttle;
mod timers;
mod wire;
