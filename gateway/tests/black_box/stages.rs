//! Stages and their variables.

use everwire_gateway::{BuildError, Gateway};
use serde_json::json;

use crate::support::{Running, allow, ok, recorded, say};

#[tokio::test]
async fn stage_variables_are_in_every_event() {
    let (authorizer, mut authorizations) = recorded(|_| Ok(allow()));
    let (connect, mut connects) = recorded(|_| Ok(ok()));
    let (message, mut messages) = recorded(|_| Ok(ok()));
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let running = Running::start(
        Gateway::builder("staging-2")
            .stage_variable("table", "old")
            .stage_variable("table", "orders-staging")
            .stage_variable("url", "https://example.com/?a=b")
            .authorizer(authorizer, "token")
            .route("$connect", connect)
            .route("$default", message)
            .route("$disconnect", disconnect),
    )
    .await;
    let mut client = running.connect("/staging-2?token=t").await;
    say(&mut client, "x").await;
    let message = messages.next().await;
    drop(client);
    let events = [authorizations.next().await, connects.next().await, message, disconnects.next().await];
    for event in events {
        assert_eq!(event["stageVariables"], json!({"table": "orders-staging", "url": "https://example.com/?a=b"}));
        assert_eq!(event["requestContext"]["stage"], "staging-2");
    }
}

#[test]
fn a_stage_variable_that_aws_would_not_take_is_refused() {
    for (name, value) in [("a-b", "x"), ("", "x"), ("a", "two words"), ("a", "é")] {
        let built = Gateway::builder("dev").stage_variable(name, value).build().map(drop);
        assert_eq!(built, Err(BuildError::InvalidStageVariable(name.to_owned())));
    }
}
