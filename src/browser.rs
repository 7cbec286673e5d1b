//! The only code that touches the browser: one file per Web API. Each handle undoes on drop what it did.

pub(crate) mod clock;
pub(crate) mod lock;
pub(crate) mod page;
pub(crate) mod socket;
mod turn;
