//! Signed calls of the management API: by a signer written here, and by the AWS SDK.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::{BehaviorVersion, Config, Region};
use aws_sdk_apigatewaymanagement::error::ProvideErrorMetadata as _;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use everwire_gateway::{BuildError, Gateway, GatewayBuilder, ManualClock};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::support::{Response, Running, constant, hear, ok, only_id, post};

const KEY: &str = "AKIAEVERWIRE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCY";
/// 29 November 2023, 08:04:01 UTC.
const NOW: u64 = 1_701_245_041;
const DATE: &str = "20231129";
const TIME: &str = "20231129T080401Z";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// A call, and how it is signed. The canonical path is typed by hand, not computed.
#[derive(Clone)]
struct Call {
    method: &'static str,
    path: String,
    canonical_path: String,
    host: String,
    body: &'static str,
    secret: &'static str,
    region: &'static str,
    service: &'static str,
}

impl Call {
    fn headers(&self) -> String {
        let hash = hex(&Sha256::digest(self.body.as_bytes()));
        let canonical = format!(
            "{}\n{}\n\nhost:{}\nx-amz-date:{TIME}\n\nhost;x-amz-date\n{hash}",
            self.method, self.canonical_path, self.host
        );
        let scope = format!("{DATE}/{}/{}/aws4_request", self.region, self.service);
        let to_sign = format!("AWS4-HMAC-SHA256\n{TIME}\n{scope}\n{}", hex(&Sha256::digest(canonical.as_bytes())));
        let mut key = sign(format!("AWS4{}", self.secret).as_bytes(), DATE);
        for part in [self.region, self.service, "aws4_request"] {
            key = sign(&key, part);
        }
        let signature = hex(&sign(&key, &to_sign));
        format!(
            "X-Amz-Date: {TIME}\r\nAuthorization: AWS4-HMAC-SHA256 Credential={KEY}/{scope}, \
             SignedHeaders=host;x-amz-date, Signature={signature}\r\n"
        )
    }

    async fn send(&self, running: &Running) -> Response {
        self.send_with(running, &self.headers()).await
    }

    async fn send_with(&self, running: &Running, headers: &str) -> Response {
        let request = post(&self.path, &self.host, headers, self.body).replace("POST ", &format!("{} ", self.method));
        running.http(&request).await
    }
}

/// A gateway that verifies, at a fixed time, and a call of its only connection that it accepts.
async fn verifying() -> (Running, ManualClock, crate::support::Client, Call) {
    let clock = ManualClock::new(Duration::from_secs(NOW));
    let builder = Gateway::builder("prod").region("eu-west-1").clock(clock.clone()).verify_sigv4(KEY, SECRET);
    let running = Running::start(builder).await;
    let client = running.connect("/prod").await;
    let id = only_id(&running);
    let bare = id.strip_suffix('=').unwrap();
    let call = Call {
        method: "POST",
        path: format!("/prod/@connections/{bare}%3D"),
        canonical_path: format!("/prod/%40connections/{bare}%253D"),
        host: running.address.to_string(),
        body: "signed",
        secret: SECRET,
        region: "eu-west-1",
        service: "execute-api",
    };
    (running, clock, client, call)
}

fn assert_forbidden(response: &Response) {
    assert_eq!((response.status, response.header("x-amzn-errortype")), (403, Some("ForbiddenException")));
    assert_eq!(response.body, r#"{"message":"Forbidden"}"#);
}

#[tokio::test]
async fn a_signed_call_is_let_in_in_every_spelling_of_its_path() {
    let (running, _clock, mut client, call) = verifying().await;
    let bare = only_id(&running).strip_suffix('=').unwrap().to_owned();
    for (at, canonical_at, end, canonical_end) in [
        ("@", "%40", "%3D", "%253D"),
        ("@", "%40", "=", "%3D"),
        ("%40", "%2540", "%3D", "%253D"),
        ("%40", "%2540", "=", "%3D"),
    ] {
        let call = Call {
            path: format!("/prod/{at}connections/{bare}{end}"),
            canonical_path: format!("/prod/{canonical_at}connections/{bare}{canonical_end}"),
            ..call.clone()
        };
        assert_eq!(call.send(&running).await.status, 200, "{}", call.path);
        assert_eq!(hear(&mut client).await, "signed");
    }
    for (method, status) in [("GET", 200), ("DELETE", 204)] {
        let call = Call { method, body: "", ..call.clone() };
        assert_eq!(call.send(&running).await.status, status);
    }
}

#[tokio::test]
async fn a_call_that_is_signed_otherwise_is_forbidden() {
    let (running, _clock, mut client, call) = verifying().await;
    let once = call.canonical_path.replace("%253D", "%3D").replace("%40", "@");
    for wrong in [
        Call { secret: "another", ..call.clone() },
        Call { region: "us-east-1", ..call.clone() },
        Call { service: "apigateway", ..call.clone() },
        // The path encoded once only, a mistake that SDKs have made.
        Call { canonical_path: once, ..call.clone() },
    ] {
        assert_forbidden(&wrong.send(&running).await);
    }
    // What is signed is the method, the path, the host and the body.
    let headers = call.headers();
    for other in [
        Call { method: "DELETE", ..call.clone() },
        Call { path: call.path.replace("%3D", "="), ..call.clone() },
        Call { host: format!("localhost:{}", running.address.port()), ..call.clone() },
        Call { body: "forged", ..call.clone() },
        Call { path: "/prod/@connections/x".to_owned(), ..call.clone() },
    ] {
        assert_forbidden(&other.send_with(&running, &headers).await);
    }
    for headers in [
        String::new(),
        "Authorization: Bearer x\r\n".to_owned(),
        headers.replace(KEY, "AKIAOTHER"),
        headers.replace("host;x-amz-date", "x-amz-date"),
        headers.replace("X-Amz-Date", "X-Date"),
        format!("{headers}X-Amz-Security-Token: unsigned\r\n"),
        format!("{headers}Authorization: Bearer x\r\n"),
    ] {
        assert_forbidden(&call.send_with(&running, &headers).await);
    }
    // Nothing of it reached the client.
    assert_eq!(call.send(&running).await.status, 200);
    assert_eq!(hear(&mut client).await, "signed");
}

#[tokio::test]
async fn a_signature_is_good_for_five_minutes() {
    let (running, clock, _client, call) = verifying().await;
    clock.advance(Duration::from_secs(300));
    assert_eq!(call.send(&running).await.status, 200);
    clock.advance(Duration::from_secs(1));
    assert_forbidden(&call.send(&running).await);
}

#[tokio::test]
async fn a_large_body_is_verified_too() {
    let (running, _clock, mut client, call) = verifying().await;
    let body: &'static str = Box::leak("x".repeat(131_072).into_boxed_str());
    let call = Call { body, ..call };
    assert_eq!(call.send(&running).await.status, 200);
    assert_eq!(hear(&mut client).await, body);
}

#[tokio::test]
async fn an_authorization_of_any_content_can_be_required_alone() {
    let running = Running::start(Gateway::builder("dev").require_auth(true)).await;
    let mut client = running.connect("/dev").await;
    let path = format!("/dev/@connections/{}", only_id(&running));
    let host = running.address.to_string();
    assert_forbidden(&running.post(&path, "x").await);
    assert_forbidden(&running.post("/dev/@connections/x", "x").await);
    let response = running.http(&post(&path, &host, "Authorization: anything\r\n", "authorized")).await;
    assert_eq!(response.status, 200);
    assert_eq!(hear(&mut client).await, "authorized");
}

#[tokio::test]
async fn other_requests_need_no_signature() {
    let builder = Gateway::builder("dev").verify_sigv4(KEY, SECRET).route("$connect", constant(ok()));
    let running = Running::start(builder).await;
    running.connect("/dev").await;
    let get = format!("GET /elsewhere HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", running.address);
    assert_eq!(running.http(&get).await.status, 404);
}

fn sdk(running: &Running, secret: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(format!("http://{}/dev", running.address))
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::from_keys(KEY, secret, None))
        .build();
    Client::from_conf(config)
}

fn signed_gateway() -> GatewayBuilder {
    Gateway::builder("dev").verify_sigv4(KEY, SECRET)
}

#[tokio::test]
async fn what_the_sdk_sends_is_let_in() {
    let running = Running::start(signed_gateway()).await;
    let mut client = running.connect("/dev").await;
    let (id, sdk) = (only_id(&running), sdk(&running, SECRET));
    sdk.post_to_connection().connection_id(&id).data(Blob::new("from the SDK")).send().await.unwrap();
    assert_eq!(hear(&mut client).await, "from the SDK");
    let told = sdk.get_connection().connection_id(&id).send().await.unwrap();
    assert_eq!(told.identity().unwrap().source_ip(), Some("127.0.0.1"));
    let connected_at = told.connected_at().unwrap().to_millis().unwrap();
    assert_eq!(connected_at.unsigned_abs(), running.gateway.connections()[0].connected_at);
    assert!(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() >= connected_at.unsigned_abs().into());
    sdk.delete_connection().connection_id(&id).send().await.unwrap();
    assert_eq!(crate::support::close_code(&mut client).await, 1000);
    let gone = sdk.post_to_connection().connection_id(&id).data(Blob::new("late")).send().await.unwrap_err();
    assert!(gone.into_service_error().is_gone_exception());
}

#[tokio::test]
async fn the_sdk_with_another_secret_gets_a_typed_error() {
    let running = Running::start(signed_gateway()).await;
    let _client = running.connect("/dev").await;
    let id = only_id(&running);
    let refused = sdk(&running, "another").post_to_connection().connection_id(&id).data(Blob::new("x")).send().await;
    let error = refused.unwrap_err().into_service_error();
    assert!(error.is_forbidden_exception());
    assert_eq!(error.code(), Some("ForbiddenException"));
}

#[test]
fn a_key_that_cannot_sign_is_refused_and_secrets_are_not_printed() {
    for (key, secret) in [("", SECRET), (KEY, ""), ("a/b", SECRET)] {
        let built = Gateway::builder("dev").verify_sigv4(key, secret).build().map(drop);
        assert_eq!(built, Err(BuildError::InvalidCredentials));
    }
    let builder = Gateway::builder("dev").verify_sigv4(KEY, SECRET);
    assert!(!format!("{builder:?}").contains(SECRET));
    assert!(!format!("{:?}", builder.build().unwrap()).contains(SECRET));
}
