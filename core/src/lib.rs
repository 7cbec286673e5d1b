//! The logic of the Everwire client without IO.
//!
//! Everything that can go wrong (reconnect, refresh, close codes, full queues) is decided here, by a state machine that
//! is a pure function of its inputs and of time. The host (a browser, or a test) feeds [`Input`]s to [`Machine::step`],
//! carries out the [`Effect`]s it gets back, and wakes the machine at [`Machine::deadline`].
//!
//! ```
//! use everwire_core::{Config, Effects, Input, Machine, State};
//!
//! let mut machine = Machine::<&str, &str>::new(Config::default().without_token());
//! let mut effects = Effects::new();
//! let mut half = || 0.5;
//!
//! machine.step(Input::Open, 0, &mut half, &mut effects);
//! assert_eq!(machine.status().state, State::Connecting);
//! ```
//!
//! `no_std`: no clock, no randomness, no formatting and no JSON library in here, so that a browser downloads none.
#![no_std]

extern crate alloc;

mod backoff;
mod close;
mod config;
mod effect;
mod input;
mod liveness;
mod machine;
mod rotation;
mod send_queue;
mod status;
mod token;
mod url;

pub use backoff::Backoff;
pub use close::{Verdict, is_sendable, verdict};
pub use config::Config;
pub use effect::{DropReason, Effect, Effects};
pub use input::{Input, TokenFailure};
pub use liveness::{Expect, Liveness};
pub use machine::Machine;
pub use rotation::Rotation;
pub use send_queue::{Overflow, SendQueue, Sent, TooLarge};
pub use status::{Reason, State, Status};
pub use token::{Claims, Leeway, RefreshReason, fingerprint, payload};
pub use url::{UrlError, check as check_url, redact, with_token};

/// Wall-clock time in milliseconds since the Unix epoch.
///
/// Wall-clock, not monotonic: a monotonic clock of a browser may stand still while the machine sleeps, and a wait that
/// ended during the sleep must be over on waking. A clock that steps back is noticed and every deadline moved with it.
pub type Millis = u64;
