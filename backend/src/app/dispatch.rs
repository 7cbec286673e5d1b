//! Event JSON in, answer JSON out.

use std::{any::Any, panic::AssertUnwindSafe};

use futures_util::FutureExt;
use serde::Serialize;

use super::Inner;
use crate::{
    delivery::Target,
    error::FunctionFailure,
    event::{Event, RequestContext, Shape},
};

/// Answers one event. A panic is a function error, as it would be in a Lambda of its own; the app lives on.
pub(super) async fn handle(app: &Inner, event: &[u8]) -> Result<Vec<u8>, FunctionFailure> {
    let answer = AssertUnwindSafe(dispatch(app, event))
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| Err(FunctionFailure::new("HandlerPanic", format!("panicked: {}", text(&*panic)))));
    if let Err(failure) = &answer {
        tracing::error!(error_type = failure.error_type, error_message = failure.error_message, "the function failed");
    }
    answer
}

async fn dispatch(app: &Inner, event: &[u8]) -> Result<Vec<u8>, FunctionFailure> {
    let event: Event = serde_json::from_slice(event).map_err(|error| {
        // Only where: the parser's text quotes the event, and with it the token.
        let (line, column) = (error.line(), error.column());
        FunctionFailure::new(
            "InvalidEvent",
            format!(
                "the event does not have the form of any event that this app answers (line {line}, column {column})"
            ),
        )
    })?;
    match event.shape() {
        Shape::Authorize => match &app.authorizer {
            Some(authorizer) => to_json(&authorizer.decide(&event, app.clock.now()).await),
            None => Err(not_configured("an authorizer event", "`.authorizer(…)`")),
        },
        Shape::Connect => to_json(&app.connect(&context(event)).await?),
        Shape::Message => {
            let body = event.body.unwrap_or_default();
            to_json(&app.message(&event.request_context.unwrap_or_default(), body).await?)
        }
        Shape::Disconnect => to_json(&app.disconnect(&context(event)).await?),
        Shape::Notify => notify(app, &event).await,
        Shape::Unknown => Err(FunctionFailure::new(
            "UnknownEvent",
            "not one of: a REQUEST authorizer event, a WebSocket event (CONNECT, MESSAGE, DISCONNECT), \
             {\"user\": \"…\", \"event\": …}, {\"connection\": \"…\", \"event\": …}",
        )),
    }
}

async fn notify(app: &Inner, event: &Event) -> Result<Vec<u8>, FunctionFailure> {
    let target = match (event.user.as_deref(), event.connection.as_deref()) {
        (Some(user), None) => Target::User(user),
        (None, Some(connection)) => Target::Connection(connection),
        _ => {
            let message = "an event is for a `user` or for a `connection`, not for both";
            return Err(FunctionFailure::new("InvalidEvent", message));
        }
    };
    let report = app.notify(&target, &event.event).await;
    to_json(&report.map_err(|error| FunctionFailure::new("NotifyError", error.to_string()))?)
}

fn context(event: Event) -> RequestContext {
    event.request_context.unwrap_or_default()
}

pub(super) fn not_configured(event: &str, setting: &str) -> FunctionFailure {
    FunctionFailure::new("NotConfigured", format!("the app got {event}, but was built without {setting}"))
}

fn to_json(answer: &impl Serialize) -> Result<Vec<u8>, FunctionFailure> {
    serde_json::to_vec(answer).map_err(|error| FunctionFailure::new("InvalidAnswer", error.to_string()))
}

fn text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a text")
}
