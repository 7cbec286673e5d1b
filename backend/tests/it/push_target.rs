//! Where a post may go, and where it never goes.

use std::sync::Arc;

use bytes::Bytes;
use everwire_backend::{
    App, Connection, Endpoints, ManagementApi, Memory, Push, PushOutcome, PushReport, Signing, Target,
};
use serde_json::json;

use crate::{
    clock::{NOW, TestClock},
    events::{DOMAIN, connect, handle},
    push::{Endpoint, api, to},
};

#[tokio::test]
async fn nothing_in_an_event_can_choose_where_a_post_goes() {
    let endpoint = Endpoint::default();
    let url = endpoint.clone().start().await;
    let authority = url.trim_start_matches("http://").trim_end_matches("/dev").to_owned();
    let api = api(&url, &TestClock::at(NOW));
    for (name, forged) in [
        ("metadata address", Connection { domain: "169.254.169.254".into(), ..to("A") }),
        ("its own address, not in the table", Connection { domain: authority, ..to("A") }),
        ("upper case", Connection { domain: DOMAIN.to_uppercase(), ..to("A") }),
        ("user information", Connection { domain: format!("{DOMAIN}@169.254.169.254"), ..to("A") }),
        ("no domain", Connection { domain: String::new(), ..to("A") }),
        ("stage that is a path", Connection { stage: "../x".into(), ..to("A") }),
        ("stage with a slash", Connection { stage: "dev/".into(), ..to("A") }),
        ("another stage", Connection { stage: "prod".into(), ..to("A") }),
        ("id that is a path", to("../../other")),
        ("id that is an encoded path", to("..%2Fx")),
        ("id with a query", to("A?x=1")),
        ("id with a line break", to("A\r\nHost: x")),
        ("no id", to("")),
    ] {
        let outcome = api.post(&forged, Bytes::from_static(b"{}")).await;
        assert!(matches!(outcome, PushOutcome::Failed(_)), "{name}: {outcome:?}");
    }
    assert!(endpoint.requests().is_empty(), "{:?}", endpoint.requests());
}

#[tokio::test]
async fn forged_events_reach_no_network_through_the_whole_app() {
    let endpoint = Endpoint::default();
    let clock = TestClock::at(NOW);
    let api = api(&endpoint.clone().start().await, &clock);
    let app = App::builder().connections(Arc::new(Memory::new())).push(Arc::new(api)).clock(clock).build().unwrap();
    for (id, domain, stage, status) in [
        ("A", "169.254.169.254", "dev", 200),
        ("B", DOMAIN, "../x", 200),
        ("../../other", DOMAIN, "dev", 400),
        ("C", DOMAIN, "dev", 200),
    ] {
        let mut event = connect(id, "u");
        event["requestContext"]["domainName"] = domain.into();
        event["requestContext"]["stage"] = stage.into();
        assert_eq!(handle(&app, &event).await.unwrap()["statusCode"], status, "{id}");
    }
    let report = app.notify(&Target::User("u"), &json!({ "action": "hi" })).await.unwrap();
    assert_eq!(report, PushReport { delivered: 1, failed: 2, ..PushReport::default() });
    let report = app.notify(&Target::Connection("../../other"), &json!(1)).await.unwrap();
    assert_eq!(report, PushReport { gone: 1, ..PushReport::default() });
    let paths: Vec<_> = endpoint.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/dev/@connections/C"]);
}

#[test]
fn an_endpoint_that_cannot_be_one_is_refused_with_a_reason() {
    for (url, reason) in [
        ("", "must begin with https://"),
        ("abc.execute-api.eu-west-1.amazonaws.com/prod", "must begin with https://"),
        ("wss://abc/prod", "must begin with https://"),
        ("file:///etc/passwd", "must begin with https://"),
        ("https://", "names no host"),
        ("https:///prod", "names no host"),
        ("https://user:pw@host/prod", "user information"),
        ("https://host/prod?x", "neither a query"),
        ("https://host/prod#x", "neither a query"),
        ("https://host/pr od", "white space"),
    ] {
        let error = Endpoints::new().with("d", "s", url).unwrap_err();
        assert!(error.to_string().contains(reason), "{url}: {error}");
        assert!(!error.to_string().contains("pw"), "{error}");
    }
    let endpoints = Endpoints::new()
        .with("d", "s", "https://host/prod")
        .and_then(|endpoints| endpoints.with("d", "t", "http://[::1]:4400/dev/"))
        .unwrap();
    assert_eq!(endpoints.get("d", "s"), Some("https://host/prod"));
    assert_eq!(endpoints.get("d", "t"), Some("http://[::1]:4400/dev"), "without the slash at the end");
    assert_eq!(endpoints.get("D", "s"), None);
}

#[test]
fn credentials_are_not_shown() {
    let signing = Signing::fixed("eu-west-1", "AKIATEST", "the secret key", Some("the session".into()));
    let api = ManagementApi::new(Endpoints::new().with("d", "s", "https://host").unwrap(), signing.clone());
    for text in [format!("{signing:?}"), format!("{api:?}")] {
        assert!(!text.contains("secret key") && !text.contains("the session"), "{text}");
    }
}
