//! Delivering events: pure steps that decide, and a runner that carries them out.
//!
//! A step never does anything: it is told what happened and says what is to be done next ([`Op`]), so that every rule can be tested
//! without a clock, a store or a network.

mod disconnect;
mod fan_out;
mod op;
mod pusher;
mod runner;

pub(crate) use disconnect::disconnect;
use fan_out::{Posting, Step, Verdict};
pub(crate) use op::Done;
use op::Op;
pub use pusher::{NotifyError, PushReport, Pusher, Target};
pub(crate) use runner::Runner;
