//! Who is calling: the access token in the `Authorization` header (RFC 6750, section 2.1).

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use crate::api_error::ApiError;
use crate::endpoints::EndpointState;
use crate::issuer::AccessClaims;

/// The claims of a token that was issued here and has not expired.
pub(crate) struct Bearer(pub(crate) AccessClaims);

impl FromRequestParts<EndpointState> for Bearer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &EndpointState) -> Result<Self, ApiError> {
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim());
        let Some(token) = token else {
            return Err(ApiError::unauthorized(
                "missing_token",
                "send the access token as `Authorization: Bearer <access token>`",
            ));
        };
        state.issuer.verify(token).map(Self).map_err(|error| ApiError::unauthorized("invalid_token", error.to_string()))
    }
}
