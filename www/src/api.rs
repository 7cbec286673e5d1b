//! The demo's HTTP endpoints. Errors carry the status and the server's own words, never a token.

use std::fmt;

use gloo_net::http::{Request, RequestBuilder, Response};
use serde::{Deserialize, Serialize};

const MAX_DETAIL: usize = 200;

/// Why a request came to nothing.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// The server answered with a status that is no success.
    Status { path: &'static str, status: u16, message: String },
    /// No answer: the network, or a server that is down.
    Unreachable { path: &'static str },
    /// An answer in a form that this page does not know.
    Unreadable { path: &'static str },
}

impl ApiError {
    pub(crate) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Status { status: 401, .. })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { path, status, message } if message.is_empty() => write!(f, "{path} answered {status}"),
            Self::Status { path, status, message } => write!(f, "{path} answered {status}: {message}"),
            Self::Unreachable { path } => write!(f, "{path} could not be reached"),
            Self::Unreadable { path } => write!(f, "{path} answered something that is not what this page expects"),
        }
    }
}

/// The pair of tokens as the server gives it and localStorage keeps it. No `Debug`: it is a secret.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenPair {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

/// `POST /demo/refresh`: a new pair for the refresh token.
pub(crate) async fn refresh(refresh_token: &str) -> Result<TokenPair, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        refresh_token: &'a str,
    }
    const PATH: &str = "/demo/refresh";
    let response = send(PATH, Request::post(PATH), &Body { refresh_token }).await?;
    response.json().await.map_err(|_| ApiError::Unreadable { path: PATH })
}

/// `POST /demo/push`: an event to every connection of the caller. The answer, which counts them, as JSON text.
pub(crate) async fn push(access_token: &str, event: &impl Serialize) -> Result<String, ApiError> {
    const PATH: &str = "/demo/push";
    let response = send(PATH, bearer(PATH, access_token), event).await?;
    response.text().await.map_err(|_| ApiError::Unreadable { path: PATH })
}

/// `POST /demo/expire`: from now on the server refuses this token.
pub(crate) async fn expire(access_token: &str) -> Result<(), ApiError> {
    const PATH: &str = "/demo/expire";
    let response = bearer(PATH, access_token).send().await.map_err(|_| ApiError::Unreachable { path: PATH })?;
    accept(PATH, response).await.map(drop)
}

fn bearer(path: &str, access_token: &str) -> RequestBuilder {
    Request::post(path).header("authorization", &format!("Bearer {access_token}"))
}

async fn send(path: &'static str, request: RequestBuilder, body: &impl Serialize) -> Result<Response, ApiError> {
    let request = request.json(body).map_err(|_| ApiError::Unreadable { path })?;
    let response = request.send().await.map_err(|_| ApiError::Unreachable { path })?;
    accept(path, response).await
}

async fn accept(path: &'static str, response: Response) -> Result<Response, ApiError> {
    if response.ok() {
        return Ok(response);
    }
    let message = response.json::<Refusal>().await.map(|refusal| refusal.error.message).unwrap_or_default();
    Err(ApiError::Status { path, status: response.status(), message: message.chars().take(MAX_DETAIL).collect() })
}

/// What a refusal says: `{"error": {"message"}}`.
#[derive(Deserialize)]
struct Refusal {
    error: Detail,
}

#[derive(Deserialize)]
struct Detail {
    message: String,
}
