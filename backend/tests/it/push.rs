//! `@connections` over real HTTP.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use everwire_backend::{Connection, Endpoints, ManagementApi, Push, PushOutcome, Signing};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{
    clock::{NOW, TestClock},
    events::DOMAIN,
    store::row,
};

#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: String,
    headers: HeaderMap,
    body: Bytes,
}

/// An `@connections` endpoint on a real socket. The connection id says how it answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Endpoint {
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Endpoint {
    pub(crate) async fn start(self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/dev", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(self);
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

async fn answer(State(endpoint): State<Endpoint>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let path = uri.path().to_owned();
    let earlier = endpoint.requests.lock().unwrap().iter().filter(|request| request.path == path).count();
    endpoint.requests.lock().unwrap().push(Request { path: path.clone(), headers, body });
    let typed = |status: StatusCode, name: &'static str| (status, [("x-amzn-ErrorType", name)]).into_response();
    match path.rsplit('/').next().unwrap() {
        "typed-410" => typed(StatusCode::GONE, "GoneException"),
        "raw-410" => StatusCode::GONE.into_response(),
        "raw-410-with-html" => (StatusCode::GONE, "<html>gone</html>").into_response(),
        "typed-413" => typed(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException"),
        "raw-413" => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        "429-once" if earlier == 0 => typed(StatusCode::TOO_MANY_REQUESTS, "LimitExceededException"),
        "429-raw-twice" if earlier < 2 => StatusCode::TOO_MANY_REQUESTS.into_response(),
        "429-always" => typed(StatusCode::TOO_MANY_REQUESTS, "LimitExceededException"),
        "403" => typed(StatusCode::FORBIDDEN, "ForbiddenException"),
        "400" => (
            StatusCode::BAD_REQUEST,
            [("x-amzn-ErrorType", "BadRequestException")],
            r#"{"message":"Invalid connectionId: 400"}"#,
        )
            .into_response(),
        "500" => (StatusCode::INTERNAL_SERVER_ERROR, "{").into_response(),
        "503" => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        "302" => (StatusCode::FOUND, [("location", "http://169.254.169.254/latest/meta-data")]).into_response(),
        "200-with-a-broken-body" => (StatusCode::OK, "<<<").into_response(),
        "204" => StatusCode::NO_CONTENT.into_response(),
        "hang" => std::future::pending().await,
        _ => StatusCode::OK.into_response(),
    }
}

pub(crate) fn to(id: &str) -> Connection {
    Connection { stage: "dev".into(), ..row(id, "u") }
}

pub(crate) fn api(url: &str, clock: &Arc<TestClock>) -> ManagementApi {
    let endpoints = Endpoints::new().with(DOMAIN, "dev", url).unwrap();
    ManagementApi::new(endpoints, Signing::fixed("eu-west-1", "AKIATEST", "the secret key", Some("the session".into())))
        .with_clock(clock.clone())
}

#[tokio::test]
async fn a_post_is_a_signed_call_with_the_exact_bytes() {
    let endpoint = Endpoint::default();
    let api = api(&endpoint.clone().start().await, &TestClock::at(NOW));
    assert_eq!(
        api.post(&to("PJqB0fHsqRcCHlw="), Bytes::from_static("{\"ä\":1}".as_bytes())).await,
        PushOutcome::Delivered
    );
    let [request] = &endpoint.requests()[..] else { panic!() };
    assert_eq!(request.path, "/dev/@connections/PJqB0fHsqRcCHlw%3D");
    assert_eq!(request.body, "{\"ä\":1}");
    let authorization = request.headers["authorization"].to_str().unwrap();
    assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIATEST/"), "{authorization}");
    assert!(authorization.contains("/eu-west-1/execute-api/aws4_request"), "{authorization}");
    assert_eq!(request.headers["x-amz-security-token"], "the session");
}

#[tokio::test]
async fn every_answer_has_its_outcome_and_only_429_is_repeated() {
    let endpoint = Endpoint::default();
    let url = endpoint.clone().start().await;
    let failed = |reason: &str| PushOutcome::Failed(reason.to_owned());
    for (id, outcome, tries) in [
        ("ok", PushOutcome::Delivered, 1),
        ("204", PushOutcome::Delivered, 1),
        ("200-with-a-broken-body", PushOutcome::Delivered, 1),
        ("typed-410", PushOutcome::Gone, 1),
        ("raw-410", PushOutcome::Gone, 1),
        ("raw-410-with-html", PushOutcome::Gone, 1),
        ("typed-413", PushOutcome::TooLarge, 1),
        ("raw-413", PushOutcome::TooLarge, 1),
        ("429-once", PushOutcome::Delivered, 2),
        ("429-raw-twice", PushOutcome::Delivered, 3),
        ("429-always", PushOutcome::Throttled, 3),
        ("400", failed("status 400"), 1),
        ("403", failed("status 403"), 1),
        ("500", failed("status 500"), 1),
        ("503", failed("status 503"), 1),
        ("302", failed("status 302"), 1),
    ] {
        let clock = TestClock::at(NOW);
        // The fixtures' ids are names here; nothing in them may be escaped.
        assert_eq!(api(&url, &clock).post(&to(id), Bytes::from_static(b"{}")).await, outcome, "{id}");
        let seen = endpoint.requests().iter().filter(|request| request.path.ends_with(&format!("/{id}"))).count();
        assert_eq!(seen, tries, "{id}");
        let slept = clock.slept();
        assert_eq!(slept.len(), tries - 1, "{id}");
        for (slept, most) in slept.iter().zip([200, 600]) {
            let most = Duration::from_millis(most);
            assert!((most / 2..=most).contains(slept), "{id}: {slept:?} of {most:?}");
        }
    }
}

#[tokio::test]
async fn a_post_that_hangs_is_given_up_after_three_seconds_and_not_repeated() {
    let endpoint = Endpoint::default();
    let clock = TestClock::at(NOW);
    let api = api(&endpoint.clone().start().await, &clock);
    let before = Instant::now();
    assert_eq!(
        api.post(&to("hang"), Bytes::from_static(b"{}")).await,
        PushOutcome::Failed("no answer within 3 s".into())
    );
    assert!((Duration::from_secs(3)..Duration::from_secs(6)).contains(&before.elapsed()), "{:?}", before.elapsed());
    assert_eq!(endpoint.requests().len(), 1, "it may have been delivered");
    assert!(clock.slept().is_empty());
}

/// A server that reads a request and answers with these bytes, or with nothing. Counts its connections.
async fn raw_server(answer: &'static [u8]) -> (String, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/dev", listener.local_addr().unwrap());
    let connections = Arc::new(Mutex::new(0));
    let counted = connections.clone();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            *counted.lock().unwrap() += 1;
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(answer).await;
        }
    });
    (url, connections)
}

#[tokio::test]
async fn what_may_have_arrived_is_not_sent_again() {
    for (name, bytes) in [
        ("closed without an answer", &b""[..]),
        ("not HTTP", b"220 smtp.example.com ESMTP\r\n"),
        ("half an answer", b"HTTP/1.1 200 OK\r\ncontent-le"),
        ("a length that is none", b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n"),
        ("a status that is none", b"HTTP/1.1 9999 Oh\r\n\r\n"),
    ] {
        let (url, connections) = raw_server(bytes).await;
        let clock = TestClock::at(NOW);
        let outcome = api(&url, &clock).post(&to("A"), Bytes::from_static(b"{}")).await;
        assert!(matches!(outcome, PushOutcome::Failed(_)), "{name}: {outcome:?}");
        assert_eq!(*connections.lock().unwrap(), 1, "{name}");
        assert!(clock.slept().is_empty(), "{name}");
    }
}

#[tokio::test]
async fn a_post_that_never_left_is_tried_again() {
    let unused = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/dev", unused.local_addr().unwrap());
    drop(unused);
    let clock = TestClock::at(NOW);
    let outcome = api(&url, &clock).post(&to("A"), Bytes::from_static(b"{}")).await;
    assert_eq!(outcome, PushOutcome::Failed("no connection to the endpoint".into()));
    assert_eq!(clock.slept().len(), 2);

    let clock = TestClock::at(NOW);
    let outcome = api("http://no-such-host.invalid/dev", &clock).post(&to("A"), Bytes::from_static(b"{}")).await;
    assert_eq!(outcome, PushOutcome::Failed("no connection to the endpoint".into()), "an unknown host");
    assert_eq!(clock.slept().len(), 2);
}

#[tokio::test]
async fn the_largest_payload_is_sent_and_a_larger_one_is_not() {
    let endpoint = Endpoint::default();
    let api = api(&endpoint.clone().start().await, &TestClock::at(NOW));
    assert_eq!(api.post(&to("A"), Bytes::from(vec![b'x'; 131_072])).await, PushOutcome::Delivered);
    assert_eq!(api.post(&to("A"), Bytes::from(vec![b'x'; 131_073])).await, PushOutcome::TooLarge);
    assert_eq!(endpoint.requests().len(), 1);
}
