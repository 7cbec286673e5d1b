//! The gateway's whole knowledge of a backend: bytes in, bytes out.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

/// One Lambda function as the gateway sees it: the event's JSON in, the response's JSON out.
///
/// [`function`] makes one from an async closure; an `Arc` of a function is a function, so that one backend can serve
/// several routes. A function may be called many times at once, and its future is dropped when the integration timeout
/// has passed.
pub trait Function: Send + Sync + 'static {
    /// Runs the function once.
    ///
    /// # Errors
    ///
    /// A [`FunctionError`] is what Lambda reports when the handler returned an error or the process died.
    fn invoke(&self, event: Bytes) -> BoxFuture<'_, Result<Bytes, FunctionError>>;
}

impl<F: Function + ?Sized> Function for Arc<F> {
    fn invoke(&self, event: Bytes) -> BoxFuture<'_, Result<Bytes, FunctionError>> {
        (**self).invoke(event)
    }
}

/// A failed invocation, as Lambda reports it: `{"errorType": …, "errorMessage": …}`.
///
/// An authorizer whose `error_message` is exactly `Unauthorized` refuses the client with 401; every other error is a
/// fault of the function (AWS: *Lambda authorizers*, "unauthorized" response).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error_type}: {error_message}")]
pub struct FunctionError {
    /// The kind of error, for example `Runtime.ExitError`.
    pub error_type: String,
    /// The text of the error.
    pub error_message: String,
}

impl FunctionError {
    /// An error of a kind, with a text.
    pub fn new(error_type: impl Into<String>, error_message: impl Into<String>) -> Self {
        Self { error_type: error_type.into(), error_message: error_message.into() }
    }
}

/// Makes a [`Function`] from an async closure.
///
/// ```
/// use bytes::Bytes;
/// use everwire_gateway::function;
///
/// let accept_everyone = function(|_event: Bytes| async { Ok(Bytes::from_static(br#"{"statusCode":200}"#)) });
/// # let _ = accept_everyone;
/// ```
pub fn function<F, R>(handler: F) -> impl Function
where
    F: Fn(Bytes) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Bytes, FunctionError>> + Send + 'static,
{
    Closure(handler)
}

struct Closure<F>(F);

impl<F, R> Function for Closure<F>
where
    F: Fn(Bytes) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Bytes, FunctionError>> + Send + 'static,
{
    fn invoke(&self, event: Bytes) -> BoxFuture<'_, Result<Bytes, FunctionError>> {
        (self.0)(event).boxed()
    }
}
