//! Facts of API Gateway about a connection as a whole.

use std::sync::Arc;

use bytes::Bytes;
use everwire_gateway::{Gateway, function};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::support::{Running, constant, hear, in_time, ok, only_id, recorded, say};

#[tokio::test]
async fn a_deny_of_another_route_is_not_enforced_when_its_message_comes() {
    let base = "arn:aws:execute-api:us-east-1:123456789012:everwire/dev";
    let authorizer = constant(json!({
        "principalId": "user-1",
        "policyDocument": {"Version": "2012-10-17", "Statement": [
            {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": format!("{base}/$connect")},
            {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": format!("{base}/send")},
        ]},
    }));
    let running = Running::start(
        Gateway::builder("dev")
            .authorizer(authorizer, "token")
            .two_way_route("send", constant(json!({"statusCode": 200, "body": "sent"}))),
    )
    .await;
    let mut client = running.connect("/dev?token=t").await;
    say(&mut client, r#"{"action":"send"}"#).await;
    assert_eq!(hear(&mut client).await, "sent");
}

#[tokio::test]
async fn connect_and_disconnect_run_whatever_the_selection_expression_gives() {
    let (connect, mut connects) = recorded(|_| Ok(ok()));
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let (all, mut messages) = recorded(|_| Ok(ok()));
    let running = Running::start(
        Gateway::builder("dev")
            .route_selection("all")
            .route("all", all)
            .route("$connect", connect)
            .route("$disconnect", disconnect),
    )
    .await;
    drop(running.connect("/dev").await);
    assert_eq!(connects.next().await["requestContext"]["routeKey"], "$connect");
    assert_eq!(disconnects.next().await["requestContext"]["routeKey"], "$disconnect");
    running.stop().await;
    assert!(messages.is_empty());
}

#[tokio::test]
async fn a_function_ends_in_peace_after_its_client_left_and_its_posts_are_gone() {
    let (begun, go_on, done) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let slow = {
        let (begun, go_on, done) = (Arc::clone(&begun), Arc::clone(&go_on), Arc::clone(&done));
        function(move |_: Bytes| {
            let (begun, go_on, done) = (Arc::clone(&begun), Arc::clone(&go_on), Arc::clone(&done));
            async move {
                begun.add_permits(1);
                go_on.acquire().await.unwrap().forget();
                done.add_permits(1);
                Ok(Bytes::from_static(br#"{"statusCode":200,"body":"too late"}"#))
            }
        })
    };
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let builder = Gateway::builder("dev").two_way_route("$default", slow).route("$disconnect", disconnect);
    let running = Running::start(builder).await;
    let mut client = running.connect("/dev").await;
    let id = only_id(&running);
    say(&mut client, "x").await;
    in_time(begun.acquire()).await.unwrap().forget();
    drop(client);
    disconnects.next().await;

    let response = running.post(&format!("/dev/@connections/{id}"), "late").await;
    assert_eq!((response.status, response.header("x-amzn-errortype")), (410, Some("GoneException")));
    go_on.add_permits(1);
    in_time(done.acquire()).await.unwrap().forget();
}
