//! `$disconnect`.

use super::Op;

/// What to do when a connection has ended: remove it by its id, never by its user.
///
/// `$disconnect` comes late, twice, or not at all; by then the user may have a new connection, which must not go with the old one.
pub(crate) fn disconnect(id: &str) -> Op {
    Op::Remove { id: id.to_owned() }
}
