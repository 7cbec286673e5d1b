//! Our gateway, with the smallest functions that do the same as the bare server.

use std::borrow::Cow;
use std::io::Read as _;

use bytes::Bytes;
use everwire_gateway::{FunctionError, Gateway, function};
use serde::Deserialize;
use serde_json::json;

use crate::{Result, token};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authorize<'a> {
    #[serde(borrow)]
    method_arn: Cow<'a, str>,
    #[serde(borrow)]
    query_string_parameters: Query<'a>,
}

#[derive(Deserialize)]
struct Query<'a> {
    #[serde(borrow)]
    token: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    body: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    request_context: Asker,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asker {
    connection_id: String,
}

fn parsed<'a, T: Deserialize<'a>>(event: &'a [u8]) -> std::result::Result<T, FunctionError> {
    serde_json::from_slice(event).map_err(|error| FunctionError::new("Event", error.to_string()))
}

fn reply(body: &str) -> Bytes {
    json!({"statusCode": 200, "body": body}).to_string().into()
}

/// Authorizer, `$connect`, `$disconnect`, and a route each that echoes and that tells the connection its id.
pub(crate) fn api() -> Result<Gateway> {
    let authorizer = function(|event: Bytes| async move {
        let event: Authorize<'_> = parsed(&event)?;
        let subject = token::subject(&event.query_string_parameters.token);
        let effect = if subject.is_some() { "Allow" } else { "Deny" };
        let statement = json!({"Action": "execute-api:Invoke", "Effect": effect, "Resource": event.method_arn});
        let answer = json!({
            "principalId": subject.unwrap_or_default(),
            "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        });
        Ok(answer.to_string().into())
    });
    let gateway = Gateway::builder("dev")
        .authorizer(authorizer, "token")
        .route("$connect", function(|_: Bytes| async { Ok(Bytes::from_static(br#"{"statusCode":200}"#)) }))
        .route("$disconnect", function(|_: Bytes| async { Ok(Bytes::from_static(br#"{"statusCode":200}"#)) }))
        .two_way_route("echo", function(|event: Bytes| async move { Ok(reply(&parsed::<Message<'_>>(&event)?.body)) }))
        .two_way_route(
            "id",
            function(|event: Bytes| async move { Ok(reply(&parsed::<Asked>(&event)?.request_context.connection_id)) }),
        )
        .build()?;
    Ok(gateway)
}

/// The mode for conformance tests of the protocol.
pub(crate) fn protocol_echo() -> Result<Gateway> {
    Ok(Gateway::builder("dev").protocol_echo(true).build()?)
}

/// Serves on a free port, names it, and ends with standard input.
pub(crate) async fn serve(gateway: Gateway) -> Result<()> {
    let listener = gateway.bind("127.0.0.1:0".parse()?).await?;
    println!("listening {0} {0}", listener.local_addr());
    listener.serve(until_told_to_end()).await;
    Ok(())
}

/// Resolves when whoever started this process closes its standard input.
pub(crate) async fn until_told_to_end() {
    // Either way it is time to end.
    let _ = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await;
}
