//! What an Invoke API answers: the function's result, the function's error, or an error of the service before it.

use bytes::Bytes;
use http::Response;
use serde::Deserialize;

use crate::function::FunctionError;

/// Set on every answer of a function that failed, with `Handled` or `Unhandled`; the status is 200 nevertheless.
const FUNCTION_ERROR: &str = "x-amz-function-error";
/// The kind of an error of the service itself, such as `ResourceNotFoundException`.
const ERROR_TYPE: &str = "x-amzn-errortype";

/// Lambda's description of a failed function.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Described {
    error_type: Option<String>,
    error_message: Option<String>,
}

/// The result of an invocation. Kinds of error that begin with `Endpoint.` say that no function ran.
pub(crate) fn answer(response: Response<Bytes>) -> Result<Bytes, FunctionError> {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    if let Some(kind) = text(FUNCTION_ERROR) {
        let described: Described = serde_json::from_slice(response.body()).unwrap_or_default();
        return Err(FunctionError::new(
            described.error_type.unwrap_or(kind),
            described.error_message.unwrap_or_else(|| shorten(response.body())),
        ));
    }
    if !response.status().is_success() {
        // Never the bare text: an endpoint that says "Unauthorized" is no authorizer that does.
        let kind = text(ERROR_TYPE).map(|kind| format!(" {}", kind.split(':').next().unwrap_or_default()));
        let message =
            format!("{}{}: {}", response.status().as_u16(), kind.unwrap_or_default(), shorten(response.body()));
        return Err(FunctionError::new("Endpoint.Refused", message));
    }
    match undeclared_error(response.body()) {
        Some(error) => Err(error),
        None => Ok(response.into_body()),
    }
}

/// The runtime interface emulator leaves the header out. Nothing that a route or an authorizer may answer looks like
/// this: it has neither a status nor a principal.
fn undeclared_error(body: &[u8]) -> Option<FunctionError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Bare {
        error_type: String,
        error_message: String,
        status_code: Option<serde::de::IgnoredAny>,
        principal_id: Option<serde::de::IgnoredAny>,
    }
    let bare: Bare = serde_json::from_slice(body).ok()?;
    (bare.status_code.is_none() && bare.principal_id.is_none())
        .then(|| FunctionError::new(bare.error_type, bare.error_message))
}

/// The beginning of a body that is only for a person to read.
fn shorten(body: &[u8]) -> String {
    String::from_utf8_lossy(body).trim().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn error(status: u16, headers: &[(&str, &str)], body: &'static str) -> Option<(String, String)> {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let outcome = answer(response.body(Bytes::from(body)).unwrap());
        assert_eq!(outcome.as_ref().ok().map(|ok| &ok[..]), outcome.is_ok().then_some(body.as_bytes()));
        outcome.err().map(|error| (error.error_type, error.error_message))
    }

    #[test]
    fn a_failed_function_is_known_by_its_header_and_described_by_its_body() {
        let failed = &[("X-Amz-Function-Error", "Unhandled")];
        for (body, error_type, message) in [
            (r#"{"errorType":"Error","errorMessage":"Unauthorized","trace":[]}"#, "Error", "Unauthorized"),
            (r#"{"errorMessage":"2026-01-01 Task timed out"}"#, "Unhandled", "2026-01-01 Task timed out"),
            (r#"{"errorType":"Runtime.ExitError"}"#, "Runtime.ExitError", r#"{"errorType":"Runtime.ExitError"}"#),
            ("no JSON", "Unhandled", "no JSON"),
            ("", "Unhandled", ""),
        ] {
            assert_eq!(error(200, failed, body), Some((error_type.to_owned(), message.to_owned())), "{body}");
        }
    }

    #[test]
    fn a_failed_function_without_the_header_is_known_by_its_body() {
        let body = r#"{"errorType":"Error","errorMessage":"failure","trace":["at x"]}"#;
        assert_eq!(error(200, &[], body), Some(("Error".to_owned(), "failure".to_owned())));
        for body in [
            r#"{"statusCode":200,"errorType":"a","errorMessage":"b"}"#,
            r#"{"principalId":"a","errorType":"a","errorMessage":"b"}"#,
            r#"{"statusCode":200,"body":"{}"}"#,
            r#"{"errorMessage":"b"}"#,
            "null",
            "",
            "[1]",
        ] {
            assert_eq!(error(200, &[], body), None, "{body}");
        }
    }

    #[test]
    fn an_error_of_the_service_is_never_that_of_a_function() {
        for (status, headers, body, message) in [
            (401, &[][..], "Unauthorized", "401: Unauthorized"),
            (
                404,
                &[("x-amzn-errortype", "ResourceNotFoundException:http://x/")],
                r#"{"Message":"Function not found"}"#,
                r#"404 ResourceNotFoundException: {"Message":"Function not found"}"#,
            ),
            (502, &[], "", "502: "),
            (301, &[], "", "301: "),
        ] {
            assert_eq!(error(status, headers, body), Some(("Endpoint.Refused".to_owned(), message.to_owned())));
        }
    }
}
