//! The events that functions get, byte for byte of our own making (AWS: *Working with AWS Lambda authorizers for WebSocket
//! APIs*, *Set up integration requests for WebSocket APIs*). A field that does not apply is absent, never null.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Serialize, Serializer};

use crate::authorizer::AuthorizerContext;
use crate::clock::{Clock, millis, request_time};
use crate::config::Config;
use crate::connection::{Connection, Peer};
use crate::ending::Ending;
use crate::fields::{Fields, Multi, Single};
use crate::headers::Headers;
use crate::ids::RequestId;
use crate::query::Query;
use crate::routes::{CONNECT, DISCONNECT};
use crate::stage::StageVariables;

/// One request to the API: a handshake, a message or a disconnect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) id: RequestId,
    /// Unix time, milliseconds.
    at: u64,
}

impl Request {
    pub(crate) fn new(clock: &dyn Clock) -> Self {
        Self { id: RequestId::random(), at: millis(clock) }
    }
}

/// What an authorizer let in, and how long it took in milliseconds where that is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Authorized<'a> {
    pub(crate) context: &'a AuthorizerContext,
    pub(crate) latency: Option<u64>,
}

impl Serialize for Authorized<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.context.serialize(self.latency, serializer)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    route_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorizer: Option<Authorized<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<RequestId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disconnect_status_code: Option<u16>,
    event_type: &'a str,
    extended_request_id: RequestId,
    request_time: String,
    message_direction: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    disconnect_reason: Option<&'a str>,
    stage: &'a str,
    connected_at: u64,
    request_time_epoch: u64,
    identity: Identity<'a>,
    request_id: RequestId,
    domain_name: &'a str,
    connection_id: RequestId,
    api_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<&'a str>,
    source_ip: std::net::IpAddr,
}

impl<'a> RequestContext<'a> {
    fn new(config: &'a Config, peer: &'a Peer, request: Request, event_type: &'a str, route_key: &'a str) -> Self {
        Self {
            route_key,
            authorizer: None,
            message_id: None,
            disconnect_status_code: None,
            event_type,
            extended_request_id: request.id,
            request_time: request_time(request.at),
            message_direction: "IN",
            disconnect_reason: None,
            stage: &config.stage,
            connected_at: peer.connected_at,
            request_time_epoch: request.at,
            identity: Identity { user_agent: peer.user_agent.as_deref(), source_ip: peer.source_ip },
            request_id: request.id,
            domain_name: &peer.domain_name,
            connection_id: peer.id,
            api_id: &config.api_id,
        }
    }

    fn authorized(mut self, connection: &'a Connection) -> Self {
        let latency = connection.authorizer_latency;
        self.authorizer = connection.authorizer.as_ref().map(|context| Authorized { context, latency });
        self
    }
}

/// What a handshake says, for both of its events.
#[derive(Clone, Copy)]
pub(crate) struct Handshake<'a> {
    pub(crate) config: &'a Config,
    pub(crate) peer: &'a Peer,
    pub(crate) request: Request,
    pub(crate) headers: &'a Headers,
    pub(crate) query: &'a Query,
}

/// The event of a REQUEST authorizer.
pub(crate) fn authorizer(handshake: Handshake<'_>) -> Bytes {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Event<'a> {
        r#type: &'a str,
        method_arn: String,
        headers: Single<'a>,
        multi_value_headers: Multi<'a>,
        query_string_parameters: Single<'a>,
        multi_value_query_string_parameters: Multi<'a>,
        stage_variables: &'a StageVariables,
        request_context: RequestContext<'a>,
    }
    let Handshake { config, peer, request, headers, query } = handshake;
    let headers = headers.for_authorizer();
    to_json(&Event {
        r#type: "REQUEST",
        method_arn: config.method_arn(),
        headers: headers.single(),
        multi_value_headers: headers.multi(),
        query_string_parameters: query.single(),
        multi_value_query_string_parameters: query.multi(),
        stage_variables: &config.stage_variables,
        request_context: RequestContext::new(config, peer, request, "CONNECT", CONNECT),
    })
}

/// The event of `$connect`.
pub(crate) fn connect(handshake: Handshake<'_>, authorized: Option<Authorized<'_>>) -> Bytes {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Event<'a> {
        headers: Single<'a>,
        multi_value_headers: Multi<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        query_string_parameters: Option<Single<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        multi_value_query_string_parameters: Option<Multi<'a>>,
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        stage_variables: &'a StageVariables,
        request_context: RequestContext<'a>,
        is_base64_encoded: bool,
    }

    let Handshake { config, peer, request, headers, query } = handshake;
    let headers = headers.for_connect();
    let query = Some(query).filter(|query| !query.is_empty());
    to_json(&Event {
        headers: headers.single(),
        multi_value_headers: headers.multi(),
        query_string_parameters: query.map(Query::single),
        multi_value_query_string_parameters: query.map(Query::multi),
        stage_variables: &config.stage_variables,
        request_context: RequestContext {
            authorizer: authorized,
            ..RequestContext::new(config, peer, request, "CONNECT", CONNECT)
        },
        is_base64_encoded: false,
    })
}

/// The event of one message on its route.
pub(crate) fn message(
    config: &Config,
    connection: &Connection,
    request: Request,
    route_key: &str,
    body: &str,
) -> Bytes {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Event<'a> {
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        stage_variables: &'a StageVariables,
        request_context: RequestContext<'a>,
        body: &'a str,
        is_base64_encoded: bool,
    }

    let context = RequestContext::new(config, &connection.peer, request, "MESSAGE", route_key);
    to_json(&Event {
        stage_variables: &config.stage_variables,
        request_context: RequestContext { message_id: Some(RequestId::random()), ..context.authorized(connection) },
        body,
        is_base64_encoded: false,
    })
}

/// The event of `$disconnect`.
pub(crate) fn disconnect(config: &Config, connection: &Connection, request: Request, ending: &Ending) -> Bytes {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Event<'a> {
        headers: Single<'a>,
        multi_value_headers: Multi<'a>,
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        stage_variables: &'a StageVariables,
        request_context: RequestContext<'a>,
        is_base64_encoded: bool,
    }

    // No client sends these: AWS gives the host and three empty headers.
    let mut headers = Fields::default();
    headers.set("Host", connection.peer.domain_name.to_string());
    for empty in ["x-api-key", "X-Forwarded-For", "x-restapi"] {
        headers.set(empty, String::new());
    }
    let context = RequestContext::new(config, &connection.peer, request, "DISCONNECT", DISCONNECT);
    to_json(&Event {
        headers: headers.single(),
        multi_value_headers: headers.multi(),
        stage_variables: &config.stage_variables,
        request_context: RequestContext {
            disconnect_status_code: Some(ending.code),
            disconnect_reason: Some(&ending.reason),
            ..context.authorized(connection)
        },
        is_base64_encoded: false,
    })
}

#[expect(clippy::expect_used, reason = "structs of our own with text keys can always be written")]
fn to_json(event: &impl Serialize) -> Bytes {
    serde_json::to_vec(event).expect("an event is JSON").into()
}
