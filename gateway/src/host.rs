//! Who may address the gateway: protection against DNS rebinding and cross-origin calls.

use std::net::IpAddr;

use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderName};

use crate::config::Config;

/// The names by which this gateway may be addressed. A page of a foreign site whose name resolves to 127.0.0.1 sends
/// that name as `Host`, which is how it is told apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct HostPolicy {
    names: Vec<String>,
    any_address: bool,
}

impl HostPolicy {
    pub(crate) fn new(config: &Config) -> Self {
        Self { names: config.hosts.clone(), any_address: config.allow_remote }
    }

    /// Whether a `Host` header names this gateway.
    pub(crate) fn allows_host(&self, host: &str) -> bool {
        if host.contains('@') {
            return false;
        }
        host.parse::<Authority>().is_ok_and(|authority| {
            let name = authority.host();
            self.allows_name(name) && authority.as_str().strip_prefix(name).is_some_and(is_port)
        })
    }

    /// Whether an `Origin` header names a page of this machine.
    pub(crate) fn allows_origin(&self, origin: &str) -> bool {
        origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"))
            .is_some_and(|host| self.allows_host(host))
    }

    /// Whether a request names this gateway and, if a page makes it, a page of this machine makes it.
    pub(crate) fn allows_request(&self, headers: &HeaderMap) -> bool {
        let mut hosts = texts(headers, HOST);
        // RFC 9112 section 3.2: of two, another reader may take the other one.
        let host = hosts.next().filter(|_| hosts.next().is_none());
        host.is_some_and(|host| self.allows_host(host))
            && texts(headers, ORIGIN).all(|origin| self.allows_origin(origin))
    }

    fn allows_name(&self, name: &str) -> bool {
        let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        if let Ok(address) = address.parse::<IpAddr>() {
            return self.any_address || address.to_canonical().is_loopback();
        }
        let name = name.to_ascii_lowercase();
        name == "localhost"
            || name.ends_with(".localhost")
            || self.names.iter().any(|allowed| allowed.eq_ignore_ascii_case(&name))
    }
}

fn texts(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers.get_all(name).into_iter().map(|value| value.to_str().unwrap_or_default())
}

/// Whether nothing follows the name, or a colon and a port: events repeat the whole text as `domainName`.
fn is_port(rest: &str) -> bool {
    rest.is_empty()
        || rest
            .strip_prefix(':')
            .is_some_and(|port| port.bytes().all(|digit| digit.is_ascii_digit()) && port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_answered_by_default() {
        let policy = HostPolicy::default();
        for (host, allowed) in [
            ("localhost", true),
            ("localhost:4400", true),
            ("LOCALHOST:1", true),
            ("app.localhost:4400", true),
            ("127.0.0.1:4400", true),
            ("127.9.9.9", true),
            ("[::1]:4400", true),
            ("evil.example", false),
            ("localhost.evil.example:4400", false),
            ("127.0.0.1.evil.example", false),
            ("evil.example@localhost", false),
            ("localhost@evil.example", false),
            ("0.0.0.0:4400", false),
            ("192.168.1.5", false),
            ("notlocalhost", false),
            ("", false),
            ("localhost/x", false),
            ("localhost:65535", true),
            ("localhost:65536", false),
            ("localhost:", false),
            ("localhost:+80", false),
            ("127.0.0.1:4400,evil.example", false),
            ("localhost:evil.example", false),
            ("[::1]evil.example:4400", false),
        ] {
            assert_eq!(policy.allows_host(host), allowed, "{host:?}");
        }
    }

    #[test]
    fn origins_need_a_scheme_and_a_loopback_host() {
        let policy = HostPolicy::default();
        for (origin, allowed) in [
            ("http://localhost:4400", true),
            ("https://127.0.0.1", true),
            ("http://[::1]:3000", true),
            ("null", false),
            ("", false),
            ("http://evil.example", false),
            ("http://localhost.evil.example", false),
            ("ftp://localhost", false),
            ("localhost:4400", false),
            ("http://localhost:4400/path", false),
        ] {
            assert_eq!(policy.allows_origin(origin), allowed, "{origin:?}");
        }
    }

    #[test]
    fn further_names_and_addresses_are_allowed_on_request() {
        let mut config = Config::new("dev".to_owned());
        config.hosts.push("gateway.test".to_owned());
        config.allow_remote = true;
        let policy = HostPolicy::new(&config);
        assert!(policy.allows_host("Gateway.Test:4400"));
        assert!(policy.allows_host("192.168.1.5:4400"));
        assert!(!policy.allows_host("evil.example:4400"));
    }
}
