//! What requests bring: a JSON body or a query, and a connection in either.

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::ApiError;
use crate::faults::Target;
use crate::ids::ConnectionId;

/// A JSON body, or a typed error. That only JSON is taken keeps foreign pages out, too: they can send it only after they
/// have asked (CORS, WHATWG Fetch section 3.2).
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        // In two steps, so that what is JSON and yet not the right body is always told as that.
        let axum::Json(body) = axum::Json::<Value>::from_request(request, state).await?;
        serde_json::from_value(body).map(Self).map_err(|error| ApiError::invalid_body(error.to_string()))
    }
}

/// The query, or a typed error.
pub(super) struct OfConnection(pub(super) Target);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConnectionQuery {
    connection_id: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for OfConnection {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(query) = Query::<ConnectionQuery>::from_request_parts(parts, state).await?;
        target(query.connection_id.as_deref()).map(Self)
    }
}

/// The connection of an id, or all of them.
pub(super) fn target(id: Option<&str>) -> Result<Target, ApiError> {
    Ok(id.map(str::parse::<ConnectionId>).transpose()?.into())
}
