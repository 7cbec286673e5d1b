//! Messages of clients.

use everwire_protocol::{ACTION, PING, PONG, WS_ID, is_reserved, limits::MAX_MESSAGE};
use serde_json::{Value, json};

use super::Inner;
use crate::{
    answer::ProxyAnswer,
    authorizer::from_context,
    delivery::Runner,
    error::{BoxError, FunctionFailure},
    event::RequestContext,
    jwt::Claims,
    logging::shown,
    message::Message,
    reply::{Reply, RouteError},
};

impl Inner {
    pub(super) async fn message(&self, context: &RequestContext, body: String) -> Result<ProxyAnswer, FunctionFailure> {
        let runner = self.runner("MESSAGE")?;
        let id = context.connection_id.clone().unwrap_or_default();
        self.heard(runner, &id).await;

        let json = serde_json::from_str::<Value>(&body).ok();
        let ws_id =
            json.as_ref().and_then(|json| json.get(WS_ID)?.as_u64()).and_then(|ws_id| u32::try_from(ws_id).ok());
        let action = json.as_ref().and_then(|json| json.get(ACTION)?.as_str()).map(str::to_owned);
        let result = match action.as_deref() {
            Some(name) if is_reserved(name) => Ok(control(name)),
            action => {
                let (user, claims) = self.identity(runner, context, &id).await?;
                let message = Message::new(id, user, claims, body, json, self.resources.clone());
                self.router.reply(action, message).await
            }
        };
        let frame = reply(result)?.into_frame(ws_id);
        Ok(ProxyAnswer { status_code: 200, body: frame.map(|frame| fitting(frame, ws_id)) })
    }

    /// A message is a sign of life. If the store does not take note, the message is still good.
    async fn heard(&self, runner: &Runner, id: &str) {
        match runner.connections().activate(id, self.clock.now()).await {
            Ok(true) => {}
            Ok(false) => tracing::debug!(connection = %shown(id), "heard, but not kept"),
            Err(error) => tracing::warn!(connection = %shown(id), %error, "heard, but the store did not take note"),
        }
    }

    /// Who is talking. The gateway repeats what the authorizer said; where it does not, the row knows.
    async fn identity(
        &self,
        runner: &Runner,
        context: &RequestContext,
        id: &str,
    ) -> Result<(Option<String>, Claims), FunctionFailure> {
        if let (Some(user), Some(authorizer)) = (context.principal(), &context.authorizer) {
            return Ok((Some(user.to_owned()), from_context(authorizer)));
        }
        let row = runner.connections().get(id, self.clock.now()).await;
        match row.map_err(|error| FunctionFailure::new("StoreError", error.to_string()))? {
            Some(row) => Ok((Some(row.user), row.claims)),
            None => Ok((None, Claims::default())),
        }
    }
}

/// Frames of the reserved namespace never reach the application: no route can be there, and a fallback might echo them.
fn control(name: &str) -> Reply {
    match name {
        PING => Reply::Json(json!({ ACTION: PONG })),
        other => Reply::Json(json!({
            ACTION: "ws.err",
            "code": "unknown",
            "retry": false,
            "message": format!("this server does not know `{}`", shown(other)),
        })),
    }
}

/// A refusal is a reply; any other error is the function's.
fn reply(result: Result<Reply, BoxError>) -> Result<Reply, FunctionFailure> {
    let error = match result {
        Ok(reply) => return Ok(reply),
        Err(error) => error,
    };
    let error = match error.downcast::<RouteError>() {
        Ok(refusal) => return Ok((*refusal).into()),
        Err(error) => error,
    };
    match error.downcast::<FunctionFailure>() {
        Ok(failure) => Err(*failure),
        Err(error) => Err(FunctionFailure::new("HandlerError", with_causes(&*error))),
    }
}

/// API Gateway would drop a reply that is too large; the client learns of it instead.
fn fitting(frame: String, ws_id: Option<u32>) -> String {
    if frame.len() <= MAX_MESSAGE {
        return frame;
    }
    let message = format!("the reply has {} bytes, at most {MAX_MESSAGE} can be sent", frame.len());
    let refusal = Reply::from(RouteError::new("reply_too_large", message));
    refusal.into_frame(ws_id).unwrap_or_default()
}

fn with_causes(error: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
