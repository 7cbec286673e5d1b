//! `cargo xtask proof`: the longer proofs, by name.

use crate::error::Error;

/// Says that there is nothing to run yet.
pub(crate) fn run(name: Option<&str>) -> Error {
    let asked = name.map_or_else(String::new, |name| format!(" named `{name}`"));
    Error::unusable(format!("there is no proof{asked}: none exist yet")).advice("`cargo xtask test` runs all there is")
}
