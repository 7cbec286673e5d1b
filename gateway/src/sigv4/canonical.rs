//! The canonical request: the text that caller and gateway must agree on.

use http::HeaderMap;
use http::request::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use time::{Date, Month, PrimitiveDateTime, Time};

use super::hex;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same with slashes left as they are.
const IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// AWS: *Create a canonical request*.
pub(super) fn canonical_request(request: &Parts, signed_headers: &[&str], body: &[u8]) -> String {
    let mut headers = String::new();
    for name in signed_headers {
        headers.push_str(&format!("{name}:{}\n", canonical_value(&request.headers, name)));
    }
    format!(
        "{}\n{}\n{}\n{headers}\n{}\n{}",
        request.method,
        canonical_path(request.uri.path()),
        canonical_query(request.uri.query().unwrap_or_default()),
        signed_headers.join(";"),
        hex(&Sha256::digest(body))
    )
}

/// The path as it was sent, encoded once more: what came as `%3D` counts as `%253D`, what came as `@` as `%40`.
fn canonical_path(sent: &str) -> String {
    if sent.is_empty() { "/".to_owned() } else { utf8_percent_encode(sent, IN_PATH).to_string() }
}

/// Names and values encoded once however they were sent, sorted.
fn canonical_query(sent: &str) -> String {
    let encode = |part: &str| {
        let decoded: Vec<u8> = percent_decode_str(part).collect();
        percent_encoding::percent_encode(&decoded, RESERVED).to_string()
    };
    let mut pairs: Vec<_> = sent
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// All values of a header with commas between, white space around them removed and within them made one blank.
fn canonical_value(headers: &HeaderMap, name: &str) -> String {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).split_ascii_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    values.join(",")
}

/// The `x-amz-date` header, `20231129T080401Z`, and its Unix time in seconds.
pub(super) fn signing_time(headers: &HeaderMap) -> Option<(&str, u64)> {
    let text = headers.get("x-amz-date")?.to_str().ok()?;
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if date.len() != 8 || time.len() != 6 || !digits(date) || !digits(time) {
        return None;
    }
    let month = Month::try_from(date[4..6].parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(date[..4].parse().ok()?, month, date[6..].parse().ok()?).ok()?;
    let time = Time::from_hms(time[..2].parse().ok()?, time[2..4].parse().ok()?, time[4..].parse().ok()?).ok()?;
    let seconds = PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp();
    Some((text, u64::try_from(seconds).ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_path_is_encoded_once_more_than_it_was_sent() {
        for (sent, canonical) in [
            ("/prod/@connections/PJqB0fHsqRcCHlw%3D", "/prod/%40connections/PJqB0fHsqRcCHlw%253D"),
            ("/prod/%40connections/PJqB0fHsqRcCHlw%3D", "/prod/%2540connections/PJqB0fHsqRcCHlw%253D"),
            ("/prod/@connections/PJqB0fHsqRcCHlw=", "/prod/%40connections/PJqB0fHsqRcCHlw%3D"),
            ("/a-._~b", "/a-._~b"),
            ("", "/"),
        ] {
            assert_eq!(canonical_path(sent), canonical);
        }
    }

    #[test]
    fn a_query_is_sorted_and_encoded_once() {
        for (sent, canonical) in [
            ("", ""),
            ("b=2&a=1", "a=1&b=2"),
            ("a=2&a=1", "a=1&a=2"),
            ("flag", "flag="),
            ("a=%2F%2f/", "a=%2F%2F%2F"),
            ("a=x+y", "a=x%2By"),
            ("a=b=c", "a=b%3Dc"),
        ] {
            assert_eq!(canonical_query(sent), canonical, "{sent}");
        }
    }

    #[test]
    fn values_are_trimmed_and_joined() {
        let mut headers = HeaderMap::new();
        for value in [" a   b ", "\"c   d\""] {
            headers.append("x-one", value.parse().unwrap());
        }
        assert_eq!(canonical_value(&headers, "x-one"), "a b,\"c d\"");
        assert_eq!(canonical_value(&headers, "absent"), "");
    }

    #[test]
    fn only_the_basic_form_is_a_time() {
        for (text, seconds) in [
            ("20150830T123600Z", Some(1_440_938_160)),
            ("20231129T080401Z", Some(1_701_245_041)),
            ("19691231T235959Z", None),
            ("20150230T000000Z", None),
            ("20151330T000000Z", None),
            ("20150830T240000Z", None),
            ("20150830T123600", None),
            ("2015-08-30T12:36:00Z", None),
            ("+0150830T123600Z", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-amz-date", text.parse().unwrap());
            assert_eq!(signing_time(&headers).map(|(_, seconds)| seconds), seconds, "{text:?}");
        }
    }
}
