//! Time, issuer, audience and user.

use std::time::Duration;

use everwire_backend::Authorizer;
use serde_json::{Value, json};

use super::{guarded_at, guarded_by, plain, refused, user};
use crate::{
    clock::{NOW, TestClock},
    events::{authorizer, handle},
    log::logged,
    tokens::{HS256, NOW_S, SECRET, good, sign, token},
};

#[test]
fn exp_is_required_and_must_be_a_date() {
    let app = plain();
    for exp in [
        json!(null),
        json!((NOW_S + 60).to_string()),
        json!(1e308),
        json!(-1),
        json!(-0.5),
        json!(true),
        json!([NOW_S + 60]),
        json!({}),
        json!(u64::MAX),
        json!(253_402_300_800_u64),
    ] {
        refused(
            &app,
            &authorizer(&token(json!({ "exp": exp }))),
            "`exp` is missing or is not a date",
            &exp.to_string(),
        );
    }
    let null = sign(HS256, r#"{"sub":"a","exp":null}"#);
    refused(&app, &authorizer(&null), "`exp` is missing or is not a date", "null");
    for exp in [json!(0), json!(NOW_S - 60), json!(0.0)] {
        refused(&app, &authorizer(&token(json!({ "exp": exp }))), "the token has expired", &exp.to_string());
    }
    for nbf in [json!("0"), json!(-1), json!(1e308), json!(true), json!([])] {
        refused(&app, &authorizer(&token(json!({ "nbf": nbf }))), "`nbf` is not a date", &nbf.to_string());
    }
}

#[test]
fn leeway_is_exact_to_the_millisecond() {
    let clock = TestClock::at(NOW);
    for (leeway, default) in [(5_000, true), (0, false), (30_000, false)] {
        let authorizer = Authorizer::hs256(SECRET);
        let authorizer = if default { authorizer } else { authorizer.leeway(Duration::from_millis(leeway)) };
        let app = guarded_at(authorizer, clock.clone());
        let event = crate::events::authorizer(&token(json!({ "exp": NOW_S, "nbf": NOW_S - 1_000 })));

        clock.set(NOW_S * 1000 + leeway - 1);
        assert!(user(&logged(handle(&app, &event)).0.unwrap()).is_some(), "the last millisecond, leeway {leeway}");
        clock.set(NOW_S * 1000 + leeway);
        refused(&app, &event, "the token has expired", "expired");

        clock.set((NOW_S - 1_000) * 1000 - leeway);
        assert!(user(&logged(handle(&app, &event)).0.unwrap()).is_some(), "the first millisecond, leeway {leeway}");
        clock.set((NOW_S - 1_000) * 1000 - leeway - 1);
        refused(&app, &event, "the token is not valid yet", "too early");
    }
}

#[test]
fn issuer_and_audience_are_compared_as_they_are() {
    let app = guarded_by(Authorizer::hs256(SECRET).issuer("https://login.example.com").audience("orders"));
    let claims = |iss: Value, aud: Value| authorizer(&token(json!({ "iss": iss, "aud": aud })));
    let iss = json!("https://login.example.com");
    for aud in [json!("orders"), json!(["orders"]), json!(["billing", "orders"])] {
        assert!(user(&logged(handle(&app, &claims(iss.clone(), aud.clone()))).0.unwrap()).is_some(), "{aud}");
    }
    for other in [
        json!(null),
        json!("https://login.example.com/"),
        json!("https://LOGIN.example.com"),
        json!(""),
        json!(["https://login.example.com"]),
        json!(1),
    ] {
        refused(&app, &claims(other.clone(), json!("orders")), "`iss` is another issuer", &other.to_string());
    }
    for other in [
        json!(null),
        json!(""),
        json!([]),
        json!("Orders"),
        json!("orders "),
        json!(["billing"]),
        json!(["orders", 1]),
        json!({ "orders": true }),
        json!(1),
        json!([["orders"]]),
    ] {
        refused(&app, &claims(iss.clone(), other.clone()), "`aud` names another audience", &other.to_string());
    }
}

#[test]
fn a_user_must_have_a_usable_name() {
    let app = plain();
    for sub in [
        json!(""),
        json!("a\nb"),
        json!("a\r"),
        json!("\u{0}"),
        json!("\u{1b}[2J"),
        json!("x".repeat(257)),
        json!("x".repeat(1_024)),
        json!(1.5),
        json!(true),
        json!([]),
        json!({}),
    ] {
        let event = authorizer(&token(json!({ "sub": sub, "identity": "fallback" })));
        refused(&app, &event, "the user's name", &sub.to_string());
    }
    let null = sign(HS256, json!({ "sub": null, "identity": "fallback", "exp": NOW_S + 60 }).to_string());
    refused(&app, &authorizer(&null), "the user's name", "sub is null");
    refused(&app, &authorizer(&token(json!({ "sub": null }))), "no claim names the user", "neither sub nor identity");

    let by_email = guarded_by(Authorizer::hs256(SECRET).identity(["email"]));
    refused(&by_email, &authorizer(&good()), "no claim names the user", "no email");
    let event = authorizer(&token(json!({ "email": "a@example.com" })));
    assert_eq!(user(&logged(handle(&by_email, &event)).0.unwrap()).as_deref(), Some("a@example.com"));
}
