//! What the flags of `serve`, and the keys of its file, do to a running gateway.

use aws_sdk_apigatewaymanagement::primitives::Blob;

use crate::lambda::Lambda;
use crate::process::{Gateway, close_code, hear, refused, run, say, serve};
use crate::rust_sdk::{UNKNOWN, client_with};

#[tokio::test]
async fn times_pass_as_fast_as_they_are_told_to() {
    let lambda = Lambda::chat().await;
    for flag in ["--idle", "--max-life"] {
        let gateway = Gateway::start_with(&lambda.config(), &[flag, "10m", "--time-scale", "10000"]).await;
        assert_eq!(close_code(&mut gateway.connect().await).await, 1001, "{flag}");
    }
}

#[tokio::test]
async fn connects_over_the_limit_are_answered_429() {
    let mut lambda = Lambda::chat().await;
    let gateway = Gateway::start_with(&lambda.config(), &["--throttle-connects", "1"]).await;
    let _first = gateway.connect().await;
    let mut statuses = Vec::new();
    // On a busy machine a second may pass, and then another one is let in.
    while !statuses.contains(&429) {
        statuses.push(match gateway.try_connect().await {
            Ok(_) => 101,
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => response.status().as_u16(),
            Err(other) => panic!("{other}"),
        });
    }
    assert!(statuses.iter().all(|status| [101, 429].contains(status)), "{statuses:?}");
    lambda.event("CONNECT").await;
}

#[tokio::test]
async fn a_signature_of_another_key_is_forbidden() {
    let lambda = Lambda::chat().await;
    let mut command = serve(&lambda.config());
    command.command.env("EVERWIRE_GATEWAY_VERIFY_SIGV4", "key:secret:with:colons");
    let mut gateway = Gateway::start_command(command).await;
    for (access_key, secret, status) in
        [("key", "secret:with:colons", 410), ("key", "another", 403), ("another", "secret:with:colons", 403)]
    {
        let sdk = client_with(&gateway, "dev", access_key, secret);
        let error = sdk.post_to_connection().connection_id(UNKNOWN).data(Blob::new("x")).send().await.unwrap_err();
        assert_eq!(error.raw_response().unwrap().status().as_u16(), status, "{access_key} {secret}");
        assert_eq!(error.as_service_error().unwrap().is_forbidden_exception(), status == 403);
    }
    gateway.line("post").await;
}

#[tokio::test]
async fn a_call_without_authorization_is_forbidden_on_request() {
    let lambda = Lambda::chat().await;
    let file = format!("require_auth = true\n{}", lambda.config());
    for (config, flags) in [(file, &[][..]), (lambda.config(), &["--require-auth"])] {
        let gateway = Gateway::start_with(&config, flags).await;
        let output = run(&["post", UNKNOWN, "{}", "--port", &gateway.address.port().to_string()]).await;
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8(output.stderr).unwrap().contains("403: Forbidden"));
    }
}

#[tokio::test]
async fn every_identity_source_and_stage_variable_of_the_file_counts() {
    let mut lambda = Lambda::chat().await;
    let config = format!("{}\n[stage_variables]\ngreeting = \"hello\"", lambda.config());
    let gateway = Gateway::start(&config).await;
    let mut client = gateway.connect().await;
    say(&mut client, "x").await;
    hear(&mut client).await;
    assert_eq!(lambda.event("REQUEST").await["stageVariables"]["greeting"], "hello");
    let two = config.replace("identity = \"token\"", "identity = [\"token\", \"route.request.header.X-Tenant\"]");
    assert_eq!(Gateway::start(&two).await.refused_with().await, 401);
    let mut none = serve(&config.replace("identity = \"token\"", "identity = []"));
    assert!(refused(&mut none.command).await[0].contains("authorizer.identity: must have at least one text"));
}
