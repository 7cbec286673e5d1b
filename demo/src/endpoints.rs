//! The demo's own HTTP endpoints, `/demo/…`: a file each.

mod config;
mod expire;
mod login;
mod push;
mod refresh;
mod stats;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::api_error::ApiError;
use crate::app::DemoApp;
use crate::issuer::{Issuer, MintError};
use crate::json_body::MAX_BODY_BYTES;
use crate::loopback::is_loopback_origin;
use crate::refresh_tokens::RefreshTokens;
use crate::revocation::Revocations;

pub(crate) use config::Config;
pub(crate) use stats::Stats;

/// What the endpoints share.
#[derive(Debug, Clone)]
pub(crate) struct EndpointState {
    pub(crate) issuer: Issuer,
    pub(crate) refresh_tokens: RefreshTokens,
    pub(crate) revocations: Revocations,
    pub(crate) stats: Stats,
    pub(crate) app: DemoApp,
    pub(crate) config: Config,
}

/// `/demo/…`, open to every page of this machine (a test page on another port included).
pub(crate) fn router(state: EndpointState) -> Router {
    let pages_of_this_machine = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(|origin, _| is_loopback_origin(origin)))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE]);
    let endpoints = Router::new()
        .route("/login", post(login::login))
        .route("/refresh", post(refresh::refresh))
        .route("/expire", post(expire::expire))
        .route("/push", post(push::push))
        .route("/stats", get(stats::stats))
        .route("/config", get(config::config))
        .fallback(unknown_endpoint)
        .method_not_allowed_fallback(wrong_method)
        .with_state(state)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(pages_of_this_machine)
        // Answers hold tokens: no cache may keep them.
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    Router::new().nest("/demo", endpoints)
}

async fn unknown_endpoint() -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "unknown_endpoint",
        "there are /demo/login, refresh, expire and push (POST), /demo/stats and config (GET)",
    )
}

async fn wrong_method() -> ApiError {
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "wrong_method",
        "this endpoint takes another method: login, refresh, expire and push take POST, stats and config take GET",
    )
}

/// What sign-in and refresh answer: the pair that the page keeps.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenPair {
    access_token: String,
    refresh_token: String,
}

impl TokenPair {
    /// Joins a fresh access token for `user` to `refresh_token`; the second value is the access token's `jti`.
    fn mint(issuer: &Issuer, user: &str, refresh_token: String) -> Result<(Json<Self>, String), MintError> {
        let (access_token, claims) = issuer.mint(user)?;
        Ok((Json(Self { access_token, refresh_token }), claims.jti))
    }
}
