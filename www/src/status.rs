//! The panel's state with its reason, the wait, the token's id and the failed attempts.

use everwire::{Reason, State, Status};
use yew::prelude::*;

use crate::countdown::Countdown;

/// In the words of a reader; `None` where the state says it all.
const fn words(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::Retry => "trying again",
        Reason::HandshakeFailed => "the handshake failed",
        Reason::ConnectTimeout => "the handshake took too long",
        Reason::ConnectionLost => "the connection was lost",
        Reason::Unresponsive => "the server did not answer",
        Reason::Rotation => "renewing the connection",
        Reason::TokenFailed => "no token to be had now",
        Reason::TokenTimeout => "the token took too long",
        Reason::Unauthorized => "nobody is signed in",
        Reason::Rejected => "the server refuses the token",
        Reason::NetworkLost => "no network",
        Reason::Wake => "woken up",
        Reason::PageHidden => "the page is in the back-forward cache",
        Reason::PageShown => "the page came back",
        _ => return None,
    })
}

/// Why the client is where it is: "the connection was lost (1006)"; empty where the state says it all.
pub(crate) fn because(status: &Status) -> String {
    match (words(status.reason), status.reason, status.code) {
        (None, ..) => String::new(),
        (Some(words), Reason::ConnectionLost, Some(code)) => format!("{words} ({code})"),
        (Some(words), ..) => words.to_owned(),
    }
}

/// A status in one line: "waiting, the connection was lost (1006)".
pub(crate) fn describe(status: &Status) -> String {
    let state = status.state.as_str();
    match because(status) {
        because if because.is_empty() => state.to_owned(),
        because => format!("{state}, {because}"),
    }
}

/// Failed attempts since the last open connection, after this status.
pub(crate) fn failures_after(failures: u32, status: &Status) -> u32 {
    use Reason::{ConnectTimeout, HandshakeFailed, TokenFailed, TokenTimeout};
    match (status.state, status.reason) {
        (State::Open, _) => 0,
        (_, HandshakeFailed | ConnectTimeout | TokenFailed | TokenTimeout) => failures + 1,
        _ => failures,
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct StatusLineProps {
    /// `None` while nobody is signed in.
    pub(crate) status: Option<Status>,
    /// The id of the token in use.
    pub(crate) jti: String,
    pub(crate) failures: u32,
}

#[component]
pub(crate) fn StatusLine(props: &StatusLineProps) -> Html {
    let StatusLineProps { status, jti, failures } = props;
    let state = status.as_ref().map_or(State::Idle, |status| status.state).as_str();
    let reason = status.as_ref().map_or("", |status| status.reason.as_str());
    let attempt = status.as_ref().map_or(0, |status| status.attempt);
    let because = status.as_ref().map_or_else(|| "not signed in".to_owned(), because);
    let until = status.as_ref().filter(|status| status.state == State::Waiting).and_then(|status| status.until);
    html! {
        <div class="status">
            <div class="state-row">
                <p class="state-line" role="status">
                    <strong class="state" data-testid="state" data-state={state} data-reason={reason}
                            data-attempt={attempt.to_string()} data-jti={jti.clone()}
                            data-failures={failures.to_string()}>{ state }</strong>
                    { " " }
                    <span class="reason">{ because }</span>
                </p>
                <p class="wait">
                    if let Some(until) = until {
                        <Countdown {until} />
                    }
                </p>
            </div>
            <dl class="facts">
                <div><dt>{ "Token id" }</dt><dd>{ if jti.is_empty() { "none" } else { jti } }</dd></div>
                <div><dt>{ "Failed attempts" }</dt><dd>{ failures }</dd></div>
            </dl>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::{describe, failures_after};
    use everwire::{Reason, State, Status};

    fn status(state: State, reason: Reason, code: Option<u16>) -> Status {
        Status { state, reason, code, attempt: 0, until: None }
    }

    #[test]
    fn a_status_reads_as_a_sentence() {
        for (state, reason, code, text) in [
            (State::Open, Reason::Progress, None, "open"),
            (State::Waiting, Reason::ConnectionLost, Some(1006), "waiting, the connection was lost (1006)"),
            (State::Waiting, Reason::HandshakeFailed, Some(1006), "waiting, the handshake failed"),
            (State::AuthRequired, Reason::Unauthorized, None, "auth-required, nobody is signed in"),
        ] {
            assert_eq!(describe(&status(state, reason, code)), text);
        }
    }

    #[test]
    fn failures_count_attempts_and_start_again_when_open() {
        let story = [
            (State::Waiting, Reason::ConnectionLost, 0),
            (State::Connecting, Reason::Retry, 0),
            (State::Waiting, Reason::HandshakeFailed, 1),
            (State::Waiting, Reason::TokenFailed, 2),
            (State::Open, Reason::Progress, 0),
        ];
        let mut failures = 0;
        for (state, reason, expected) in story {
            failures = failures_after(failures, &status(state, reason, None));
            assert_eq!(failures, expected, "{state:?} {reason:?}");
        }
    }
}
