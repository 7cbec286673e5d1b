//! The exports behind the npm package's `WSClient`. The facade in `js/` owns the listener tables and the promises of the
//! token source; here is what it calls, and what it must implement.

mod connection;
mod host;
