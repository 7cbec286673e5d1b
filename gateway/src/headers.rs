//! The headers of a handshake as events carry them.

use std::net::IpAddr;

use crate::fields::Fields;
use crate::ids::trace_id;

/// The client's headers in its own spelling, with what API Gateway adds to them. They may hold secrets, so they are never
/// printed.
#[derive(Clone)]
pub(crate) struct Headers(Fields);

/// Headers of the hop to the gateway: the authorizer sees them as AWS's front door writes them, `$connect` not at all.
const HOP: [(&str, &str); 3] = [("Connection", "upgrade"), ("content-length", "0"), ("Upgrade", "websocket")];

const TRACE: &str = "X-Amzn-Trace-Id";
const FORWARDED_FOR: &str = "X-Forwarded-For";
const FORWARDED_PORT: &str = "X-Forwarded-Port";
const FORWARDED_PROTO: &str = "X-Forwarded-Proto";

impl Headers {
    /// Takes what the client sent and adds where it came from. Port and scheme are the gateway's own, so `http` here.
    pub(crate) fn new(sent: &[(String, String)], source_ip: IpAddr, port: u16, at: u64) -> Self {
        let mut fields = Fields::default();
        let mut forwarded_for = String::new();
        let mut traced = false;
        for (name, value) in sent {
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            if is(FORWARDED_FOR) {
                forwarded_for.push_str(value);
                forwarded_for.push_str(", ");
            } else if is(FORWARDED_PORT) || is(FORWARDED_PROTO) || HOP.iter().any(|(hop, _)| is(hop)) {
                // The gateway speaks for these.
            } else {
                traced |= is(TRACE);
                fields.add(name.clone(), value.clone(), str::eq_ignore_ascii_case);
            }
        }
        if !traced {
            fields.set(TRACE, trace_id(at));
        }
        fields.set(FORWARDED_FOR, format!("{forwarded_for}{source_ip}"));
        fields.set(FORWARDED_PORT, port.to_string());
        fields.set(FORWARDED_PROTO, "http".to_owned());
        Self(fields)
    }

    /// The last value of a header, by its name in any spelling.
    pub(crate) fn last(&self, name: &str) -> Option<&str> {
        self.0.last_by(|known| known.eq_ignore_ascii_case(name))
    }

    pub(crate) fn for_authorizer(&self) -> Fields {
        let mut fields = self.0.clone();
        for (name, value) in HOP {
            fields.set(name, value.to_owned());
        }
        fields
    }

    pub(crate) fn for_connect(&self) -> &Fields {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn headers(sent: &[(&str, &str)]) -> Headers {
        let sent: Vec<_> = sent.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Headers::new(&sent, "203.0.113.7".parse().unwrap(), 4400, 1_701_245_041_798)
    }

    #[test]
    fn names_keep_their_spelling_and_repeated_ones_their_values() {
        let headers = headers(&[
            ("hOsT", "a:1"),
            ("X-One", "1"),
            ("x-one", "2"),
            ("x-amzn-trace-id", "Root=1-0-0"),
            ("connection", "keep-alive, Upgrade"),
            ("UPGRADE", "WebSocket"),
            ("Content-Length", "0"),
        ]);
        assert_eq!(
            json!(headers.for_connect().single()),
            json!({
                "hOsT": "a:1", "X-One": "2", "x-amzn-trace-id": "Root=1-0-0",
                "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Port": "4400", "X-Forwarded-Proto": "http",
            })
        );
        assert_eq!(json!(headers.for_connect().multi())["X-One"], json!(["1", "2"]));
    }

    #[test]
    fn the_authorizer_sees_the_hop_as_the_front_door_writes_it() {
        let headers = headers(&[("upgrade", "websocket"), ("Connection", "Upgrade")]);
        let seen = json!(headers.for_authorizer().single());
        assert_eq!(
            (&seen["Connection"], &seen["content-length"], &seen["Upgrade"]),
            (&json!("upgrade"), &json!("0"), &json!("websocket"))
        );
        assert!(seen.get("upgrade").is_none());
    }

    #[test]
    fn a_client_cannot_forge_where_it_comes_from() {
        let headers =
            headers(&[("x-forwarded-for", "198.51.100.1"), ("X-FORWARDED-PROTO", "https"), ("x-forwarded-port", "1")]);
        let seen = json!(headers.for_connect().single());
        assert_eq!(seen["X-Forwarded-For"], "198.51.100.1, 203.0.113.7");
        assert_eq!((&seen["X-Forwarded-Proto"], &seen["X-Forwarded-Port"]), (&json!("http"), &json!("4400")));
        assert_eq!(seen.as_object().unwrap().len(), 4);
    }
}
