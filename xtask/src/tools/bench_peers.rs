//! What `bench/peers` needs from npm, installed in its own folder.

use crate::context::Context;
use crate::error::Error;

use super::npm;

/// Where the emulators are, from the root.
pub(crate) const FOLDER: &str = "bench/peers";

/// Installs them if missing.
pub(super) fn ensure(context: &Context) -> Result<(), Error> {
    npm::ensure_in_place(context, &context.workspace.root().join(FOLDER))
}
