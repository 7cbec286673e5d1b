use std::fmt;

use everwire_core::{TooLarge, UrlError};

/// What went wrong, for programs by its predicates and for people by its text. No text holds a token.
#[derive(Clone, Debug)]
pub struct Error {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Url(UrlError),
    CloseCode(u16),
    TooLarge(TooLarge),
    NotJson(String),
}

impl Error {
    pub(crate) fn url(error: UrlError) -> Self {
        Self { kind: Kind::Url(error) }
    }

    pub(crate) fn close_code(code: u16) -> Self {
        Self { kind: Kind::CloseCode(code) }
    }

    pub(crate) fn too_large(error: TooLarge) -> Self {
        Self { kind: Kind::TooLarge(error) }
    }

    pub(crate) fn not_json(what: impl fmt::Display) -> Self {
        Self { kind: Kind::NotJson(what.to_string()) }
    }

    /// Whether the URL cannot be connected to.
    pub fn is_url(&self) -> bool {
        matches!(self.kind, Kind::Url(_))
    }

    /// Whether a close code is one that a script may not send.
    pub fn is_close_code(&self) -> bool {
        matches!(self.kind, Kind::CloseCode(_))
    }

    /// Whether the message is larger than one frame may be. It was neither sent nor queued.
    pub fn is_too_large(&self) -> bool {
        matches!(self.kind, Kind::TooLarge(_))
    }

    /// Whether the message cannot be written as JSON. It was neither sent nor queued.
    pub fn is_not_json(&self) -> bool {
        matches!(self.kind, Kind::NotJson(_))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Url(error) => f.write_str(error.message()),
            Kind::CloseCode(code) => {
                write!(f, "close code {code}: a browser sends only 1000 and 3000 to 4999")
            }
            Kind::TooLarge(TooLarge { length, limit }) => {
                write!(f, "the message has {length} bytes, at most {limit} fit in one frame: send it in parts")
            }
            Kind::NotJson(what) => write!(f, "the message cannot be written as JSON: {what}"),
        }
    }
}

impl std::error::Error for Error {}
