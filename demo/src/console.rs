//! The console page: static files with their types, a strict policy, and a hint while there are none.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// Scripts of our own and WebAssembly, nothing inline, nothing evaluated (Content Security Policy Level 3).
/// Connections go to this machine alone; the admin port is another origin.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self' ws://127.0.0.1:* ws://localhost:* http://127.0.0.1:* http://localhost:*; \
     object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "no-cache"),
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
];

const NOT_BUILT: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Everwire: the console is not built yet</title>
<h1>The console is not built yet</h1>
<p>The gateway is up. Run <code>cargo xtask demo</code> to build this page and start everything, or name a folder that
holds it with <code>--console DIR</code>, then reload.</p>
</html>
";

/// Serves `folder` at `/`. The folder is looked at on each request: a page that is built later needs no restart.
pub(crate) fn router(folder: &Path) -> Router {
    let mut router = Router::new()
        .fallback_service(ServeDir::new(folder))
        .layer(middleware::from_fn_with_state(folder.join("index.html"), hint_while_missing));
    for (name, value) in HEADERS {
        router = router.layer(SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value)));
    }
    router
}

async fn hint_while_missing(State(index): State<PathBuf>, request: Request, next: Next) -> Response {
    if tokio::fs::try_exists(&index).await.unwrap_or(false) {
        next.run(request).await
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response()
    }
}
