//! Which names can sign in.

/// Longest user name, in characters.
const MAX_USER_CHARS: usize = 64;

/// The name without white space around it.
///
/// # Errors
///
/// [`InvalidUserName`] says what a name may be.
pub(crate) fn check(name: &str) -> Result<&str, InvalidUserName> {
    let name = name.trim();
    if name.is_empty() {
        Err(InvalidUserName::Empty)
    } else if name.chars().count() > MAX_USER_CHARS {
        Err(InvalidUserName::TooLong)
    } else if name.chars().any(char::is_control) {
        Err(InvalidUserName::ControlCharacters)
    } else {
        Ok(name)
    }
}

/// Why nobody can have this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidUserName {
    /// Nothing, or white space alone.
    #[error("a user name is not empty")]
    Empty,
    /// More than a name may have.
    #[error("a user name has at most {MAX_USER_CHARS} characters")]
    TooLong,
    /// It would spoil logs.
    #[error("a user name has no control characters")]
    ControlCharacters,
}
