//! Header, payload and signature.

use jsonwebtoken::Algorithm;
use serde_json::json;

use super::{plain, refused};
use crate::{
    events::authorizer,
    tokens::{HS256, NOW_S, SECRET, encode, good, sign, sign_with},
};

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
