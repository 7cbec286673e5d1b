//! Tokens that must get in, and everything that must not.

use std::{sync::Arc, time::Duration};

use everwire_backend::{App, Authorizer, Claims, Clock};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::{
    clock::{NOW, TestClock},
    events::{METHOD, authorizer, handle},
    log::logged,
    tokens::{HS256, NOW_S, SECRET, encode, good, sign, sign_with, token},
};

fn app(authorizer: Authorizer) -> App {
    app_at(authorizer, TestClock::at(NOW))
}

fn app_at(authorizer: Authorizer, clock: Arc<dyn Clock>) -> App {
    App::builder().authorizer(authorizer).clock(clock).build().unwrap()
}

fn plain() -> App {
    app(Authorizer::hs256(SECRET))
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
fn a_token_in_the_wrong_form_is_refused() {
    let app = plain();
    let good = good();
    let [header, payload, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!() };
    // The last character of 32 bytes in base64url carries two unused bits; with one of them set it decodes to the same bytes.
    let loose = match signature.as_bytes()[42] {
        b'Z'.. => format!("{}{}", &signature[..42], '9'),
        last => format!("{}{}", &signature[..42], char::from(last + 1)),
    };
    for (name, token) in [
        ("no JWT", "hello".to_owned()),
        ("two parts", format!("{header}.{payload}")),
        ("four parts", format!("{good}.x")),
        ("five parts, as an encrypted one", format!("{header}.{payload}.{payload}.{payload}.{signature}")),
        ("empty parts", "..".to_owned()),
        ("no signature", format!("{header}.{payload}.")),
        ("padded", format!("{good}=")),
        ("padded payload", format!("{header}.{payload}=.{signature}")),
        ("plus", format!("{header}.{payload}.+{}", &signature[1..])),
        ("slash", format!("{header}.{payload}./{}", &signature[1..])),
        ("blank before", format!(" {good}")),
        ("newline behind", format!("{good}\n")),
        ("blank within", format!("{header}. {payload}.{signature}")),
        ("percent-encoded twice", good.replace('.', "%2E")),
        ("with its scheme", format!("Bearer {good}")),
        ("NUL", format!("{good}\0")),
        ("not ASCII", format!("{good}é")),
    ] {
        refused(&app, &authorizer(&token), "the token is not three parts of base64url", name);
    }
    for (name, token) in [
        ("loose bits in the signature", format!("{header}.{payload}.{loose}")),
        ("half a signature", format!("{header}.{payload}.{}", &signature[..20])),
        (
            "one bit of the payload",
            format!("{header}.{}.{signature}", encode(json!({ "sub": "admin", "exp": NOW_S + 60 }).to_string())),
        ),
        ("another secret", sign_with("another secret of more than thirty-two b.", Algorithm::HS256, HS256, "{}")),
        ("HS384 under the name HS256", sign_with(SECRET, Algorithm::HS384, HS256, "{}")),
        (
            "its own key in the header",
            sign_with(
                "attacker's own key, long enough for HS256",
                Algorithm::HS256,
                r#"{"alg":"HS256","jwk":{"kty":"oct","k":"YXR0YWNrZXIncyBvd24ga2V5LCBsb25nIGVub3VnaCBmb3IgSFMyNTY"}}"#,
                "{}",
            ),
        ),
    ] {
        refused(&app, &authorizer(&token), "the signature is wrong", name);
    }
    for (name, token) in [
        ("3,501 bytes", sign(HS256, json!({ "sub": "a", "exp": NOW_S + 60, "x": "x".repeat(2_600) }).to_string())),
        ("4,097 characters", "a".repeat(4_097)),
        ("kid of 10 KB", sign(&json!({ "alg": "HS256", "kid": "k".repeat(10_240) }).to_string(), "{}")),
    ] {
        assert!(token.len() > 3_500, "{name}: {}", token.len());
        refused(&app, &authorizer(&token), "longer than 3500 bytes", name);
    }
}

#[test]
fn a_token_cannot_choose_its_algorithm() {
    let app = plain();
    let payload = json!({ "sub": "admin", "exp": NOW_S + 60 }).to_string();
    for alg in
        ["none", "None", "NONE", "nOnE", "hs256", "HS256 ", "HS384", "HS512", "RS256", "ES256", "EdDSA", "", "dir"]
    {
        let header = json!({ "alg": alg, "typ": "JWT" }).to_string();
        refused(&app, &authorizer(&sign(&header, &payload)), "no key is for this `alg`", alg);
    }
    for header in
        [r#"{"typ":"JWT"}"#, r#"{"alg":null}"#, r#"{"alg":256}"#, r#"{"alg":["HS256"]}"#, r#"{"alg":"HS256\u0000"}"#]
    {
        refused(&app, &authorizer(&sign(header, &payload)), "no key is for this `alg`", header);
    }
    let unsigned = format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(&payload));
    refused(&app, &authorizer(&unsigned), "not three parts", "none, without a signature");
    let hs512 = sign_with(SECRET, Algorithm::HS512, r#"{"alg":"HS512"}"#, &payload);
    refused(&app, &authorizer(&hs512), "no key is for this `alg`", "HS512 with the right secret");
}

#[test]
fn a_header_that_asks_for_more_than_a_jwt_is_refused() {
    let app = plain();
    for (header, reason) in [
        (r#"{"alg":"HS256","crit":["exp"],"exp":1}"#, "crit"),
        (r#"{"alg":"HS256","crit":[]}"#, "crit"),
        (r#"{"alg":"HS256","kid":["a"]}"#, "kid"),
        (r#"{"alg":"HS256","kid":{}}"#, "kid"),
        (r#"{"alg":"HS256","typ":"ticket+jwt"}"#, "another purpose"),
        (r#"{"alg":"HS256","typ":"logout+jwt"}"#, "another purpose"),
        (r#"{"alg":"HS256","typ":5}"#, "another purpose"),
        (r#"{"alg":"none","alg":"HS256"}"#, "unique keys"),
        (r#"{"alg":"HS256","alg":"HS256"}"#, "unique keys"),
        (r#"{"alg":"HS256","x":{"a":1,"a":2}}"#, "unique keys"),
        (r#"{"alg":"HS256"} x"#, "unique keys"),
        ("\u{feff}{\"alg\":\"HS256\"}", "unique keys"),
        (r#"["HS256"]"#, "unique keys"),
        ("null", "unique keys"),
    ] {
        let token = sign(header, json!({ "sub": "a", "exp": NOW_S + 60 }).to_string());
        refused(&app, &authorizer(&token), reason, header);
    }
}

#[test]
fn a_payload_that_can_be_read_in_two_ways_is_refused() {
    let app = plain();
    let exp = NOW_S + 60;
    let deep = format!(r#"{{"sub":"a","exp":{exp},"x":{}{}}}"#, "[".repeat(1_000), "]".repeat(1_000));
    for (name, payload) in [
        ("two exp", format!(r#"{{"sub":"a","exp":1,"exp":{exp}}}"#).into_bytes()),
        ("two sub", format!(r#"{{"sub":"a","sub":"admin","exp":{exp}}}"#).into_bytes()),
        ("two sub, one escaped", format!(r#"{{"sub":"a","s\u0075b":"admin","exp":{exp}}}"#).into_bytes()),
        ("two keys deep inside", format!(r#"{{"sub":"a","exp":{exp},"x":[{{"y":1,"y":2}}]}}"#).into_bytes()),
        ("list", b"[]".to_vec()),
        ("empty", b" ".to_vec()),
        ("not JSON", b"hello".to_vec()),
        ("not UTF-8", b"{\"sub\":\"\xff\"}".to_vec()),
        ("half a surrogate pair", br#"{"sub":"\ud800"}"#.to_vec()),
        ("byte order mark", format!("\u{feff}{{\"sub\":\"a\",\"exp\":{exp}}}").into_bytes()),
        ("something behind", format!(r#"{{"sub":"a","exp":{exp}}}{{}}"#).into_bytes()),
        ("exp out of a float's range", br#"{"sub":"a","exp":1e400}"#.to_vec()),
        ("1,000 levels", deep.into_bytes()),
    ] {
        refused(&app, &authorizer(&sign(HS256, payload)), "the payload is not a JSON object with unique keys", name);
    }
}

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
        let app = app_at(authorizer, clock.clone());
        let event = super::events::authorizer(&token(json!({ "exp": NOW_S, "nbf": NOW_S - 1_000 })));

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
    let app = app(Authorizer::hs256(SECRET).issuer("https://login.example.com").audience("orders"));
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

    let by_email = super::authorizer::app(Authorizer::hs256(SECRET).identity(["email"]));
    refused(&by_email, &authorizer(&good()), "no claim names the user", "no email");
    let event = authorizer(&token(json!({ "email": "a@example.com" })));
    assert_eq!(user(&logged(handle(&by_email, &event)).0.unwrap()).as_deref(), Some("a@example.com"));
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

    let renamed = super::authorizer::app(Authorizer::hs256(SECRET).parameter("jwt"));
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
    let app = app(authorizer.refuse_when(|claims: &Claims| claims.has("roles", "banned")));
    let event = |claims: Value| super::events::authorizer(&token(claims));
    assert!(user(&logged(handle(&app, &event(json!({ "jti": "fresh", "roles": ["user"] })))).0.unwrap()).is_some());
    refused(&app, &event(json!({ "jti": "revoked" })), "the application refuses this token", "revoked");
    refused(&app, &event(json!({ "roles": ["user", "banned"] })), "the application refuses this token", "banned");
    refused(&app, &event(json!({ "jti": "fresh", "exp": 1 })), "the token has expired", "expired");
}

#[test]
fn a_hook_that_panics_lets_nobody_in() {
    let app = app(Authorizer::hs256(SECRET).refuse_when(|_| panic!("the list of revoked tokens is gone")));
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
    let app = app(Authorizer::hs256(SECRET).pass(["quotes"]));
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
    let app = app(authorizer);
    assert!(!format!("{app:?}").contains("secret of more"));
    let bytes = format!("{:?}", SECRET.as_bytes());
    assert!(!format!("{app:?}").contains(&bytes[1..20]));
    let claims: Claims = serde_json::from_value(json!({ "email": "a@example.com" })).unwrap();
    assert_eq!(format!("{claims:?}"), r#"{"email"}"#);
}
