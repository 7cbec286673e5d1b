use alloc::string::String;

/// Why a URL cannot be connected to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum UrlError {
    /// It begins neither with `wss://` nor with `ws://`.
    Scheme,
    /// It names no host.
    Host,
    /// It is `ws://` to another machine: the token would cross the network in clear text.
    Insecure,
    /// It holds white space or control characters.
    Malformed,
}

impl UrlError {
    /// What is wrong and what to do about it.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Scheme => "the url must begin with wss:// (or ws:// for a server on this machine)",
            Self::Host => "the url names no host: write wss://HOST/STAGE",
            Self::Insecure => "ws:// would send the token in clear text: use wss://, ws:// is for localhost only",
            Self::Malformed => "the url holds white space or control characters: percent-encode them",
        }
    }
}

/// Checks that a URL is `wss://…`, or `ws://` to a loopback host.
///
/// # Errors
///
/// [`UrlError`] says what is wrong.
///
/// ```
/// use everwire_core::{UrlError, check_url};
///
/// assert_eq!(check_url("wss://api.example.com/prod"), Ok(()));
/// assert_eq!(check_url("ws://localhost:4400/dev"), Ok(()));
/// assert_eq!(check_url("ws://api.example.com/prod"), Err(UrlError::Insecure));
/// ```
pub fn check(url: &str) -> Result<(), UrlError> {
    let (secure, rest) = match (strip_scheme(url, "wss://"), strip_scheme(url, "ws://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return Err(UrlError::Scheme),
    };
    if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(UrlError::Malformed);
    }
    let host = host(rest);
    if host.is_empty() {
        return Err(UrlError::Host);
    }
    if secure || is_loopback(host) { Ok(()) } else { Err(UrlError::Insecure) }
}

/// Puts a token into the query of a URL, percent-encoded, in place of a parameter of that name that is there already.
///
/// ```
/// assert_eq!(everwire_core::with_token("wss://h/prod?v=1#top", "token", "a.b.c"), "wss://h/prod?v=1&token=a.b.c");
/// ```
///
/// A fragment is left out: a WebSocket URL may have none (RFC 6455 section 3).
pub fn with_token(url: &str, parameter: &str, token: &str) -> String {
    let url = url.split('#').next().unwrap_or(url);
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut out = String::with_capacity(url.len() + parameter.len() + token.len() + 2);
    out.push_str(base);
    let mut separator = '?';
    for pair in query.split('&').filter(|pair| !pair.is_empty() && !is_named(pair, parameter)) {
        out.push(separator);
        out.push_str(pair);
        separator = '&';
    }
    out.push(separator);
    encode(parameter, &mut out);
    out.push('=');
    encode(token, &mut out);
    out
}

/// A URL for people's eyes: without its query, its fragment and its user part, where secrets are kept.
pub fn redact(url: &str) -> &str {
    let url = &url[..url.find(['?', '#']).unwrap_or(url.len())];
    let authority = url.find("://").map_or(0, |scheme| scheme + "://".len());
    let path = url[authority..].find('/').map_or(url.len(), |slash| authority + slash);
    match url[authority..path].rfind('@') {
        Some(at) => &url[authority + at + 1..],
        None => url,
    }
}

fn strip_scheme<'a>(url: &'a str, scheme: &str) -> Option<&'a str> {
    let head = url.get(..scheme.len())?;
    if head.eq_ignore_ascii_case(scheme) { url.get(scheme.len()..) } else { None }
}

/// The host of what follows the scheme, without user, port and brackets. Brackets with anything but a port behind them
/// stay: that is no address, and must not pass for one.
fn host(rest: &str) -> &str {
    let authority = &rest[..rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len())];
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    match authority.strip_prefix('[').map(|v6| v6.split_once(']')) {
        Some(Some((v6, port))) if port.is_empty() || port.starts_with(':') => v6,
        Some(_) => authority,
        None => authority.split(':').next().unwrap_or(authority),
    }
}

/// Names that a browser itself never sends over the network (WHATWG Secure Contexts section 3.1).
fn is_loopback(host: &str) -> bool {
    let is_localhost = host.eq_ignore_ascii_case("localhost")
        || host.len() > ".localhost".len()
            && host.get(host.len() - ".localhost".len()..).is_some_and(|end| end.eq_ignore_ascii_case(".localhost"));
    is_localhost || host == "::1" || is_loopback_v4(host)
}

fn is_loopback_v4(host: &str) -> bool {
    let mut parts = host.split('.');
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<u8>().is_ok();
    let numbers = || host.split('.').all(is_number);
    parts.next() == Some("127") && parts.count() == 3 && numbers()
}

/// Compares as a server would that decodes the name, so that no second token hides behind an encoded letter.
fn is_named(pair: &str, parameter: &str) -> bool {
    let name = pair.split('=').next().unwrap_or(pair);
    let mut expected = parameter.bytes();
    let mut bytes = name.bytes();
    loop {
        let byte = match bytes.next() {
            Some(b'+') => Some(b' '),
            Some(b'%') => match (bytes.next().and_then(hex), bytes.next().and_then(hex)) {
                (Some(high), Some(low)) => Some(high << 4 | low),
                _ => return false,
            },
            byte => byte,
        };
        match (byte, expected.next()) {
            (None, None) => return true,
            (a, b) if a == b => {}
            _ => return false,
        }
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Percent-encodes all but the unreserved characters of RFC 3986 section 2.3, of which a JWT consists.
fn encode(text: &str, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{UrlError, check, redact, with_token};

    #[test]
    fn only_secure_urls_and_loopback_hosts_are_connected_to() {
        for url in [
            "wss://h",
            "WSS://h/prod?x=1",
            "ws://localhost:4400/dev",
            "ws://127.0.0.1/dev",
            "ws://127.9.9.9",
            "ws://[::1]:4400/dev",
            "ws://app.localhost/dev",
            "WS://LOCALHOST",
        ] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
        for (url, error) in [
            ("", UrlError::Scheme),
            ("https://h/prod", UrlError::Scheme),
            ("//h/prod", UrlError::Scheme),
            ("wss://", UrlError::Host),
            ("wss:///prod", UrlError::Host),
            ("wss://:443/prod", UrlError::Host),
            ("ws://[::1].example.com/dev", UrlError::Insecure),
            ("ws://[::1/dev", UrlError::Insecure),
            ("ws://127.0.0.+1/dev", UrlError::Insecure),
            ("wss://h/a b", UrlError::Malformed),
            ("wss://h/a\n", UrlError::Malformed),
            ("ws://h/dev", UrlError::Insecure),
            ("ws://localhost.example.com/dev", UrlError::Insecure),
            ("ws://notlocalhost/dev", UrlError::Insecure),
            ("ws://127.0.0.1.example.com/dev", UrlError::Insecure),
            ("ws://127.0.0.256/dev", UrlError::Insecure),
            ("ws://localhost@example.com/dev", UrlError::Insecure),
            ("ws://example.com\\@localhost/dev", UrlError::Insecure),
        ] {
            assert_eq!(check(url), Err(error), "{url}");
        }
    }

    #[test]
    fn the_token_replaces_one_that_is_there_and_keeps_the_rest() {
        for (url, expected) in [
            ("wss://h/prod", "wss://h/prod?token=t"),
            ("wss://h/prod?", "wss://h/prod?token=t"),
            ("wss://h/prod?a=1&b=2", "wss://h/prod?a=1&b=2&token=t"),
            ("wss://h/prod?token=old&a=1&token=older", "wss://h/prod?a=1&token=t"),
            ("wss://h/prod?tok%65n=old&token", "wss://h/prod?token=t"),
            ("wss://h/prod?tokens=1&toke=2&%zz=3", "wss://h/prod?tokens=1&toke=2&%zz=3&token=t"),
            ("wss://h/prod#?token=old", "wss://h/prod?token=t"),
        ] {
            assert_eq!(with_token(url, "token", "t"), expected, "{url}");
        }
    }

    #[test]
    fn whatever_a_token_holds_stays_one_parameter() {
        assert_eq!(with_token("wss://h", "token", "a+b/c=&d#e é"), "wss://h?token=a%2Bb%2Fc%3D%26d%23e%20%C3%A9");
        assert_eq!(with_token("wss://h", "a&b", "t"), "wss://h?a%26b=t");
    }

    #[test]
    fn a_redacted_url_keeps_no_secret() {
        assert_eq!(redact("wss://h/prod?token=secret#secret"), "wss://h/prod");
        assert_eq!(redact("wss://user:secret@h/prod"), "h/prod");
        assert_eq!(redact("wss://h"), "wss://h");
        assert_eq!(redact("wss://h/@room"), "wss://h/@room");
    }
}
