//! Settings for what AWS does not say, or sources disagree about. The defaults are ours; `docs/gateway.md` has them in one
//! table.

use super::{GatewayBuilder, out_of_range};
use crate::config::Config;
use crate::error::BuildError;
use crate::silent::{FailedAnswers, RepeatedQuery, ReservedActions};

impl GatewayBuilder {
    /// What a message route's answer with a `statusCode` of 400 or above does.
    ///
    /// # Default
    ///
    /// [`FailedAnswers::ErrorFrameIfTwoWay`] (ours)
    pub fn failed_answers(mut self, answers: FailedAnswers) -> Self {
        self.config.silent.failed_answers = answers;
        self
    }

    /// What a message does whose route selection gives `$connect` or `$disconnect`.
    ///
    /// # Default
    ///
    /// [`ReservedActions::NoMatch`] (ours)
    pub fn reserved_actions(mut self, actions: ReservedActions) -> Self {
        self.config.silent.reserved_actions = actions;
        self
    }

    /// Which value a query-string key has that stands more than once in the URL.
    ///
    /// # Default
    ///
    /// [`RepeatedQuery::Last`] (ours)
    pub fn repeated_query(mut self, rule: RepeatedQuery) -> Self {
        self.config.silent.repeated_query = rule;
        self
    }

    /// Whether an authorizer's answer with a null (`"context": null`, `"usageIdentifierKey": null`, or a null within the
    /// context) counts as a configuration error, 500. Else the nulls are dropped.
    ///
    /// # Default
    ///
    /// `false` (ours)
    pub fn refuse_nulls(mut self, refuse: bool) -> Self {
        self.config.silent.refuse_nulls = refuse;
        self
    }

    /// Whether `requestContext.authorizer.integrationLatency` is in MESSAGE and DISCONNECT events too, not only in CONNECT.
    ///
    /// # Default
    ///
    /// `false` (ours)
    pub fn latency_in_every_event(mut self, repeat: bool) -> Self {
        self.config.silent.latency_in_every_event = repeat;
        self
    }

    /// Whether a refused handshake has the body `{"message":…,"connectionId":…,"requestId":…}`, else an empty one.
    ///
    /// # Default
    ///
    /// `true` (ours)
    pub fn refusal_body(mut self, body: bool) -> Self {
        self.config.silent.refusal_body = body;
        self
    }

    /// The status of a handshake whose `$connect` takes longer than the
    /// [`integration_timeout`](Self::integration_timeout), 400 to 599.
    ///
    /// # Default
    ///
    /// 504 (ours)
    pub fn connect_timeout_status(mut self, status: u16) -> Self {
        self.config.silent.connect_timeout_status = status;
        self
    }

    /// Whether a POST whose data is no UTF-8 is delivered with U+FFFD in the place of what is not. Else it gets 400
    /// `BadRequestException`.
    ///
    /// # Default
    ///
    /// `false` (ours)
    pub fn replace_invalid_utf8(mut self, replace: bool) -> Self {
        self.config.silent.replace_invalid_utf8 = replace;
        self
    }

    /// Whether `disconnectReason` is the client's own text when the client closes with a code and a reason. Else it is
    /// empty.
    ///
    /// # Default
    ///
    /// `true` (ours)
    pub fn client_close_reason(mut self, tell: bool) -> Self {
        self.config.silent.client_close_reason = tell;
        self
    }

    /// The `disconnectReason` of a connection that broke without a close frame, whose `disconnectStatusCode` is 1006.
    ///
    /// # Default
    ///
    /// `Connection closed abnormally` (ours)
    pub fn lost_reason(mut self, reason: impl Into<String>) -> Self {
        self.config.silent.lost_reason = reason.into().into();
        self
    }

    /// The code (one that may be sent, RFC 6455 section 7.4) and the reason (at most 123 bytes) by which a connection is
    /// closed that was idle or open for too long.
    ///
    /// # Default
    ///
    /// 1001, `Going away` (ours; one emulator's code agrees)
    pub fn expiry_close(mut self, code: u16, reason: impl Into<String>) -> Self {
        self.config.silent.expiry_close = (code, reason.into().into());
        self
    }

    /// Whether a client's pings and pongs count against the [`idle_timeout`](Self::idle_timeout) too. AWS does not say, and
    /// other sources disagree.
    ///
    /// # Default
    ///
    /// `false` (ours, the stricter)
    pub fn pings_keep_alive(mut self, count: bool) -> Self {
        self.config.silent.pings_keep_alive = count;
        self
    }
}

pub(super) fn check(config: &Config) -> Result<(), BuildError> {
    let status = config.silent.connect_timeout_status;
    if !(400..600).contains(&status) {
        return Err(out_of_range("connect_timeout_status", status.to_string(), "from 400 to 599"));
    }
    let (code, reason) = &config.silent.expiry_close;
    if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) || reason.len() > 123 {
        let given = format!("{code} with a reason of {} bytes", reason.len());
        return Err(out_of_range("expiry_close", given, "a code that may be sent and at most 123 bytes"));
    }
    Ok(())
}
