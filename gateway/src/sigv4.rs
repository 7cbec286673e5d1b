//! Verification of AWS Signature Version 4 (AWS: *Create a signed AWS API request*), for the service `execute-api`.

mod canonical;

use std::fmt;

use hmac::{Hmac, Mac as _};
use http::header::AUTHORIZATION;
use http::request::Parts;
use sha2::{Digest as _, Sha256};

use self::canonical::{canonical_request, signing_time};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// How far a request's time may be from the gateway's, seconds (same page: "within five minutes").
const MAX_SKEW_S: u64 = 5 * 60;

/// The one key that signs.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) access_key: String,
    pub(crate) secret: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// Why a request does not count as signed. The texts hold nothing that the caller sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignatureError {
    #[error("no Authorization header, or several")]
    Missing,
    #[error("the Authorization header is not AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…")]
    Malformed,
    #[error("the access key is not the configured one")]
    UnknownKey,
    #[error("the credential's scope is not DATE/REGION/execute-api/aws4_request with the API's Region")]
    WrongScope,
    #[error("the x-amz-date header is missing or malformed, or differs from the credential's date")]
    BadDate,
    #[error("the request was signed more than five minutes from now")]
    Expired,
    #[error("host and every x-amz-* header must be signed")]
    UnsignedHeader,
    #[error("the signature does not match")]
    Mismatch,
}

/// What a signature is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
    /// Unix time, seconds.
    pub(crate) now: u64,
}

/// Checks that a request was signed with a key.
pub(crate) fn verify(
    credentials: &Credentials,
    scope: Scope<'_>,
    request: &Parts,
    body: &[u8],
) -> Result<(), SignatureError> {
    let authorization = Authorization::of(request)?;
    let [access_key, date, region, service, "aws4_request"] = authorization.credential[..] else {
        return Err(SignatureError::WrongScope);
    };
    if access_key != credentials.access_key {
        return Err(SignatureError::UnknownKey);
    }
    if region != scope.region || service != scope.service {
        return Err(SignatureError::WrongScope);
    }
    let (timestamp, signed_at) = signing_time(&request.headers).ok_or(SignatureError::BadDate)?;
    if timestamp.get(..8) != Some(date) {
        return Err(SignatureError::BadDate);
    }
    if signed_at.abs_diff(scope.now) > MAX_SKEW_S {
        return Err(SignatureError::Expired);
    }
    let is_signed = |name: &str| authorization.signed_headers.contains(&name);
    let must_be = |name: &str| name == "host" || name.starts_with("x-amz-");
    if !is_signed("host") || request.headers.keys().any(|name| must_be(name.as_str()) && !is_signed(name.as_str())) {
        return Err(SignatureError::UnsignedHeader);
    }
    let canonical = canonical_request(request, &authorization.signed_headers, body);
    let to_sign = format!(
        "{ALGORITHM}\n{timestamp}\n{date}/{region}/{service}/aws4_request\n{}",
        hex(&Sha256::digest(canonical.as_bytes()))
    );
    let mut key = mac(format!("AWS4{}", credentials.secret).as_bytes());
    for part in [date, region, service, "aws4_request"] {
        key.update(part.as_bytes());
        key = mac(&key.finalize().into_bytes());
    }
    key.update(to_sign.as_bytes());
    // Compares in constant time.
    key.verify_slice(&authorization.signature).map_err(|_| SignatureError::Mismatch)
}

/// The header's three parameters.
struct Authorization<'a> {
    credential: Vec<&'a str>,
    signed_headers: Vec<&'a str>,
    signature: Vec<u8>,
}

impl<'a> Authorization<'a> {
    fn of(request: &'a Parts) -> Result<Self, SignatureError> {
        let mut headers = request.headers.get_all(AUTHORIZATION).iter();
        let (Some(header), None) = (headers.next(), headers.next()) else { return Err(SignatureError::Missing) };
        header.to_str().ok().and_then(Self::parse).ok_or(SignatureError::Malformed)
    }

    fn parse(header: &'a str) -> Option<Self> {
        let parameters: Vec<_> = header.strip_prefix(ALGORITHM)?.strip_prefix(' ')?.split(',').map(str::trim).collect();
        let [credential, signed_headers, signature] = parameters[..] else { return None };
        Some(Self {
            credential: credential.strip_prefix("Credential=")?.split('/').collect(),
            signed_headers: signed_headers.strip_prefix("SignedHeaders=")?.split(';').collect(),
            signature: unhex(signature.strip_prefix("Signature=")?)?,
        })
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
fn mac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("a key")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<_>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() == 64)?;
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// 2015-08-30 12:36:00 UTC, the time of AWS's Signature Version 4 test suite.
    const THEN: u64 = 1_440_938_160;

    fn vector(method: &str, uri: &str, signature: &str) -> Parts {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature={signature}"
        );
        let request = http::Request::builder()
            .method(method)
            .uri(uri)
            .header("host", "example.amazonaws.com")
            .header("x-amz-date", "20150830T123600Z")
            .header("authorization", authorization);
        request.body(()).unwrap().into_parts().0
    }

    fn check(request: &Parts, now: u64) -> Result<(), SignatureError> {
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned();
        let credentials = Credentials { access_key: "AKIDEXAMPLE".to_owned(), secret };
        verify(&credentials, Scope { region: "us-east-1", service: "service", now }, request, b"")
    }

    const VANILLA: &str = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";

    #[test]
    fn the_vectors_of_the_test_suite_of_aws_are_verified() {
        for (method, uri, signature) in [
            ("GET", "/", VANILLA),
            ("POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            (
                "GET",
                "/?Param2=value2&Param1=value1",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
        ] {
            assert_eq!(check(&vector(method, uri, signature), THEN), Ok(()), "{method} {uri}");
        }
    }

    #[test]
    fn a_signature_is_good_for_five_minutes_and_for_its_request_alone() {
        let vanilla = vector("GET", "/", VANILLA);
        for (now, result) in [
            (THEN - 300, Ok(())),
            (THEN + 300, Ok(())),
            (THEN - 301, Err(SignatureError::Expired)),
            (THEN + 301, Err(SignatureError::Expired)),
        ] {
            assert_eq!(check(&vanilla, now), result);
        }
        for other in [vector("POST", "/", VANILLA), vector("GET", "/x", VANILLA), vector("GET", "/?a", VANILLA)] {
            assert_eq!(check(&other, THEN), Err(SignatureError::Mismatch));
        }
    }

    #[test]
    fn what_is_not_a_signature_says_why() {
        let with = |change: &dyn Fn(&mut Parts)| {
            let mut parts = vector("GET", "/", VANILLA);
            change(&mut parts);
            check(&parts, THEN).unwrap_err()
        };
        let authorization = |from: &str, to: &str| {
            with(&|parts: &mut Parts| {
                let header = parts.headers["authorization"].to_str().unwrap().replace(from, to);
                parts.headers.insert("authorization", header.parse().unwrap());
            })
        };
        assert_eq!(with(&|parts| drop(parts.headers.remove("authorization"))), SignatureError::Missing);
        assert_eq!(
            with(&|parts| assert!(parts.headers.append("authorization", "x".parse().unwrap()))),
            SignatureError::Missing
        );
        for (from, to) in
            [("AWS4-HMAC-SHA256", "Bearer"), ("Signature=", "Signatur="), ("bf31", "bf3"), ("bf31", "bf3g")]
        {
            assert_eq!(authorization(from, to), SignatureError::Malformed, "{to}");
        }
        assert_eq!(authorization("AKIDEXAMPLE", "AKIDOTHER"), SignatureError::UnknownKey);
        for (from, to) in [("us-east-1", "eu-west-1"), ("/service/", "/execute-api/"), ("aws4_request", "aws5")] {
            assert_eq!(authorization(from, to), SignatureError::WrongScope, "{to}");
        }
        assert_eq!(authorization("20150830", "20150831"), SignatureError::BadDate);
        assert_eq!(with(&|parts| drop(parts.headers.remove("x-amz-date"))), SignatureError::BadDate);
        assert_eq!(authorization("host;", ""), SignatureError::UnsignedHeader);
        assert_eq!(authorization(";x-amz-date", ""), SignatureError::UnsignedHeader);
        assert_eq!(
            with(&|parts| drop(parts.headers.insert("x-amz-extra", "1".parse().unwrap()))),
            SignatureError::UnsignedHeader
        );
        assert_eq!(authorization("bf31", "bf30"), SignatureError::Mismatch);
    }

    #[test]
    fn the_secret_is_not_printed() {
        let credentials = Credentials { access_key: "AKID".to_owned(), secret: "secret".to_owned() };
        assert_eq!(format!("{credentials:?}"), "Credentials { .. }");
    }
}
