//! The binary `everwire-gateway` as a person and other people's software meet it: a process, a file, ports, and functions
//! behind the Lambda Invoke API.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod commands;
mod events;
mod flags;
mod functions;
mod lambda;
mod process;
mod rust_sdk;
mod starting;
