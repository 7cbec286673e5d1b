use std::fmt;
use std::future::Future;
use std::rc::Rc;

use everwire_core::RefreshReason;
use web_sys::AbortSignal;

use crate::client::Answer;

/// Where a client gets its token, and how the token is refreshed.
///
/// Cheap to clone, and equal to its clones alone: a component that makes a new source at each render would reconnect at
/// each, so make it once (in Yew, with `use_memo`).
///
/// ```no_run
/// use everwire::{RefreshReason, TokenError, TokenSource};
///
/// # async fn read_storage() -> Option<String> { None }
/// # async fn post_refresh() -> Result<String, TokenError> { Err(TokenError::transient("offline")) }
/// let source = TokenSource::new(
///     || async { Ok(read_storage().await) },
///     |_reason: RefreshReason| async { post_refresh().await },
/// );
/// # drop(source);
/// ```
#[derive(Clone)]
pub struct TokenSource(Rc<dyn Source>);

/// What a client needs of a source. Each question is answered once, later or never: the client has its own timeout.
pub(crate) trait Source {
    /// The token that is there, if there is one. Called before each connect, and again under the lock.
    fn get(&self, answer: Answer);
    /// A new token. `signal` aborts when nobody waits for it any more.
    fn refresh(&self, reason: RefreshReason, signal: AbortSignal, answer: Answer);
}

impl TokenSource {
    /// A source of two async functions: `get` reads the token that is there, `refresh` makes a new one.
    ///
    /// A refresh runs under a lock over all tabs of the origin, after `get` was asked once more: with rotating refresh
    /// tokens two at a time would sign the user out.
    pub fn new<G, R>(get: impl Fn() -> G + 'static, refresh: impl Fn(RefreshReason) -> R + 'static) -> Self
    where
        G: Future<Output = Result<Option<String>, TokenError>> + 'static,
        R: Future<Output = Result<String, TokenError>> + 'static,
    {
        Self(Rc::new(AsyncSource { get, refresh }))
    }

    #[cfg(feature = "js")]
    pub(crate) fn from_source(source: impl Source + 'static) -> Self {
        Self(Rc::new(source))
    }

    pub(crate) fn get(&self, answer: Answer) {
        self.0.get(answer);
    }

    pub(crate) fn refresh(&self, reason: RefreshReason, signal: AbortSignal, answer: Answer) {
        self.0.refresh(reason, signal, answer);
    }
}

impl PartialEq for TokenSource {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSource")
    }
}

struct AsyncSource<G, R> {
    get: G,
    refresh: R,
}

impl<G, GetFuture, R, RefreshFuture> Source for AsyncSource<G, R>
where
    G: Fn() -> GetFuture,
    GetFuture: Future<Output = Result<Option<String>, TokenError>> + 'static,
    R: Fn(RefreshReason) -> RefreshFuture,
    RefreshFuture: Future<Output = Result<String, TokenError>> + 'static,
{
    fn get(&self, answer: Answer) {
        let token = (self.get)();
        wasm_bindgen_futures::spawn_local(async move { answer.give(token.await) });
    }

    fn refresh(&self, reason: RefreshReason, _signal: AbortSignal, answer: Answer) {
        let token = (self.refresh)(reason);
        wasm_bindgen_futures::spawn_local(async move { answer.give(token.await.map(Some)) });
    }
}

/// Why a token source has no token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TokenError {
    unauthorized: bool,
    message: String,
}

impl TokenError {
    /// Nobody is signed in: the client waits in [`State::AuthRequired`](crate::State::AuthRequired) until it is opened
    /// again. `message` goes to people; keep tokens out of it.
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self { unauthorized: true, message: message.into() }
    }

    /// It may work later: the client tries again after a wait. `message` goes to people; keep tokens out of it.
    pub fn transient(message: impl Into<String>) -> Self {
        Self { unauthorized: false, message: message.into() }
    }

    /// Whether nobody is signed in.
    pub fn is_unauthorized(&self) -> bool {
        self.unauthorized
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TokenError {}
