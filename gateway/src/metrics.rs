//! What the gateway counts of its work, in Prometheus's text format 0.0.4.

mod counter;
mod histogram;
mod text;

use counter::{Counter, Counters};
use text::Text;

pub(crate) use histogram::Histogram;

/// Status codes and close codes that clients and functions can make up: beyond so many they are counted together.
const MAX_CODES: usize = 100;

#[derive(Debug)]
pub(crate) struct Metrics {
    connected: Counter,
    refused: Counters<u16>,
    messages_ok: Counters<String>,
    messages_failed: Counters<String>,
    messages_forbidden: Counter,
    management: Counters<u16>,
    disconnects: Counters<u16>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        Self {
            connected: Counter::default(),
            refused: Counters::new(MAX_CODES),
            // There are no more routes than the gateway has.
            messages_ok: Counters::new(usize::MAX),
            messages_failed: Counters::new(usize::MAX),
            messages_forbidden: Counter::default(),
            management: Counters::new(MAX_CODES),
            disconnects: Counters::new(MAX_CODES),
        }
    }

    pub(crate) fn connected(&self) {
        self.connected.add();
    }

    pub(crate) fn refused(&self, status: u16) {
        self.refused.add(&status);
    }

    pub(crate) fn message(&self, route: &str, ok: bool) {
        let messages = if ok { &self.messages_ok } else { &self.messages_failed };
        messages.add(route);
    }

    /// A message that no route takes.
    pub(crate) fn message_forbidden(&self) {
        self.messages_forbidden.add();
    }

    /// A call of `@connections`.
    pub(crate) fn post(&self, status: u16) {
        self.management.add(&status);
    }

    pub(crate) fn disconnected(&self, code: u16) {
        self.disconnects.add(&code);
    }

    pub(crate) fn text(&self, open: usize, invocations: &Histogram) -> String {
        let mut text = Text::default();
        text.family("everwire_gateway_connections_open", "gauge", "Connections that are open.");
        text.sample(&[], open as u64);
        text.family("everwire_gateway_connections_total", "counter", "Handshakes that succeeded.");
        text.sample(&[], self.connected.get());
        text.family("everwire_gateway_refused_total", "counter", "Handshakes that were refused, by HTTP status.");
        text.samples("status", &self.refused);
        text.family("everwire_gateway_messages_total", "counter", "Messages of clients, by route and result.");
        for (result, messages) in [("ok", &self.messages_ok), ("failed", &self.messages_failed)] {
            for (route, count) in messages.get() {
                text.sample(&[("route", &route), ("result", result)], count);
            }
        }
        text.sample(&[("route", ""), ("result", "forbidden")], self.messages_forbidden.get());
        text.family("everwire_gateway_posts_total", "counter", "Calls of POST @connections, by HTTP status.");
        text.samples("status", &self.management);
        text.family("everwire_gateway_disconnects_total", "counter", "Connections that ended, by close code.");
        text.samples("code", &self.disconnects);
        text.family("everwire_gateway_invoke_duration_seconds", "histogram", "How long functions took.");
        text.histogram(invocations);
        text.into_string()
    }
}
