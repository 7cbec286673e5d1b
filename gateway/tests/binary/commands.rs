//! The daily commands against a running gateway.

use serde_json::Value;

use crate::lambda::Lambda;
use crate::process::{Gateway, binary, close_code, hear, refused, run, say};

async fn open() -> (Lambda, Gateway) {
    let lambda = Lambda::chat().await;
    let gateway = Gateway::start(&lambda.config()).await;
    (lambda, gateway)
}

fn port(gateway: &Gateway) -> String {
    gateway.address.port().to_string()
}

async fn only_id(gateway: &Gateway) -> String {
    let admin = gateway.admin.unwrap().port().to_string();
    let output = run(&["ls", "--json", "--admin", &admin]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(listed["connections"].as_array().unwrap().len(), 1, "{listed}");
    listed["connections"][0]["connectionId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn ls_lists_who_is_connected() {
    let (_lambda, gateway) = open().await;
    let admin = gateway.admin.unwrap().port().to_string();
    let nobody = run(&["ls", "--admin", &admin]).await;
    assert_eq!(String::from_utf8(nobody.stdout).unwrap().lines().count(), 1, "only the heading");
    let _client = gateway.connect().await;
    let id = only_id(&gateway).await;
    let output = String::from_utf8(run(&["ls", "--admin", &admin]).await.stdout).unwrap();
    let line = output.lines().nth(1).unwrap();
    assert!(line.starts_with(&id) && line.contains("127.0.0.1") && line.ends_with("user-1"), "{output}");
}

#[tokio::test]
async fn post_delivers_one_message() {
    let (_lambda, gateway) = open().await;
    let mut client = gateway.connect().await;
    let id = only_id(&gateway).await;
    let output = run(&["post", &id, r#"{"text": "grüß dich"}"#, "--port", &port(&gateway)]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(hear(&mut client).await, r#"{"text": "grüß dich"}"#);
}

#[tokio::test]
async fn post_takes_json_only() {
    let line = refused(&mut binary(&["post", "PJqB0fHsqRcCHlw=", "hello"])).await.remove(0);
    assert!(line.contains("not JSON"), "{line}");
}

#[tokio::test]
async fn what_the_gateway_refuses_is_a_line_and_exit_code_1() {
    let (_lambda, gateway) = open().await;
    for (id, said) in
        [("PJqB0fHsqRcCHlw=", "410: there is no such connection"), ("../x", "400: Invalid connectionId: ../x")]
    {
        let output = run(&["post", id, "{}", "--port", &port(&gateway)]).await;
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let line = String::from_utf8(output.stderr).unwrap();
        assert!(line.starts_with(&format!("everwire-gateway: {said}")), "{line}");
    }
}

#[tokio::test]
async fn where_no_gateway_runs_a_command_says_what_to_do() {
    for (arguments, advice) in [
        (&["ls", "--admin", "1"][..], "serve --admin 4401"),
        (&["post", "PJqB0fHsqRcCHlw=", "{}", "--port", "1"], "--port"),
        (&["rm", "PJqB0fHsqRcCHlw=", "--port", "1"], "--port"),
    ] {
        let lines = refused(&mut binary(arguments)).await;
        assert!(lines.len() == 1 && lines[0].contains("127.0.0.1:1") && lines[0].contains(advice), "{lines:?}");
    }
}

#[tokio::test]
async fn rm_closes_as_the_backend_would() {
    let (mut lambda, gateway) = open().await;
    let mut client = gateway.connect().await;
    say(&mut client, "hello").await;
    hear(&mut client).await;
    let id = only_id(&gateway).await;
    let output = run(&["rm", &id, "--port", &port(&gateway)]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(close_code(&mut client).await, 1000);
    let event = lambda.event("DISCONNECT").await;
    assert_eq!(event["requestContext"]["disconnectStatusCode"], 1000);
    assert_eq!(event["requestContext"]["disconnectReason"], "Connection Closed Normally");
}
