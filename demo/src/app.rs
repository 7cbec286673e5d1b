//! The serverless app of the demo: its routes, and its way into the gateway.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use everwire_backend::{
    App, Authorizer, Body, ConnectionId, Connections, Endpoints, Json, ManagementApi, NotifyError, PushReport,
    RouteError, Signing, State, Target, User,
};
use everwire_gateway::{Function, FunctionError, function};
use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::revocation::Revocations;
use crate::secret::Secret;

/// What a part of a message that was not understood may take up in the answer, in characters.
const MAX_QUOTE_CHARS: usize = 100;

/// What the app stands on.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) secret: Secret,
    pub(crate) revocations: Revocations,
    pub(crate) connections: Arc<dyn Connections>,
    pub(crate) endpoints: Endpoints,
    pub(crate) clock: Clock,
}

/// Builds the app that would run under Lambda.
pub(crate) fn build(parts: Parts) -> everwire_backend::Result<App> {
    let Parts { secret, revocations, connections, endpoints, clock } = parts;
    // Issuer and authorizer read one clock: nothing to be lenient about.
    let authorizer = Authorizer::hs256(secret.as_bytes())
        .leeway(Duration::ZERO)
        .refuse_when(move |claims| claims.str("jti").is_some_and(|jti| revocations.is_refused(jti)));
    App::builder()
        .authorizer(authorizer)
        .connections(connections.clone())
        .push(Arc::new(ManagementApi::new(endpoints, Signing::local())))
        .clock(Arc::new(clock.clone()))
        .state(connections)
        .state(clock)
        .route("echo", echo)
        .route("whoami", whoami)
        .route("list", list)
        .fallback(not_understood)
        .build()
}

/// The same body back; with `"fail": true` the function itself fails.
async fn echo(Json(body): Json<Value>) -> Result<Json<Value>, EchoFailed> {
    if body.get("fail") == Some(&Value::Bool(true)) { Err(EchoFailed) } else { Ok(Json(body)) }
}

#[derive(Debug, thiserror::Error)]
#[error("echo was asked to fail")]
struct EchoFailed;

async fn whoami(connection_id: ConnectionId, user: User) -> Json<Value> {
    Json(json!({"connectionId": connection_id.0, "userId": user.0}))
}

/// The caller's connections, oldest first.
async fn list(
    user: User,
    State(connections): State<Arc<dyn Connections>>,
    State(clock): State<Clock>,
) -> Result<Json<Value>, RouteError> {
    let rows = connections.of_user(&user, clock.now_ms()).await.map_err(|error| {
        tracing::error!(cause = %error, "list failed");
        RouteError::new("store", "the connections could not be read").retryable()
    })?;
    let rows: Vec<Row> = rows
        .into_iter()
        .map(|row| Row { connection_id: row.id, stage: row.stage, connected_at: row.connected_at })
        .collect();
    Ok(Json(json!({"connections": rows})))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    connection_id: String,
    stage: String,
    connected_at: u64,
}

/// Says what was not understood. No `action` in the answer: it is no event.
async fn not_understood(connection_id: ConnectionId, Body(body): Body) -> Json<Value> {
    let (code, message) = match serde_json::from_str::<Value>(&body) {
        Err(_) => ("not_json", format!("this is not JSON: {}", quote(&body))),
        Ok(message) => match message.get("action") {
            Some(Value::String(action)) => ("unknown_action", format!("there is no action {}", quote(action))),
            Some(_) => ("bad_action", "the action is not a string".to_owned()),
            None => ("no_action", "the message is not an object with an action".to_owned()),
        },
    };
    let message = format!("{message}; send a JSON object whose action is echo, whoami or list");
    Json(json!({"connectionId": connection_id.0, "error": {"code": code, "message": message, "retry": false}}))
}

fn quote(text: &str) -> String {
    let head: String = text.chars().take(MAX_QUOTE_CHARS).collect();
    format!("{head:?}{}", if head.len() < text.len() { " and so on" } else { "" })
}

/// The app's place in the process: the gateway and the endpoints hold it before the port is known, the app is built after.
#[derive(Debug, Clone, Default)]
pub(crate) struct DemoApp(Arc<OnceLock<App>>);

impl DemoApp {
    /// Puts the app in its place, once.
    pub(crate) fn set(&self, app: App) {
        // A second app would be a second server in this process, which `Demo::start` does not make.
        let _ = self.0.set(app);
    }

    /// The app as the gateway knows it: Lambda event JSON in, Lambda response JSON out.
    pub(crate) fn function(&self) -> impl Function + use<> {
        let place = self.0.clone();
        function(move |event: Bytes| {
            let place = place.clone();
            async move {
                let app = place.get().ok_or_else(|| FunctionError::new("Starting", "the app is not built yet"))?;
                match app.handle(&event).await {
                    Ok(answer) => Ok(Bytes::from(answer)),
                    Err(failure) => Err(FunctionError::new(failure.error_type, failure.error_message)),
                }
            }
        })
    }

    /// Pushes `event` to all connections of `user`, through `@connections`.
    pub(crate) async fn notify(&self, user: &str, event: &Value) -> Result<PushReport, NotifyError> {
        let app = self.0.get().ok_or(NotifyError::NotConfigured)?;
        app.notify(&Target::User(user), event).await
    }
}
