//! Amazon API Gateway's WebSocket APIs on one machine.
//!
//! A [`Gateway`] does what API Gateway does between a browser and Lambda functions: it runs an authorizer and `$connect`
//! before it lets a client in, chooses a route for each message by `$request.body.action`, sends back what two-way routes
//! answer, keeps AWS's limits, tells `$disconnect` how a connection ended, and delivers `POST @connections`. Events and
//! answers are the JSON that AWS and Lambda exchange, so what works here is what is deployed.
//!
//! It knows a backend only as a [`Function`]: bytes in, bytes out.
//!
//! ```
//! use bytes::Bytes;
//! use everwire_gateway::{Gateway, function};
//! use futures_util::{SinkExt, StreamExt};
//! use tokio_tungstenite::connect_async;
//! use tokio_tungstenite::tungstenite::Message;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let gateway = Gateway::builder("dev")
//!     .route("$connect", function(|_event: Bytes| async { Ok(Bytes::from(r#"{"statusCode":200}"#)) }))
//!     .two_way_route(
//!         "greet",
//!         function(|_event: Bytes| async { Ok(Bytes::from(r#"{"statusCode":200,"body":"hello"}"#)) }),
//!     )
//!     .build()?;
//! let listener = gateway.bind("127.0.0.1:0".parse()?).await?;
//! let url = format!("ws://{}/dev", listener.local_addr());
//! tokio::spawn(listener.serve(std::future::pending()));
//!
//! let (mut socket, _) = connect_async(url).await?;
//! socket.send(Message::text(r#"{"action":"greet"}"#)).await?;
//! assert_eq!(socket.next().await.ok_or("closed")??, Message::text("hello"));
//! # Ok(())
//! # }
//! ```
//!
//! # What it keeps to
//!
//! | | |
//! |---|---|
//! | frame from a client | at most 32 768 bytes, else close 1009 |
//! | message | at most 131 072 bytes, else close 1009, or 413 for a POST |
//! | binary message | close 1003 |
//! | idle, life | closed with 1001 after 10 min without a message, after 2 h in any case |
//! | integration timeout | 29 s, else 504 for `$connect` and the `Internal server error` frame for a message |
//! | authorizer | no identity 401, `Unauthorized` 401, no permission 403, failure 500 |
//! | `$connect` | 2xx opens, any other status is passed on, failure 502 |
//! | `$disconnect` | once for every connection that was open, however it ended |
//!
//! Where AWS's behaviour is not known the choice is ours, its documentation says so, and there is a setting wherever another
//! choice makes sense: `docs/gateway.md` has them in a table.
//!
//! # Safety on one's own machine
//!
//! It listens on loopback alone unless told otherwise, answers only hosts that are this machine's (against DNS rebinding),
//! takes `@connections` calls from no foreign web page, bounds what a client can make it hold in memory, and drops clients
//! that send no request in time.
//!
//! # Logs
//!
//! One `tracing` line of target `everwire_gateway` for each event: `connect`, `refused`, `message`, `post`, `get`, `delete`,
//! `disconnect`, `fault`, with fields such as `connection`, `route`, `status` and `code`. Query strings are in none of them.
//! How lines look is for whoever runs the gateway: it installs no subscriber. The [admin port](Gateway::admin_router) counts
//! the same events for Prometheus.

mod admin;
mod answer;
mod authorizer;
mod builder;
mod clock;
mod config;
mod connection;
mod dispatch;
mod ending;
mod error;
mod events;
mod expiry;
mod faults;
mod fields;
mod frames;
mod function;
mod gateway;
mod handshake;
mod head;
mod headers;
mod host;
mod identity;
mod ids;
mod invoke;
mod invoke_answer;
mod invoke_api;
mod linger;
mod listener;
mod management;
mod metrics;
mod outbox;
mod path;
mod plain;
mod policy;
mod port;
mod query;
mod refusal;
mod registry;
mod routes;
mod selection;
mod session;
mod sigv4;
mod silent;
mod socket;
mod stage;
mod stream;
mod subprotocol;
mod throttle;

pub use builder::GatewayBuilder;
pub use clock::{Clock, ManualClock, SystemClock};
pub use config::{MAX_AUTHORIZER_ANSWER_BYTES, MAX_ECHO_BYTES, MAX_FRAME_BYTES, MAX_MESSAGE_BYTES, MAX_URL_CHARS};
pub use connection::ConnectionInfo;
pub use error::{BindError, BuildError};
pub use faults::{ActiveFault, DisconnectFault, Fault, FaultError, Faults, InvalidRefusal, ManagementFault, Target};
pub use function::{Function, FunctionError, function};
pub use gateway::Gateway;
pub use ids::{ConnectionId, InvalidConnectionId};
pub use invoke_api::{InvalidEndpoint, Invoke};
pub use listener::Listener;
pub use silent::{FailedAnswers, RepeatedQuery, ReservedActions};
