//! What a route's function answers: `{"statusCode":200,"body":"…"}` (AWS: *Lambda proxy integrations*).

use serde_json::Value;

use crate::subprotocol;

/// A valid answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// `null`: the handler returned nothing.
    Nothing,
    /// A status, a body that is not empty if there is one, and the sub-protocol that the headers name.
    Reply { status: u16, body: Option<String>, protocol: Option<String> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not {{\"statusCode\": 200…599, \"body\": \"text\"}}")]
pub(crate) struct Malformed;

impl Answer {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        match serde_json::from_slice(bytes).map_err(|_| Malformed)? {
            Value::Null => Ok(Self::Nothing),
            Value::Object(mut answer) => Ok(Self::Reply {
                status: answer.get("statusCode").and_then(status).ok_or(Malformed)?,
                body: match answer.remove("body") {
                    None | Some(Value::Null) => None,
                    Some(Value::String(body)) => Some(body).filter(|body| !body.is_empty()),
                    Some(_) => return Err(Malformed),
                },
                protocol: subprotocol::named_by(&answer),
            }),
            _ => Err(Malformed),
        }
    }
}

/// A final HTTP status, as a number or as its text. An interim one (1xx) would be no answer.
fn status(value: &Value) -> Option<u16> {
    let status = match value {
        Value::Number(number) => number.as_u64()?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    u16::try_from(status).ok().filter(|status| (200..600).contains(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: Option<&str>) -> Result<Answer, Malformed> {
        Ok(Answer::Reply { status, body: body.map(str::to_owned), protocol: None })
    }

    #[test]
    fn answers_are_read_as_the_proxy_integration_reads_them() {
        for (json, answer) in [
            (r#"{"statusCode":200}"#, reply(200, None)),
            (r#"{"statusCode":"403"}"#, reply(403, None)),
            (r#"{"statusCode":200,"body":"hi","headers":{}}"#, reply(200, Some("hi"))),
            (r#"{"statusCode":200,"body":""}"#, reply(200, None)),
            (r#"{"statusCode":200,"body":null}"#, reply(200, None)),
            ("null", Ok(Answer::Nothing)),
            ("", Err(Malformed)),
            ("{}", Err(Malformed)),
            ("[]", Err(Malformed)),
            (r#""ok""#, Err(Malformed)),
            (r#"{"body":"hi"}"#, Err(Malformed)),
            (r#"{"statusCode":null}"#, Err(Malformed)),
            (r#"{"statusCode":200.5}"#, Err(Malformed)),
            (r#"{"statusCode":101}"#, Err(Malformed)),
            (r#"{"statusCode":600}"#, Err(Malformed)),
            (r#"{"statusCode":-200}"#, Err(Malformed)),
            (r#"{"statusCode":"ok"}"#, Err(Malformed)),
            (r#"{"statusCode":200,"body":{}}"#, Err(Malformed)),
        ] {
            assert_eq!(Answer::parse(json.as_bytes()), answer, "{json}");
        }
    }
}
