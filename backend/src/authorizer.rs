//! The Lambda authorizer of `$connect`.

use std::{fmt, sync::Arc, time::Duration};

use crate::jwt::Claims;

type Refuse = Arc<dyn Fn(&Claims) -> bool + Send + Sync>;

/// Decides who may connect: a REQUEST authorizer that checks a JWT in the query string.
///
/// Whatever is wrong with a token, the answer is a Deny policy (the gateway then answers 403), never an error of the function.
///
/// ```
/// use everwire_backend::{Authorizer, Claims};
/// use std::time::Duration;
///
/// let authorizer = Authorizer::hs256("0123456789abcdef0123456789abcdef")
///     .issuer("https://login.example.com/")
///     .audience("orders")
///     .leeway(Duration::from_secs(10))
///     .pass(["tenant", "roles"])
///     .refuse_when(|claims: &Claims| claims.str("jti") == Some("revoked"));
/// ```
#[derive(Clone)]
pub struct Authorizer {
    secret: Vec<u8>,
    short_secret: bool,
    parameter: String,
    leeway: Duration,
    issuer: Option<String>,
    audience: Option<String>,
    identity: Vec<String>,
    pass: Vec<String>,
    refuse: Vec<Refuse>,
}

impl Authorizer {
    /// Tokens signed with HS256 under this secret, of at least 32 bytes (RFC 7518, section 3.2).
    #[must_use]
    pub fn hs256(secret: impl AsRef<[u8]>) -> Self {
        Self {
            secret: secret.as_ref().to_vec(),
            short_secret: false,
            parameter: "token".to_owned(),
            leeway: Duration::from_secs(5),
            issuer: None,
            audience: None,
            identity: vec!["sub".to_owned(), "identity".to_owned()],
            pass: Vec::new(),
            refuse: Vec::new(),
        }
    }

    /// Takes an HS256 secret below 32 bytes too (never an empty one): for a system that already has one, until it is replaced. A short
    /// secret can be guessed from any token.
    #[must_use]
    pub fn allow_short_secret(mut self) -> Self {
        self.short_secret = true;
        self
    }

    /// The query parameter that carries the token. Default: `token`.
    ///
    /// It must be the API's identity source too: `route.request.querystring.token`.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>) -> Self {
        self.parameter = name.into();
        self
    }

    /// By how much the clocks of issuer and authorizer may differ. Default: 5 s. At most 30 s.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// The `iss` that a token must have, compared as it is. Default: not checked.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// The `aud` that a token must have, alone or among others. Default: not checked.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// The claims that may name the user; the first that a token has counts. Default: `sub`, then `identity`.
    #[must_use]
    pub fn identity<I: Into<String>>(mut self, claims: impl IntoIterator<Item = I>) -> Self {
        self.identity = claims.into_iter().map(Into::into).collect();
        self
    }

    /// The claims that handlers get to see, beside `exp`. Default: none.
    #[must_use]
    pub fn pass<I: Into<String>>(mut self, claims: impl IntoIterator<Item = I>) -> Self {
        self.pass = claims.into_iter().map(Into::into).collect();
        self
    }

    /// A last word on a token that is valid otherwise, such as a revoked `jti`. `true` refuses. May be given more than once.
    #[must_use]
    pub fn refuse_when(mut self, refuse: impl Fn(&Claims) -> bool + Send + Sync + 'static) -> Self {
        self.refuse.push(Arc::new(refuse));
        self
    }
}

impl fmt::Debug for Authorizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorizer")
            .field("parameter", &self.parameter)
            .field("leeway", &self.leeway)
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("identity", &self.identity)
            .field("pass", &self.pass)
            .finish_non_exhaustive()
    }
}
