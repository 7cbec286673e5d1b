//! Where AWS is silent or sources disagree: what this gateway does there is its own choice, and a setting.

use std::borrow::Cow;

/// What a message route's answer with a `statusCode` of 400 or above does. One capture of AWS shows nothing sent; another
/// project saw the error frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailedAnswers {
    /// The `Internal server error` frame on a two-way route, nothing on a one-way route.
    #[default]
    ErrorFrameIfTwoWay,
    /// The `Internal server error` frame on every route.
    ErrorFrame,
    /// Nothing is sent.
    Silence,
}

/// What a message does whose route selection gives `$connect` or `$disconnect`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReservedActions {
    /// No route has that key: `$default` takes it, or the `Forbidden` frame answers.
    #[default]
    NoMatch,
    /// The route of that key takes the message, as a MESSAGE event.
    Route,
}

/// Which value `queryStringParameters` has, and an identity source looks at, when a key stands more than once in the URL.
/// `multiValueQueryStringParameters` always has all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RepeatedQuery {
    /// The last, as in REST APIs.
    #[default]
    Last,
    /// The first.
    First,
    /// All, with commas between, as in HTTP APIs.
    Joined,
}

/// The choices of one gateway.
#[derive(Clone, Debug)]
pub(crate) struct Silent {
    pub(crate) failed_answers: FailedAnswers,
    pub(crate) reserved_actions: ReservedActions,
    pub(crate) repeated_query: RepeatedQuery,
    /// Whether nulls in an authorizer's answer make it invalid.
    pub(crate) refuse_nulls: bool,
    /// Whether `integrationLatency` is in the events after CONNECT too.
    pub(crate) latency_in_every_event: bool,
    /// Whether a refused handshake has a body.
    pub(crate) refusal_body: bool,
    /// The status when `$connect` takes too long.
    pub(crate) connect_timeout_status: u16,
    /// Whether a POST that is no UTF-8 is delivered with replacement characters.
    pub(crate) replace_invalid_utf8: bool,
    /// Whether `$disconnect` is told the client's own reason.
    pub(crate) client_close_reason: bool,
    /// The reason that `$disconnect` is told when TCP broke.
    pub(crate) lost_reason: Cow<'static, str>,
    /// What a connection that expired is closed with: code and reason.
    pub(crate) expiry_close: (u16, Cow<'static, str>),
    /// Whether pings and pongs keep a connection from being idle.
    pub(crate) pings_keep_alive: bool,
}

impl Default for Silent {
    fn default() -> Self {
        Self {
            failed_answers: FailedAnswers::default(),
            reserved_actions: ReservedActions::default(),
            repeated_query: RepeatedQuery::default(),
            refuse_nulls: false,
            latency_in_every_event: false,
            refusal_body: true,
            connect_timeout_status: 504,
            replace_invalid_utf8: false,
            client_close_reason: true,
            lost_reason: Cow::Borrowed("Connection closed abnormally"),
            expiry_close: (1001, Cow::Borrowed("Going away")),
            pings_keep_alive: false,
        }
    }
}
