//! The opening handshake: pending until the authorizer and `$connect` have decided, answered by 101 or by a refusal.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{StatusCode, Uri};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tracing::{info, warn};

use crate::answer::Answer;
use crate::authorizer::{AuthorizerContext, Decision, decide};
use crate::clock::millis;
use crate::config::MAX_URL_CHARS;
use crate::connection::{Connection, Peer};
use crate::events::{self, Authorized, Handshake, Request};
use crate::faults::handshake::swallow;
use crate::gateway::Gateway;
use crate::head::Head;
use crate::headers::Headers;
use crate::ids::ConnectionId;
use crate::invoke::Failure;
use crate::listener::Ingress;
use crate::path::{Place, place};
use crate::query::Query;
use crate::refusal::Refusal;
use crate::registry::Registration;
use crate::session::Accepted;
use crate::subprotocol;

/// Who asks, and where.
struct Caller<'a> {
    gateway: &'a Gateway,
    ingress: &'a Arc<Ingress>,
    peer: Peer,
    request: Request,
}

/// Carries a handshake to its end. A refused client is answered here and nothing is left to do.
pub(crate) async fn accept(
    gateway: &Gateway,
    ingress: &Arc<Ingress>,
    head: Head,
    stream: TcpStream,
    address: SocketAddr,
) -> Option<Accepted> {
    let caller = Caller {
        gateway,
        ingress,
        peer: Peer {
            id: ConnectionId::random(),
            connected_at: millis(&*gateway.0.config.clock),
            source_ip: address.ip().to_canonical(),
            user_agent: head.header("user-agent").map(Into::into),
            domain_name: head.header("host").unwrap_or_default().into(),
        },
        request: Request::new(&*gateway.0.config.clock),
    };
    let (id, request) = (caller.peer.id, caller.request);
    let faults = &gateway.0.faults.handshakes;
    if faults.blackhole.take().is_some() {
        info!(target: "everwire_gateway", connection = %id, cause = "fault on demand", "swallowed");
        swallow(stream, ingress).await;
        return None;
    }
    match caller.negotiate(&head).await {
        Ok((registration, protocol)) => {
            info!(target: "everwire_gateway", connection = %id, route = "$connect", status = 101, "connect");
            gateway.0.metrics.connected();
            if let Some(ending) = faults.accept_then_close.take() {
                registration.connection.outbox.end(ending);
            }
            let answer = switching_protocols(head.header(KEY).unwrap_or_default(), protocol.as_deref());
            Some(Accepted { registration, stream, answer, read: head.into_rest() })
        }
        Err(refusal) => {
            let status = refusal.status.as_u16();
            info!(target: "everwire_gateway", connection = %id, status, cause = refusal.cause, "refused");
            gateway.0.metrics.refused(status);
            refusal.send(stream, id, request.id, &gateway.0.config).await;
            None
        }
    }
}

impl Caller<'_> {
    async fn negotiate(self, head: &Head) -> Result<(Registration, Option<String>), Refusal> {
        let config = &self.gateway.0.config;
        if let Some(status) = self.gateway.0.faults.handshakes.refuse.take() {
            return Err(Refusal::new(status, "fault on demand"));
        }
        let uri = check_request(head)?;
        self.check_place(head, &uri)?;
        self.check_rate()?;

        let query = Query::parse(uri.query().unwrap_or_default(), config.silent.repeated_query);
        let sent = Headers::new(&head.headers, self.peer.source_ip, self.ingress.port, self.peer.connected_at);
        let handshake = Handshake { config, peer: &self.peer, request: self.request, headers: &sent, query: &query };
        let authorized = self.authorize(handshake).await?;
        let protocol = self.connect(handshake, authorized.as_ref()).await?;
        let protocol = protocol.filter(|name| self.may_speak(name, head));

        let connection = Connection::new(self.peer, authorized, config, Arc::clone(self.ingress));
        Ok((Registration::new(self.gateway.clone(), connection), protocol))
    }

    fn check_place(&self, head: &Head, uri: &Uri) -> Result<(), Refusal> {
        // RFC 9112 section 3.2: of two, another reader may take the other one.
        let mut hosts = head.values("host");
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "no Host header, or more than one"));
        };
        if !self.gateway.0.hosts.allows_host(host) {
            return Err(Refusal::new(StatusCode::FORBIDDEN, "the Host header is not a name of this gateway"));
        }
        match place(uri.path(), self.gateway.stage()) {
            Place::Stage => Ok(()),
            _ => Err(Refusal::new(StatusCode::FORBIDDEN, "unknown stage")),
        }
    }

    fn check_rate(&self) -> Result<(), Refusal> {
        match &self.gateway.0.throttle {
            Some(throttle) if !throttle.admits(self.gateway.0.config.clock.monotonic()) => {
                Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too many new connections per second"))
            }
            _ => Ok(()),
        }
    }

    /// Runs the authorizer, if there is one, and measures it in milliseconds.
    async fn authorize(&self, handshake: Handshake<'_>) -> Result<Option<(AuthorizerContext, u64)>, Refusal> {
        let config = &self.gateway.0.config;
        let Some(authorizer) = &self.gateway.0.authorizer else { return Ok(None) };
        if !authorizer.sources.iter().all(|source| source.is_present(handshake)) {
            return Err(Refusal::new(StatusCode::UNAUTHORIZED, "no identity"));
        }
        let event = events::authorizer(handshake);
        let started = Instant::now();
        let answer = match self.gateway.0.invoker.call(&*authorizer.function, event).await {
            Ok(answer) => answer,
            Err(Failure::Function(error)) if error.error_message == "Unauthorized" => {
                return Err(Refusal::new(StatusCode::UNAUTHORIZED, "the authorizer said Unauthorized"));
            }
            Err(failure) => {
                let cause = cause(&failure);
                warn!(target: "everwire_gateway", connection = %self.peer.id, %cause, "authorizer");
                return Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the authorizer failed"));
            }
        };
        match decide(&answer, &config.method_arn(), config.silent.refuse_nulls) {
            Ok(Decision::Allow(context)) => {
                Ok(Some((context, u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX))))
            }
            Ok(Decision::Deny) => Err(Refusal::new(StatusCode::FORBIDDEN, "the policy does not allow it")),
            Err(invalid) => {
                warn!(target: "everwire_gateway", connection = %self.peer.id, cause = %invalid, "authorizer");
                Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the authorizer's answer is not valid")
                    .typed("AuthorizerConfigurationException"))
            }
        }
    }

    /// Whether a sub-protocol may stand in the 101. A client fails the connection if it is none that it offered.
    fn may_speak(&self, protocol: &str, head: &Head) -> bool {
        let offered = subprotocol::is_offered(protocol, head.values(subprotocol::HEADER));
        if !offered {
            // Which one is not said: a client without another way offers its token as one.
            warn!(
                target: "everwire_gateway",
                connection = %self.peer.id,
                "$connect returned a sub-protocol that is not exactly one of those the client offered: none is sent"
            );
        }
        offered
    }

    /// Runs `$connect`, if there is one. A 2xx lets the client in, any other status is passed on to it. Gives the
    /// sub-protocol that the answer names.
    async fn connect(
        &self,
        handshake: Handshake<'_>,
        authorized: Option<&(AuthorizerContext, u64)>,
    ) -> Result<Option<String>, Refusal> {
        let Some(route) = &self.gateway.0.routes.connect else { return Ok(None) };
        let authorized = authorized.map(|(context, latency)| Authorized { context, latency: Some(*latency) });
        let event = events::connect(handshake, authorized);
        let answer = match self.gateway.0.invoker.call(&*route.function, event).await {
            Ok(answer) => answer,
            Err(failure) => {
                let cause = cause(&failure);
                warn!(target: "everwire_gateway", connection = %self.peer.id, route = "$connect", %cause, "failed");
                return Err(match failure {
                    Failure::Timeout => {
                        let status = self.gateway.0.config.silent.connect_timeout_status;
                        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::GATEWAY_TIMEOUT);
                        Refusal::new(status, "$connect took too long")
                    }
                    _ => Refusal::new(StatusCode::BAD_GATEWAY, "$connect failed"),
                });
            }
        };
        match Answer::parse(&answer) {
            Ok(Answer::Reply { status: 200..=299, protocol, .. }) => Ok(protocol),
            Ok(Answer::Reply { status, .. }) => Err(StatusCode::from_u16(status).map_or_else(
                |_| Refusal::new(StatusCode::BAD_GATEWAY, "$connect gave no valid status"),
                |status| Refusal::new(status, "$connect refused"),
            )),
            Ok(Answer::Nothing) | Err(_) => Err(Refusal::new(StatusCode::BAD_GATEWAY, "$connect gave no valid status")),
        }
    }
}

/// Of a function's error the type alone: its text may quote the event, and with it the token.
fn cause(failure: &Failure) -> String {
    match failure {
        Failure::Function(error) => error.error_type.escape_default().to_string(),
        other => other.to_string(),
    }
}

const KEY: &str = "sec-websocket-key";

/// What RFC 6455 section 4.2.1 asks of a request, and AWS of its length.
fn check_request(head: &Head) -> Result<Uri, Refusal> {
    if head.target.chars().count() > MAX_URL_CHARS {
        return Err(Refusal::new(StatusCode::URI_TOO_LONG, "the URL has more than 4096 characters"));
    }
    let Ok(uri) = head.target.parse::<Uri>() else {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "the request target is not a URL"));
    };
    if head.version < 1 {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "HTTP/1.1 is needed"));
    }
    if head.header("sec-websocket-version") != Some("13") {
        return Err(Refusal::new(StatusCode::UPGRADE_REQUIRED, "only WebSocket version 13 is spoken"));
    }
    let key = head.header(KEY).and_then(|key| STANDARD.decode(key).ok());
    if key.is_none_or(|key| key.len() != 16) {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "no valid Sec-WebSocket-Key"));
    }
    Ok(uri)
}

/// The 101 of RFC 6455 section 4.2.2, without extensions.
fn switching_protocols(key: &str, protocol: Option<&str>) -> Bytes {
    let accept = derive_accept_key(key.as_bytes());
    let protocol = protocol.map(|name| format!("Sec-WebSocket-Protocol: {name}\r\n")).unwrap_or_default();
    format!(
        "HTTP/1.1 101 Switching Protocols\r\n\
         Connection: upgrade\r\n\
         Upgrade: websocket\r\n\
         Sec-WebSocket-Accept: {accept}\r\n{protocol}\r\n"
    )
    .into()
}
