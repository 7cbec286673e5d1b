//! The AWS SDK for Rust against the management API: every error is a typed one.

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::retry::RetryConfig;
use aws_sdk_apigatewaymanagement::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_apigatewaymanagement::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_apigatewaymanagement::primitives::Blob;

use crate::lambda::Lambda;
use crate::process::{Client as Socket, Gateway, close_code, hear, say};

pub(crate) const UNKNOWN: &str = "AAAAAAAAAAAAAAA=";

fn client(gateway: &Gateway, stage: &str) -> Client {
    client_with(gateway, stage, "local", "local")
}

/// A client that tries once, so that its error is what the gateway answered.
pub(crate) fn client_with(gateway: &Gateway, stage: &str, access_key: &str, secret: &str) -> Client {
    Client::from_conf(
        Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new(access_key, secret, None, None, "test"))
            .endpoint_url(format!("http://{}/{stage}", gateway.address))
            .retry_config(RetryConfig::disabled())
            .build(),
    )
}

async fn open() -> (Lambda, Gateway, Client, Socket, String) {
    let mut lambda = Lambda::chat().await;
    let gateway = Gateway::start(&lambda.config()).await;
    let sdk = client(&gateway, "dev");
    let socket = gateway.connect().await;
    let id = lambda.event("CONNECT").await["requestContext"]["connectionId"].as_str().unwrap().to_owned();
    (lambda, gateway, sdk, socket, id)
}

/// The status and the code of an error, as a program would look at them.
fn told<E: ProvideErrorMetadata>(error: &SdkError<E>) -> (Option<u16>, Option<String>) {
    (error.raw_response().map(|raw| raw.status().as_u16()), error.code().map(str::to_owned))
}

#[tokio::test]
async fn a_push_arrives_as_one_text_message() {
    let (_lambda, _gateway, sdk, mut socket, id) = open().await;
    sdk.post_to_connection().connection_id(&id).data(Blob::new("grüß dich")).send().await.unwrap();
    assert_eq!(hear(&mut socket).await, "grüß dich");
}

#[tokio::test]
async fn errors_of_a_post_are_typed() {
    let (_lambda, gateway, sdk, mut socket, id) = open().await;
    let post = async |sdk: &Client, id: &str, bytes: usize| {
        sdk.post_to_connection().connection_id(id).data(Blob::new("x".repeat(bytes))).send().await.unwrap_err()
    };
    let gone = post(&sdk, UNKNOWN, 1).await;
    assert!(gone.as_service_error().unwrap().is_gone_exception());
    assert_eq!(told(&gone), (Some(410), Some("GoneException".to_owned())));
    let large = post(&sdk, &id, 131_073).await;
    assert!(large.as_service_error().unwrap().is_payload_too_large_exception());
    assert_eq!(told(&large).0, Some(413));
    let malformed = post(&sdk, "not-an-id", 1).await;
    assert_eq!(told(&malformed), (Some(400), Some("BadRequestException".to_owned())));
    let elsewhere = post(&client(&gateway, "prod"), &id, 1).await;
    assert!(elsewhere.as_service_error().unwrap().is_forbidden_exception());
    assert_eq!(told(&elsewhere).0, Some(403));
    say(&mut socket, "still here").await;
    assert_eq!(hear(&mut socket).await, "still here");
}

#[tokio::test]
async fn get_tells_who_is_there() {
    let (_lambda, _gateway, sdk, _socket, id) = open().await;
    let told = sdk.get_connection().connection_id(&id).send().await.unwrap();
    assert!(told.connected_at().unwrap().secs() > 1_700_000_000, "{told:?}");
    assert!(told.last_active_at().unwrap().as_secs_f64() >= told.connected_at().unwrap().as_secs_f64(), "{told:?}");
    assert_eq!(told.identity().unwrap().source_ip(), Some("127.0.0.1"));
    let gone = sdk.get_connection().connection_id(UNKNOWN).send().await.unwrap_err();
    assert!(gone.as_service_error().unwrap().is_gone_exception());
}

#[tokio::test]
async fn delete_closes_and_then_the_connection_is_gone() {
    let (_lambda, _gateway, sdk, mut socket, id) = open().await;
    sdk.delete_connection().connection_id(&id).send().await.unwrap();
    assert_eq!(close_code(&mut socket).await, 1000);
    let gone = sdk.delete_connection().connection_id(&id).send().await.unwrap_err();
    assert!(gone.as_service_error().unwrap().is_gone_exception());
}
