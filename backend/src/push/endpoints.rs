//! Which `@connections` endpoint belongs to which API.

use std::collections::HashMap;

/// The table of endpoints: (domain, stage) → base URL of the `@connections` API.
///
/// The values of an event are only ever looked up in it, by exact match: an event that names a foreign domain cannot make the app send
/// a signed request there. Custom domains and local gateways are entries like any other (behind a custom domain the URL's path is
/// the API mapping key, not the stage).
///
/// ```
/// # fn main() -> Result<(), everwire_backend::EndpointError> {
/// use everwire_backend::Endpoints;
///
/// let endpoints = Endpoints::new()
///     .with("abc.execute-api.eu-west-1.amazonaws.com", "prod", "https://abc.execute-api.eu-west-1.amazonaws.com/prod")?
///     .with("127.0.0.1:4400", "dev", "http://127.0.0.1:4400/dev")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    table: HashMap<(String, String), String>,
}

/// Why an endpoint is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the endpoint {url:?} for ({domain:?}, {stage:?}) {problem}")]
pub struct EndpointError {
    domain: String,
    stage: String,
    url: String,
    problem: &'static str,
}

impl Endpoints {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry. `domain` is `requestContext.domainName` as the gateway writes it (with the port, if the gateway is local).
    ///
    /// # Errors
    /// If the URL is not `http://` or `https://` with a host, or has user information, a query or a fragment.
    pub fn with(
        mut self,
        domain: impl Into<String>,
        stage: impl Into<String>,
        url: impl Into<String>,
    ) -> Result<Self, EndpointError> {
        let (domain, stage, url) = (domain.into(), stage.into(), url.into());
        if let Some(problem) = problem(&url) {
            return Err(EndpointError { url: without_secrets(&url), domain, stage, problem });
        }
        self.table.insert((domain, stage), url.trim_end_matches('/').to_owned());
        Ok(self)
    }

    /// The endpoint for a domain and a stage.
    #[must_use]
    pub fn get(&self, domain: &str, stage: &str) -> Option<&str> {
        self.table.get(&(domain.to_owned(), stage.to_owned())).map(String::as_str)
    }

    /// Every endpoint, once.
    #[cfg(feature = "push-aws")]
    pub(super) fn urls(&self) -> impl Iterator<Item = &str> {
        self.table.values().map(String::as_str)
    }
}

fn problem(url: &str) -> Option<&'static str> {
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else {
        return Some("must begin with https:// (or http:// for a local gateway)");
    };
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.is_empty() {
        return Some("names no host");
    }
    if authority.contains('@') {
        return Some("must not carry user information");
    }
    if url.contains(['?', '#']) {
        return Some("must have neither a query nor a fragment");
    }
    if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Some("must not hold white space");
    }
    None
}

/// The URL for an error text: user information and query are where secrets would be.
fn without_secrets(url: &str) -> String {
    let shown = url.split(['?', '#']).next().unwrap_or_default();
    match (shown.split_once("://"), shown.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        (None, Some((_, host))) => format!("…@{host}"),
        (_, None) => shown.to_owned(),
    }
}
