//! Is this token good, and whose is it?

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::{Claims, Keys, unique_keys::UniqueKeys};
use crate::clock::Millis;

/// The longest token, in bytes: API Gateway takes URLs of at most 4,096 characters, the rest of it included.
const MAX_TOKEN: usize = 3_500;

/// The longest user name, in bytes; OpenID Connect allows a `sub` of 255 characters (Core 1.0, section 2).
const MAX_USER: usize = 256;

/// The latest time that a token may name, in seconds: the end of the year 9999. Beyond it, sums could not be trusted.
const MAX_DATE: u64 = 253_402_300_799;

/// Media types of tokens that grant access (RFC 7519, section 5.1; RFC 9068, section 2.1). Anything else was made for another purpose
/// (RFC 8725, section 3.11).
const TYPES: [&str; 3] = ["JWT", "at+jwt", "application/at+jwt"];

/// Why a token was refused. For the log; the client is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("there is no token")]
    Missing,
    #[error("the token is there more than once")]
    Repeated,
    #[error("the token is longer than 3500 bytes")]
    TooLong,
    #[error("the token is not three parts of base64url")]
    NotCompact,
    #[error("the header is not a JSON object with unique keys")]
    Header,
    #[error("the header has a `typ` of another purpose")]
    Type,
    #[error("the header demands an extension (`crit`)")]
    Critical,
    #[error("the header has a `kid` that is not a string")]
    KeyId,
    #[error("no key is for this `alg`")]
    Algorithm,
    #[error("the signature is wrong")]
    Signature,
    #[error("the payload is not a JSON object with unique keys")]
    Payload,
    #[error("`exp` is missing or is not a date")]
    NoExpiry,
    #[error("the token has expired")]
    Expired,
    #[error("`nbf` is not a date")]
    NotADate,
    #[error("the token is not valid yet")]
    NotYet,
    #[error("`iss` is another issuer")]
    Issuer,
    #[error("`aud` names another audience")]
    Audience,
    #[error("no claim names the user")]
    NoUser,
    #[error("the user's name is empty, too long, has control characters, or is neither a string nor a whole number")]
    User,
    #[error("the application refuses this token")]
    Application,
    #[error("`methodArn` is missing or has wildcards")]
    Method,
}

/// A token that is good.
pub(crate) struct Verified {
    pub(crate) user: String,
    /// Seconds since the Unix epoch.
    pub(crate) exp: u64,
    pub(crate) claims: Claims,
}

/// What a token must be like.
#[derive(Clone, Debug)]
pub(crate) struct Verifier {
    pub(crate) keys: Keys,
    pub(crate) leeway: Duration,
    pub(crate) issuer: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) identity: Vec<String>,
}

impl Verifier {
    pub(crate) async fn verify(&self, token: &str, now: Millis) -> Result<Verified, Refusal> {
        if token.len() > MAX_TOKEN {
            return Err(Refusal::TooLong);
        }
        let (signed, payload, signature) = split(token).ok_or(Refusal::NotCompact)?;
        let header = object(signed.split('.').next().unwrap_or_default()).ok_or(Refusal::Header)?;
        let alg = check_header(&header)?;
        let keys = self.keys.find(alg).await;
        if keys.is_empty() {
            return Err(Refusal::Algorithm);
        }
        if !keys.iter().any(|key| key.verifies(signed, signature)) {
            return Err(Refusal::Signature);
        }
        let claims = object(payload).ok_or(Refusal::Payload)?;
        let exp = self.check_time(&claims, now)?;
        self.check_origin(&claims)?;
        let user = self.user(&claims)?;
        Ok(Verified { user, exp, claims: claims.into() })
    }

    /// RFC 7519, sections 4.1.4 and 4.1.5: good before `exp`, and from `nbf` on.
    fn check_time(&self, claims: &Map<String, Value>, now: Millis) -> Result<u64, Refusal> {
        let leeway = millis(self.leeway);
        let exp = claims.get("exp").and_then(date).ok_or(Refusal::NoExpiry)?.floor;
        if now >= exp * 1000 + leeway {
            return Err(Refusal::Expired);
        }
        if let Some(nbf) = claims.get("nbf") {
            let nbf = date(nbf).ok_or(Refusal::NotADate)?.ceil;
            if now.saturating_add(leeway) < nbf * 1000 {
                return Err(Refusal::NotYet);
            }
        }
        Ok(exp)
    }

    /// RFC 7519, sections 4.1.1 and 4.1.3: both are compared as they are, case and trailing slash included.
    fn check_origin(&self, claims: &Map<String, Value>) -> Result<(), Refusal> {
        if let Some(issuer) = &self.issuer
            && claims.get("iss").and_then(Value::as_str) != Some(issuer)
        {
            return Err(Refusal::Issuer);
        }
        if let Some(audience) = &self.audience {
            let named = match claims.get("aud") {
                Some(Value::String(one)) => one == audience,
                Some(Value::Array(many)) => many.iter().all(Value::is_string) && many.iter().any(|one| one == audience),
                _ => false,
            };
            if !named {
                return Err(Refusal::Audience);
            }
        }
        Ok(())
    }

    /// The first identity claim that is there decides, good or bad: an unusable `sub` must not make way for another name.
    fn user(&self, claims: &Map<String, Value>) -> Result<String, Refusal> {
        let claim = self.identity.iter().find_map(|name| claims.get(name)).ok_or(Refusal::NoUser)?;
        let user = match claim {
            Value::String(text) => text.clone(),
            // Issuers with integer user ids write them as they are.
            Value::Number(number) if number.is_u64() || number.is_i64() => number.to_string(),
            _ => return Err(Refusal::User),
        };
        if user.is_empty() || user.len() > MAX_USER || user.contains(char::is_control) {
            return Err(Refusal::User);
        }
        Ok(user)
    }
}

/// JWS compact serialization (RFC 7515, section 7.1): what was signed, the payload in it, the signature.
fn split(token: &str) -> Option<(&str, &str, &str)> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    [header, payload, signature].into_iter().all(is_part).then_some((signed, payload, signature))
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let json = URL_SAFE_NO_PAD.decode(part).ok()?;
    match serde_json::from_slice::<UniqueKeys>(&json).ok()?.0 {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

fn check_header(header: &Map<String, Value>) -> Result<&str, Refusal> {
    if header.contains_key("crit") {
        return Err(Refusal::Critical);
    }
    if header.get("kid").is_some_and(|kid| !kid.is_string()) {
        return Err(Refusal::KeyId);
    }
    let is_access =
        |typ: &Value| typ.as_str().is_some_and(|typ| TYPES.iter().any(|known| known.eq_ignore_ascii_case(typ)));
    if header.get("typ").is_some_and(|typ| !is_access(typ)) {
        return Err(Refusal::Type);
    }
    header.get("alg").and_then(Value::as_str).ok_or(Refusal::Algorithm)
}

/// A NumericDate (RFC 7519, section 2), in whole seconds.
struct Date {
    floor: u64,
    ceil: u64,
}

fn date(value: &Value) -> Option<Date> {
    let date = match (value.as_u64(), value.as_f64()) {
        (Some(whole), _) => Date { floor: whole, ceil: whole },
        // Fractions are allowed; the comparison also refuses what is not a number.
        (None, Some(float)) if (0.0..=MAX_DATE as f64).contains(&float) => {
            Date { floor: float.floor() as u64, ceil: float.ceil() as u64 }
        }
        _ => return None,
    };
    (date.ceil <= MAX_DATE).then_some(date)
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}
