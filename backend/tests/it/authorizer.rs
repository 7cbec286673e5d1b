//! Tokens that must get in, and everything that must not.

mod claims;
mod form;

use std::sync::Arc;

use everwire_backend::{App, Authorizer, Claims, Clock};
use serde_json::{Value, json};

use crate::{
    clock::{NOW, TestClock},
    events::{METHOD, authorizer, handle},
    log::logged,
    tokens::{NOW_S, SECRET, good, sign, token},
};

fn guarded_by(authorizer: Authorizer) -> App {
    guarded_at(authorizer, TestClock::at(NOW))
}

fn guarded_at(authorizer: Authorizer, clock: Arc<dyn Clock>) -> App {
    App::builder().authorizer(authorizer).clock(clock).build().unwrap()
}

fn plain() -> App {
    guarded_by(Authorizer::hs256(SECRET))
}

/// The user, if the answer allows exactly this connection; `None` if it is a Deny that the gateway makes 403 of.
fn user(answer: &Value) -> Option<String> {
    let policy = &answer["policyDocument"];
    assert_eq!(policy["Version"], "2012-10-17");
    let statement = &policy["Statement"][0];
    assert_eq!(statement["Action"], "execute-api:Invoke");
    assert!(
        answer["principalId"].as_str().is_some_and(|id| !id.is_empty()),
        "without it the gateway answers 500: {answer}"
    );
    assert!(answer.as_object().unwrap().values().all(|value| !value.is_null()), "no nulls: {answer}");
    match statement["Effect"].as_str().unwrap() {
        "Allow" => {
            assert_eq!(statement["Resource"], METHOD);
            Some(answer["principalId"].as_str().unwrap().to_owned())
        }
        "Deny" => {
            assert!(answer.get("context").is_none());
            None
        }
        other => panic!("{other}"),
    }
}

/// The answer to an event that must be refused, after checking that the log has one line with this reason and nothing of the token.
fn refused(app: &App, event: &Value, reason: &str, name: &str) {
    let (answer, log) = logged(handle(app, event));
    assert_eq!(user(&answer.unwrap()), None, "{name} got in");
    assert_eq!(log.lines().count(), 1, "{name}: one line per refusal: {log}");
    assert!(log.contains(reason), "{name}: expected the reason {reason:?} in: {log}");
    let token = event["queryStringParameters"]["token"].as_str().unwrap_or_default();
    for part in token.split('.').filter(|part| part.len() > 8) {
        assert!(!log.contains(part), "{name}: the log has a part of the token: {log}");
    }
}

#[tokio::test]
async fn good_tokens_get_in() {
    for (name, token, expected) in [
        ("plain", good(), "user-1"),
        ("header without typ", sign(r#"{"alg":"HS256"}"#, json!({ "sub": "a", "exp": NOW_S + 60 }).to_string()), "a"),
        (
            "typ in small letters",
            sign(r#"{"alg":"HS256","typ":"jwt"}"#, json!({ "sub": "a", "exp": NOW_S + 60 }).to_string()),
            "a",
        ),
        (
            "typ of RFC 9068",
            sign(r#"{"alg":"HS256","typ":"at+jwt"}"#, json!({ "sub": "a", "exp": NOW_S + 60 }).to_string()),
            "a",
        ),
        ("exp with a fraction", token(json!({ "exp": NOW_S as f64 + 60.5 })), "user-1"),
        ("nbf reached", token(json!({ "nbf": NOW_S - 1 })), "user-1"),
        ("sub with #", token(json!({ "sub": "tenant#user:1/ä" })), "tenant#user:1/ä"),
        ("sub of 256 bytes", token(json!({ "sub": "x".repeat(256) })), &"x".repeat(256)),
        ("sub is a number", token(json!({ "sub": 42 })), "42"),
        ("no sub, but identity", token(json!({ "sub": null, "identity": "seed" })), "seed"),
        ("no sub, but a numeric identity", token(json!({ "sub": null, "identity": 7 })), "7"),
        ("sub goes before identity", token(json!({ "identity": "other" })), "user-1"),
        ("aud that nobody asked about", token(json!({ "aud": ["x"], "iss": 5 })), "user-1"),
        (
            "kid as a path",
            sign(r#"{"alg":"HS256","kid":"../../etc/passwd"}"#, json!({ "sub": "a", "exp": NOW_S + 60 }).to_string()),
            "a",
        ),
        (
            "kid as SQL",
            sign(r#"{"alg":"HS256","kid":"' OR 1=1 --"}"#, json!({ "sub": "a", "exp": NOW_S + 60 }).to_string()),
            "a",
        ),
        (
            "jku and x5u are not followed",
            sign(
                r#"{"alg":"HS256","jku":"http://169.254.169.254/","x5u":"http://127.0.0.1:1/"}"#,
                json!({ "sub": "a", "exp": NOW_S + 60 }).to_string(),
            ),
            "a",
        ),
    ] {
        let answer = handle(&plain(), &authorizer(&token)).await.unwrap();
        assert_eq!(user(&answer).as_deref(), Some(expected), "{name}");
    }
}

#[test]
fn the_token_must_be_there_once() {
    let app = plain();
    let good = good();
    let mut twice = authorizer(&good);
    twice["multiValueQueryStringParameters"] = json!({ "token": [good, good] });
    refused(&app, &twice, "the token is there more than once", "twice");

    for (name, query) in [
        ("no query", json!(null)),
        ("another parameter", json!({ "Token": good })),
        ("empty", json!({ "token": "" })),
        ("not a text", json!({ "token": 5 })),
        ("null", json!({ "token": null })),
    ] {
        let mut event = authorizer("x");
        event["queryStringParameters"] = query;
        event["multiValueQueryStringParameters"] = json!(null);
        refused(&app, &event, "there is no token", name);
    }
    let mut bare = authorizer("x");
    bare.as_object_mut().unwrap().remove("queryStringParameters");
    bare.as_object_mut().unwrap().remove("multiValueQueryStringParameters");
    refused(&app, &bare, "there is no token", "no key at all");

    let renamed = guarded_by(Authorizer::hs256(SECRET).parameter("jwt"));
    let mut event = authorizer("x");
    event["queryStringParameters"] = json!({ "jwt": good, "token": "ignored" });
    event["multiValueQueryStringParameters"] = json!({ "jwt": [good], "token": ["a", "b"] });
    assert!(user(&logged(handle(&renamed, &event)).0.unwrap()).is_some());
}

#[test]
fn a_policy_is_never_wider_than_one_method() {
    let app = plain();
    for arn in [
        json!(null),
        json!(""),
        json!("*"),
        json!("arn:aws:execute-api:us-east-1:123456789012:abcdef123/*/$connect"),
        json!("arn:aws:execute-api:us-east-1:123456789012:abcdef12?/prod/$connect"),
    ] {
        let mut event = authorizer(&good());
        event["methodArn"] = arn.clone();
        refused(&app, &event, "`methodArn` is missing or has wildcards", &arn.to_string());
    }
}

#[test]
fn the_application_has_the_last_word_and_only_that() {
    let authorizer = Authorizer::hs256(SECRET).refuse_when(|claims: &Claims| claims.str("jti") == Some("revoked"));
    let app = guarded_by(authorizer.refuse_when(|claims: &Claims| claims.has("roles", "banned")));
    let event = |claims: Value| super::events::authorizer(&token(claims));
    assert!(user(&logged(handle(&app, &event(json!({ "jti": "fresh", "roles": ["user"] })))).0.unwrap()).is_some());
    refused(&app, &event(json!({ "jti": "revoked" })), "the application refuses this token", "revoked");
    refused(&app, &event(json!({ "roles": ["user", "banned"] })), "the application refuses this token", "banned");
    refused(&app, &event(json!({ "jti": "fresh", "exp": 1 })), "the token has expired", "expired");
}

#[test]
fn a_hook_that_panics_lets_nobody_in() {
    let app = guarded_by(Authorizer::hs256(SECRET).refuse_when(|_| panic!("the list of revoked tokens is gone")));
    let (answer, log) = logged(handle(&app, &authorizer(&good())));
    let failure = answer.unwrap_err();
    assert_eq!(failure.error_type, "HandlerPanic");
    assert!(failure.error_message.contains("the list of revoked tokens is gone"));
    assert!(!log.contains(&good()));
}

#[test]
fn names_in_the_log_cannot_forge_lines() {
    let mut event = authorizer("x");
    event["requestContext"]["connectionId"] = "A\n2023-11-29 ERROR forged\u{1b}[2J".into();
    let (_, log) = logged(handle(&plain(), &event));
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(!log.contains('\u{1b}'), "{log}");
}

#[test]
fn the_largest_answer_fits_into_the_8_kb_of_an_authorizer() {
    let app = guarded_by(Authorizer::hs256(SECRET).pass(["quotes"]));
    // Each quote is two bytes in the token, and four in JSON text within a JSON string.
    let event = authorizer(&token(json!({ "quotes": ["\"".repeat(1_240)] })));
    let answer = logged(app.handle(event.to_string().as_bytes())).0.unwrap();
    assert!(user(&serde_json::from_slice(&answer).unwrap()).is_some());
    assert!((5_000..8_192).contains(&answer.len()), "{}", answer.len());
}

#[test]
fn secrets_are_not_shown() {
    let authorizer = Authorizer::hs256(SECRET).pass(["tenant"]);
    assert!(!format!("{authorizer:?}").contains("secret of more"));
    let app = guarded_by(authorizer);
    assert!(!format!("{app:?}").contains("secret of more"));
    let bytes = format!("{:?}", SECRET.as_bytes());
    assert!(!format!("{app:?}").contains(&bytes[1..20]));
    let claims: Claims = serde_json::from_value(json!({ "email": "a@example.com" })).unwrap();
    assert_eq!(format!("{claims:?}"), r#"{"email"}"#);
}
