//! Ids as API Gateway makes them: 11 bytes in base64url with padding, so always 16 characters that end in `=`.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde::{Serialize, Serializer};

const RAW: usize = 11;
const TEXT: usize = 16;

/// The id of one WebSocket connection, for example `PJqB0fHsqRcCHlw=`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId([u8; TEXT]);

/// A text that cannot be a connection id: those are 15 characters of the base64url alphabet and one `=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a connection id: expected 15 characters of A-Z a-z 0-9 - _ and a final =")]
pub struct InvalidConnectionId;

impl ConnectionId {
    /// A new random id.
    pub(crate) fn random() -> Self {
        let mut text = [0; TEXT];
        let raw: [u8; RAW] = random_bytes();
        // 11 bytes fill 16 characters exactly, so the slice cannot be too small.
        let written = URL_SAFE.encode_slice(raw, &mut text);
        debug_assert_eq!(written, Ok(TEXT));
        Self(text)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for ConnectionId {
    type Err = InvalidConnectionId;

    /// Checks the form only; whether such a connection lives is the registry's business.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes: [u8; TEXT] = text.as_bytes().try_into().map_err(|_| InvalidConnectionId)?;
        let (last, alphabet) = bytes.split_last().ok_or(InvalidConnectionId)?;
        let well_formed =
            *last == b'=' && alphabet.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if well_formed { Ok(Self(bytes)) } else { Err(InvalidConnectionId) }
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ConnectionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The id of one request or message: of the same form as a connection's.
pub(crate) type RequestId = ConnectionId;

/// A value for `X-Amzn-Trace-Id`: version, seconds since the epoch and 96 random bits (AWS X-Ray: *Trace ID format*).
pub(crate) fn trace_id(epoch_millis: u64) -> String {
    let random: [u8; 12] = random_bytes();
    let mut text = format!("Root=1-{:08x}-", epoch_millis / 1000);
    for byte in random {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[expect(clippy::expect_used, reason = "an operating system without randomness cannot serve anything")]
fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_random_id_has_the_form_of_api_gateway() {
        for _ in 0..1000 {
            let id = ConnectionId::random();
            assert_eq!(id.as_str().len(), 16);
            assert!(id.as_str().ends_with('='));
            assert_eq!(URL_SAFE.decode(id.as_str()).unwrap().len(), 11);
            assert_eq!(id.as_str().parse(), Ok(id));
        }
    }

    #[test]
    fn random_ids_differ() {
        let ids: std::collections::HashSet<_> = (0..1000).map(|_| ConnectionId::random()).collect();
        assert_eq!(ids.len(), 1000);
    }

    #[test]
    fn ids_seen_on_aws_are_well_formed() {
        for id in ["PJqB0fHsqRcCHlw=", "BFaT_fALIAMCKug=", "JC1dgf9yoAMCK-g=", "XDmENcnwIE0CFEQ="] {
            assert_eq!(id.parse::<ConnectionId>().unwrap().as_str(), id);
        }
    }

    #[test]
    fn other_texts_are_not_ids() {
        for text in [
            "",
            "=",
            "PJqB0fHsqRcCHlw",
            "PJqB0fHsqRcCHlw==",
            "PJqB0fHsqRcCHlwA",
            "PJqB0fHsqRc+Hlw=",
            "PJqB0fHsqRc/Hlw=",
            "PJqB0fHsqRcCHl%=",
            "PJqB0fHsqRcCHé=",
            "../../../../abc=",
            "123e4567-e89b-12d3-a456-426614174000",
        ] {
            assert!(text.parse::<ConnectionId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_trace_id_holds_the_second_of_its_request() {
        let trace = trace_id(1_701_245_041_798);
        assert!(trace.starts_with("Root=1-6566f071-"), "{trace}");
        assert_eq!(trace.len(), "Root=1-6374f33e-0f3721a17111942153e576ab".len());
    }
}
