//! Delivering events: pure steps that decide, and a runner that carries them out.

mod pusher;

pub use pusher::{NotifyError, PushReport, Pusher, Target};
