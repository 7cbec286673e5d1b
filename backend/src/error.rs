//! What can go wrong, in three kinds: the app's own setup, an invocation, and a handler.

use std::error::Error as StdError;

use serde::Serialize;

use crate::StoreError;

/// Any error of a handler.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// The result of building or running an app.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an app could not be built or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The builder's settings do not fit together. All problems are listed at once.
    #[error("the app cannot be built: {}", .0.join("; "))]
    Build(Vec<String>),
    /// The connection store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// `App::run` was called outside AWS Lambda.
    #[error(
        "AWS_LAMBDA_RUNTIME_API is not set, so this is not AWS Lambda; to run the app on this machine, hand `App::handle` to the \
         local gateway (crate everwire-gateway, or `cargo xtask demo` for a complete setup), or start the binary with `cargo lambda watch`"
    )]
    NotInLambda,
    /// The crate was built without the feature that the call needs.
    #[error("everwire-backend was built without its feature `{0}`; add it to the dependency's `features`")]
    FeatureOff(&'static str),
    /// The Lambda Runtime API failed.
    #[error("the Lambda Runtime API failed: {0}")]
    Runtime(String),
}

/// An invocation that failed, in the shape of the Lambda Runtime API (AWS Lambda, "Using the Lambda runtime API", *Invocation error*).
///
/// API Gateway answers it with 502 at `$connect`, and with its error frame (`"message": "Internal server error"`) on a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{error_type}: {error_message}")]
pub struct FunctionFailure {
    /// A name for programs, such as `HandlerPanic`.
    pub error_type: String,
    /// A text for people.
    pub error_message: String,
}

impl FunctionFailure {
    pub(crate) fn new(error_type: &str, error_message: impl Into<String>) -> Self {
        Self { error_type: error_type.to_owned(), error_message: error_message.into() }
    }
}
