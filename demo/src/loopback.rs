//! Only this machine may ask: the check of `Host` and `Origin` that keeps foreign pages out.
//!
//! The server listens on loopback alone, but a browser on the same machine carries requests of any page there. A name
//! that was rebound to 127.0.0.1 shows in `Host`, a foreign page in `Origin` (Fetch, section 3.2).

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::api_error::ApiError;

/// Refuses a request that does not come from this machine's own pages and tools with 403.
pub(crate) async fn loopback_only(request: Request, next: Next) -> Response {
    match foreign(&request) {
        Some(error) => error.into_response(),
        None => next.run(request).await,
    }
}

/// Whether `origin` is a page of this machine: `http://localhost:8080`, `https://127.0.0.1`, `http://[::1]:1`.
pub(crate) fn is_loopback_origin(origin: &HeaderValue) -> bool {
    origin.to_str().is_ok_and(|origin| {
        let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        authority.is_some_and(is_loopback_authority)
    })
}

fn foreign(request: &Request) -> Option<ApiError> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host_is_ours = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().is_ok_and(is_loopback_authority),
        _ => false,
    };
    // A request line with a full URL overrides Host (RFC 9112, section 3.2.2).
    let target_is_ours = request.uri().authority().is_none_or(|authority| is_loopback_authority(authority.as_str()));
    if !host_is_ours || !target_is_ours {
        return Some(ApiError::new(
            StatusCode::FORBIDDEN,
            "foreign_host",
            "this server answers only to 127.0.0.1, [::1] and localhost: open it by one of these names",
        ));
    }
    let foreign_origin = request.headers().get_all(header::ORIGIN).iter().any(|origin| !is_loopback_origin(origin));
    foreign_origin.then(|| {
        ApiError::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "this server answers only pages of this machine (127.0.0.1, [::1], localhost)",
        )
    })
}

fn is_loopback_authority(authority: &str) -> bool {
    let (host, rest) = match authority.strip_prefix('[') {
        Some(bracketed) => match bracketed.split_once(']') {
            Some((host, rest)) => (host, rest),
            None => return false,
        },
        None => authority.find(':').map_or((authority, ""), |colon| authority.split_at(colon)),
    };
    let bracketed = authority.starts_with('[');
    let known = if bracketed { host == "::1" } else { host == "127.0.0.1" || host.eq_ignore_ascii_case("localhost") };
    let port = match rest.strip_prefix(':') {
        Some(port) => port.bytes().all(|digit| digit.is_ascii_digit()) && port.parse::<u16>().is_ok(),
        None => rest.is_empty(),
    };
    known && port
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_three_loopback_names_are_ours() {
        let cases = [
            ("127.0.0.1", true),
            ("127.0.0.1:4400", true),
            ("localhost", true),
            ("LOCALHOST:1", true),
            ("[::1]", true),
            ("[::1]:65535", true),
            ("", false),
            ("127.0.0.1:", false),
            ("127.0.0.1:65536", false),
            ("127.0.0.1:+1", false),
            ("127.0.0.1.example.com", false),
            ("localhost.example.com:4400", false),
            ("evil-localhost", false),
            ("user@localhost", false),
            ("::1", false),
            ("[::1", false),
            ("[::1]4400", false),
            ("[127.0.0.1]", false),
            ("[localhost]:80", false),
            ("0.0.0.0:4400", false),
            ("192.168.0.1", false),
        ];
        for (authority, ours) in cases {
            assert_eq!(is_loopback_authority(authority), ours, "{authority}");
        }
    }

    #[test]
    fn an_origin_needs_a_web_scheme_and_a_loopback_host() {
        let cases = [
            ("http://127.0.0.1:4400", true),
            ("https://localhost", true),
            ("http://[::1]:3000", true),
            ("null", false),
            ("http://example.com", false),
            ("http://localhost.evil.test", false),
            ("file://localhost", false),
            ("http://localhost/", false),
            ("localhost:4400", false),
        ];
        for (origin, ours) in cases {
            assert_eq!(is_loopback_origin(&HeaderValue::from_static(origin)), ours, "{origin}");
        }
    }
}
