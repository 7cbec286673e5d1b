//! The Lambda authorizer of `$connect`.

mod context;
mod decide;

use std::{fmt, sync::Arc, time::Duration};

pub(crate) use context::from_context;
pub(crate) use decide::Decide;

use crate::jwt::{Claims, Key, Keys, Verifier};

/// The shortest HS256 secret, in bytes (RFC 7518, section 3.2: as long as the hash).
const MIN_SECRET: usize = 32;

/// The largest difference between two clocks that is not a fault.
const MAX_LEEWAY: Duration = Duration::from_secs(30);

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

    /// The authorizer as the app runs it, or everything that is wrong with its settings.
    pub(crate) fn prepare(self) -> Result<Decide, Vec<String>> {
        let problems = self.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Decide {
            verifier: Verifier {
                keys: Keys::Fixed(vec![Key::hs256(&self.secret)]),
                leeway: self.leeway,
                issuer: self.issuer,
                audience: self.audience,
                identity: self.identity,
            },
            parameter: self.parameter,
            pass: self.pass,
            refuse: self.refuse,
        })
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let bytes = self.secret.len();
        if bytes == 0 {
            problems.push("the HS256 secret is empty".to_owned());
        } else if bytes < MIN_SECRET && !self.short_secret {
            problems.push(format!(
                "the HS256 secret has {bytes} bytes, it needs at least {MIN_SECRET} (RFC 7518, section 3.2); `openssl rand -hex 32` makes \
                 one, `allow_short_secret()` takes this one"
            ));
        }
        if self.leeway > MAX_LEEWAY {
            problems.push(format!("the leeway is {:?}, at most {MAX_LEEWAY:?} are sensible", self.leeway));
        }
        if self.parameter.is_empty() {
            problems.push("the name of the token's query parameter is empty".to_owned());
        }
        if self.identity.is_empty() {
            problems.push("no claim is to name the user".to_owned());
        }
        problems.extend(
            self.pass
                .iter()
                .filter(|name| !context::is_passable(name))
                .map(|name| format!("the claim {name:?} cannot be passed on: API Gateway or Everwire uses that name, or it is empty or has white space")),
        );
        problems
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
