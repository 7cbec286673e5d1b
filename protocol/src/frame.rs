/// What an inbound message is, found from a few of its keys before anybody decodes the rest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// An application event, named or not.
    Event,
    /// An error frame of API Gateway itself ([`GATEWAY_ERROR_KEYS`](crate::GATEWAY_ERROR_KEYS)).
    GatewayError,
    /// The answer to a ping ([`PONG`](crate::PONG)).
    Pong,
    /// Another name of the reserved namespace. Plain mode ignores it, apart from its being a sign of life.
    Control,
}

/// An inbound message whose payload passes through untouched: `P` has no bounds, so a browser hands over the value that
/// its own `JSON.parse` made, and a test hands over a number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Frame<P> {
    /// What the message is.
    pub kind: Kind,
    /// The message, in whatever form the host decoded it.
    pub payload: P,
}
