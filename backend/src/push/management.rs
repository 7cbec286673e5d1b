//! The `@connections` management API, by the AWS SDK.

use std::{collections::HashMap, error::Error as StdError, fmt, sync::Arc, time::Duration};

use aws_sdk_apigatewaymanagement::{
    Client, Config,
    config::{
        BehaviorVersion, Region, StalledStreamProtectionConfig, http::HttpResponse, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
    error::{DisplayErrorContext, SdkError},
    operation::post_to_connection::PostToConnectionError,
    primitives::Blob,
};
use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::{Endpoints, MAX_PAYLOAD, Push, PushOutcome, Signing};
use crate::{
    clock::{Clock, SystemClock},
    connection_id::is_connection_id,
    logging::shown,
    store::Connection,
};

/// How long one post may take. A post to a client that vanished can hang for minutes.
const TIMEOUT: Duration = Duration::from_secs(3);

/// How long the connection to the endpoint may take, out of [`TIMEOUT`].
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// The waits before a post is tried again, each shortened by up to a half at random.
const RETRIES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(600)];

/// The `@connections` management API of API Gateway (*Use `@connections` commands in your backend service*).
///
/// - A post goes only to an endpoint of the table, and only if the connection id cannot mean anything else in a URL.
/// - A post takes at most 3 s. It is tried again, twice, only where nothing can be delivered twice: on 429, and when no connection to the
///   endpoint came about.
/// - 410 counts as gone with or without the header that makes it a typed error.
///
/// ```
/// # fn main() -> Result<(), everwire_backend::EndpointError> {
/// use everwire_backend::{Endpoints, ManagementApi, Signing};
///
/// let endpoints = Endpoints::new().with("127.0.0.1:4400", "dev", "http://127.0.0.1:4400/dev")?;
/// let push = ManagementApi::new(endpoints, Signing::local());
/// # Ok(())
/// # }
/// ```
pub struct ManagementApi {
    endpoints: Endpoints,
    /// One client, and so one pool of connections, for each endpoint.
    clients: HashMap<String, Client>,
    clock: Arc<dyn Clock>,
}

impl ManagementApi {
    /// Posts to these endpoints only, with calls signed like this.
    #[must_use]
    pub fn new(endpoints: Endpoints, signing: Signing) -> Self {
        let clients = endpoints.urls().map(|url| (url.to_owned(), client(url, &signing))).collect();
        Self { endpoints, clients, clock: Arc::new(SystemClock) }
    }

    /// Where the waits between retries come from. Default: [`SystemClock`].
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    async fn post(&self, connection: &Connection, payload: Bytes) -> PushOutcome {
        if payload.len() > MAX_PAYLOAD {
            return PushOutcome::TooLarge;
        }
        if !is_connection_id(&connection.id) {
            return PushOutcome::Failed("the connection id has characters that no id has".to_owned());
        }
        let endpoint = self.endpoints.get(&connection.domain, &connection.stage);
        let Some(client) = endpoint.and_then(|url| self.clients.get(url)) else {
            let (domain, stage) = (shown(&connection.domain), shown(&connection.stage));
            return PushOutcome::Failed(format!("no endpoint is configured for domain `{domain}`, stage `{stage}`"));
        };
        for wait in RETRIES {
            match attempt(client, &connection.id, &payload).await {
                Attempt::Final(outcome) => return outcome,
                Attempt::Again(_) => self.clock.sleep(shortened(wait)).await,
            }
        }
        match attempt(client, &connection.id, &payload).await {
            Attempt::Final(outcome) | Attempt::Again(outcome) => outcome,
        }
    }
}

impl Push for ManagementApi {
    fn post<'a>(&'a self, connection: &'a Connection, payload: Bytes) -> BoxFuture<'a, PushOutcome> {
        Box::pin(self.post(connection, payload))
    }
}

impl fmt::Debug for ManagementApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManagementApi").field("endpoints", &self.endpoints).finish_non_exhaustive()
    }
}

fn client(url: &str, signing: &Signing) -> Client {
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_timeout(TIMEOUT).build();
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::new(signing.region.clone()))
        .credentials_provider(signing.credentials.clone())
        .timeout_config(timeouts)
        // The SDK would also repeat posts that may have been delivered already.
        .retry_config(RetryConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build();
    Client::from_conf(config)
}

/// One call, and whether another one could deliver the event twice.
enum Attempt {
    Final(PushOutcome),
    Again(PushOutcome),
}

async fn attempt(client: &Client, id: &str, payload: &Bytes) -> Attempt {
    let sent = client.post_to_connection().connection_id(id).data(Blob::new(&payload[..])).send().await;
    match sent {
        Ok(_) => Attempt::Final(PushOutcome::Delivered),
        Err(error) => judge(&error),
    }
}

/// By status, not by error type: a bare 410 has no type, and the body of any answer may be empty or no JSON.
fn judge(error: &SdkError<PostToConnectionError, HttpResponse>) -> Attempt {
    match error.raw_response().map(|response| response.status().as_u16()) {
        Some(410) => Attempt::Final(PushOutcome::Gone),
        Some(413) => Attempt::Final(PushOutcome::TooLarge),
        Some(429) => Attempt::Again(PushOutcome::Throttled),
        Some(status @ 200..=299) => {
            Attempt::Final(PushOutcome::Failed(format!("status {status}, but the answer is malformed")))
        }
        Some(status) => Attempt::Final(PushOutcome::Failed(format!("status {status}"))),
        None if never_sent(error) => Attempt::Again(PushOutcome::Failed("no connection to the endpoint".to_owned())),
        None if matches!(error, SdkError::TimeoutError(_)) => {
            Attempt::Final(PushOutcome::Failed(format!("no answer within {} s", TIMEOUT.as_secs())))
        }
        None => Attempt::Final(PushOutcome::Failed(DisplayErrorContext(error).to_string())),
    }
}

/// Whether not even a connection came about, so that no byte of the request can have arrived.
fn never_sent(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
            return error.is_connect();
        }
        cause = error.source();
    }
    false
}

/// Between a half and the whole, so that connections which were throttled together do not come back together.
fn shortened(wait: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX);
    wait.mul_f64(0.5 + f64::from(random) / f64::from(u32::MAX) / 2.0)
}
