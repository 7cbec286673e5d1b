//! Functions behind Lambda's Invoke API, wherever and in whatever language they run.

use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::header::CONTENT_TYPE;
use http::uri::{PathAndQuery, Scheme};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::timeout;
use tracing::warn;

use crate::function::{Function, FunctionError};
use crate::invoke_answer::answer;

/// The largest answer of a function, bytes (AWS: *Lambda quotas*, invocation payload).
const MAX_ANSWER_BYTES: usize = 6 * 1024 * 1024;
/// A function runs at most 29 s before the gateway has given up on it (AWS: *Quotas for WebSocket APIs*).
const LONGEST: Duration = Duration::from_secs(29);
/// An endpoint is near: where nobody takes the connection in this time nobody will.
const CONNECT: Duration = Duration::from_secs(3);
/// Below the five seconds after which Node's server closes an idle connection.
const IDLE: Duration = Duration::from_secs(4);

/// A [`Function`] behind the Lambda Invoke API, as AWS's emulators and cargo-lambda serve it (AWS Lambda API: *Invoke*).
///
/// Each invocation is a `POST {endpoint}/2015-03-31/functions/{name}/invocations` with the event as its body, over
/// connections that are kept. An answer with the header `X-Amz-Function-Error` is a [`FunctionError`] made of its
/// `errorType` and `errorMessage`; so is the same body without the header, which is what the Lambda runtime interface
/// emulator sends. An endpoint that does not answer is a failed function, and one log line names it.
///
/// ```
/// use everwire_gateway::{Gateway, Invoke};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let chat = Invoke::new("http://127.0.0.1:9000", "chat")?;
/// let gateway = Gateway::builder("dev").route("$connect", chat.clone()).two_way_route("$default", chat).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Invoke {
    client: Client<HttpConnector, Full<Bytes>>,
    uri: Uri,
    endpoint: String,
    function: String,
    timeout: Duration,
}

impl Invoke {
    /// The function `name` behind `endpoint`, an address such as `http://127.0.0.1:9000`.
    ///
    /// # Errors
    ///
    /// [`InvalidEndpoint`] when the address is not plain HTTP or the name is not one that Lambda takes.
    pub fn new(endpoint: &str, name: &str) -> Result<Self, InvalidEndpoint> {
        check_name(name)?;
        let endpoint = endpoint.trim_end_matches('/');
        let uri = uri(endpoint, name).ok_or_else(|| InvalidEndpoint::Address(endpoint.to_owned()))?;
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT));
        connector.set_nodelay(true);
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE);
        Ok(Self {
            client: client.build(connector),
            uri,
            endpoint: endpoint.to_owned(),
            function: name.to_owned(),
            timeout: LONGEST,
        })
    }

    /// How long one invocation may take; then it has failed as a Lambda that timed out. The gateway's
    /// [`integration_timeout`](crate::GatewayBuilder::integration_timeout) applies as well.
    ///
    /// # Default
    ///
    /// 29 s
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn run(&self, event: Bytes) -> Result<Bytes, FunctionError> {
        let mut watch = Watch { invoke: self, since: Instant::now(), answered: false };
        let outcome = timeout(self.timeout, self.exchange(event)).await;
        watch.answered = outcome.is_ok();
        match outcome {
            Ok(Ok(response)) => answer(response).inspect_err(|error| {
                if error.error_type.starts_with("Endpoint.") {
                    self.complain(&error.error_message);
                }
            }),
            Ok(Err(failure)) => Err(self.unreachable(&*failure)),
            Err(_elapsed) => Err(FunctionError::new(
                "Sandbox.Timedout",
                format!("Task timed out after {:.2} seconds", self.timeout.as_secs_f64()),
            )),
        }
    }

    async fn exchange(&self, event: Bytes) -> Result<Response<Bytes>, Box<dyn Error + Send + Sync>> {
        let request = Request::post(self.uri.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("x-amz-invocation-type", "RequestResponse")
            .body(Full::new(event))?;
        let (head, body) = self.client.request(request).await?.into_parts();
        let body: Limited<Incoming> = Limited::new(body, MAX_ANSWER_BYTES);
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    }

    fn unreachable(&self, failure: &(dyn Error + Send + Sync + 'static)) -> FunctionError {
        if failure.is::<LengthLimitError>() {
            let text =
                format!("Response payload size exceeded maximum allowed payload size ({MAX_ANSWER_BYTES} bytes).");
            return FunctionError::new("Function.ResponseSizeTooLarge", text);
        }
        let cause = innermost(failure).to_string();
        self.complain(&cause);
        FunctionError::new("Endpoint.Unreachable", format!("{} did not answer: {cause}", self.endpoint))
    }

    fn complain(&self, cause: &str) {
        // The cause may quote the endpoint's own text, so it is escaped.
        let cause = cause.escape_default();
        warn!(target: "everwire_gateway", endpoint = %self.endpoint, function = %self.function, %cause, "no answer");
    }
}

impl Function for Invoke {
    fn invoke(&self, event: Bytes) -> BoxFuture<'_, Result<Bytes, FunctionError>> {
        self.run(event).boxed()
    }
}

impl fmt::Debug for Invoke {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invoke")
            .field("endpoint", &self.endpoint)
            .field("function", &self.function)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Tells of an invocation that was given up, by whoever: the gateway drops the future when its own time is over.
struct Watch<'a> {
    invoke: &'a Invoke,
    since: Instant,
    answered: bool,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.invoke.complain(&format!("given up after {:.1} s", self.since.elapsed().as_secs_f64()));
        }
    }
}

/// Why there can be no function there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidEndpoint {
    /// The address is none, or not one of plain HTTP.
    #[error("{0:?} is no endpoint: give an address of plain HTTP without query, for example \"http://127.0.0.1:9000\"")]
    Address(String),
    /// Lambda knows no such names.
    #[error("{0:?} is no function name: use 1 to 140 letters, digits, '-', '_', ':' or '$'")]
    Name(String),
}

/// A name with its version or alias, or an ARN (AWS Lambda API: *Invoke*, `FunctionName`).
fn check_name(name: &str) -> Result<(), InvalidEndpoint> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'$');
    if (1..=140).contains(&name.len()) && name.bytes().all(allowed) {
        Ok(())
    } else {
        Err(InvalidEndpoint::Name(name.to_owned()))
    }
}

fn uri(endpoint: &str, name: &str) -> Option<Uri> {
    let mut parts = endpoint.parse::<Uri>().ok()?.into_parts();
    if parts.scheme != Some(Scheme::HTTP) || parts.authority.as_ref()?.as_str().contains('@') || endpoint.contains('#')
    {
        return None;
    }
    let prefix = match &parts.path_and_query {
        Some(path) if path.query().is_some() => return None,
        Some(path) => path.path().trim_end_matches('/'),
        None => "",
    };
    let path = format!("{prefix}/2015-03-31/functions/{name}/invocations");
    parts.path_and_query = Some(path.parse::<PathAndQuery>().ok()?);
    Uri::from_parts(parts).ok()
}

/// The first cause, which is what the operating system said.
fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_an_invocation_is_lambdas() {
        for (endpoint, path) in [
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000/2015-03-31/functions/chat/invocations"),
            ("http://localhost:9000/", "http://localhost:9000/2015-03-31/functions/chat/invocations"),
            ("http://[::1]:9/lambda/", "http://[::1]:9/lambda/2015-03-31/functions/chat/invocations"),
        ] {
            assert_eq!(Invoke::new(endpoint, "chat").map(|invoke| invoke.uri.to_string()), Ok(path.to_owned()));
        }
    }

    #[test]
    fn what_is_no_endpoint_or_name_is_refused() {
        for endpoint in [
            "",
            "127.0.0.1:9000",
            "https://127.0.0.1:9000",
            "/lambda",
            "http://127.0.0.1:9000/?x=1",
            "http://127.0.0.1:9000/#top",
            "http://user:word@127.0.0.1:9000",
            "http://",
        ] {
            assert!(matches!(Invoke::new(endpoint, "chat"), Err(InvalidEndpoint::Address(_))), "{endpoint}");
        }
        for name in ["", "a/b", "a b", "é", "a?b", "../x", &"x".repeat(141)] {
            assert!(matches!(Invoke::new("http://127.0.0.1:9", name), Err(InvalidEndpoint::Name(_))), "{name}");
        }
        assert!(Invoke::new("http://127.0.0.1:9", "arn:aws:lambda:us-east-1:1:function:chat:$LATEST").is_ok());
    }
}
