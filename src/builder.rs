use std::fmt;

use everwire_core::{Config, redact};

use crate::{Client, Error, TokenSource};

/// Describes a [`Client`].
///
/// # Default
///
/// | part | value |
/// |---|---|
/// | `token` | none: connects without one |
/// | `token_parameter` | `token` |
/// | `lock_name` | `everwire:refresh:` and the URL's origin and path |
/// | `config` | [`Config::new`] |
#[derive(Clone)]
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    url: String,
    token: Option<TokenSource>,
    token_parameter: String,
    lock_name: Option<String>,
    config: Config,
}

impl ClientBuilder {
    pub(crate) fn new(url: String) -> Self {
        Self { url, token: None, token_parameter: "token".to_owned(), lock_name: None, config: Config::new() }
    }

    /// Sets where the token comes from.
    pub fn token(mut self, source: TokenSource) -> Self {
        self.token = Some(source);
        self
    }

    /// Sets the query parameter that carries the token; the authorizer's identity source names the same.
    pub fn token_parameter(mut self, name: impl Into<String>) -> Self {
        self.token_parameter = name.into();
        self
    }

    /// Sets the name of the lock under which the token is refreshed. Clients that share a token share the name.
    pub fn lock_name(mut self, name: impl Into<String>) -> Self {
        self.lock_name = Some(name.into());
        self
    }

    /// Sets all policies: waits, timeouts, queue, leeway.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Makes the client. It does nothing before [`Client::open`].
    ///
    /// # Errors
    ///
    /// [`Error::is_url`] if the URL cannot be connected to.
    pub fn build(self) -> Result<Client, Error> {
        Client::new(self.url, self.token_parameter, self.lock_name, self.token, self.config)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("url", &redact(&self.url))
            .field("token", &self.token)
            .field("token_parameter", &self.token_parameter)
            .field("lock_name", &self.lock_name)
            .field("config", &self.config)
            .finish()
    }
}
