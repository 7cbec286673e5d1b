//! The panel itself: hooks in, view out.

use std::cell::RefCell;

use everwire::yew::{use_connection_state, use_websocket_client, use_websocket_event};
use everwire::{Client, Message, Notice, Status};
use yew::prelude::*;

use crate::actions::{Actions, Connected};
use crate::event_log::{Entry, EventLog, Log, LogDispatcher};
use crate::events::{DemoNotice, Echo, is_typed, name_and_rest, text_of};
use crate::status::{StatusLine, describe, failures_after};
use crate::tokens::LastToken;

#[derive(PartialEq, Properties)]
pub(crate) struct LivePanelProps {
    pub(crate) url: AttrValue,
    pub(crate) log: UseReducerHandle<Log>,
    /// The token that the client got last.
    pub(crate) token: LastToken,
}

/// The panel of somebody who is signed in, inside a `WebSocketProvider`.
#[component]
pub(crate) fn LivePanel(props: &LivePanelProps) -> Html {
    let client = use_websocket_client();
    let status = use_connection_state();
    let log = props.log.dispatcher();
    let failures = use_journal(&client, &log);

    use_websocket_event({
        let log = log.clone();
        move |echo: Echo| log.dispatch(Entry::event(Echo::NAME, &json(&echo)))
    });
    use_websocket_event({
        let log = log.clone();
        move |notice: DemoNotice| log.dispatch(Entry::event(DemoNotice::NAME, &json(&notice)))
    });

    html! {
        <Frame>
            <StatusLine {status} jti={props.token.id()} {failures} />
            <Actions with={Connected { client, url: props.url.clone(), log }} />
            <EventLog log={props.log.clone()} />
        </Frame>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct RestingPanelProps {
    pub(crate) log: UseReducerHandle<Log>,
}

/// The panel while nobody is signed in.
#[component]
pub(crate) fn RestingPanel(props: &RestingPanelProps) -> Html {
    html! {
        <Frame>
            <StatusLine status={None::<Status>} jti="" failures={0} />
            <Actions with={None::<Connected>} />
            <EventLog log={props.log.clone()} />
        </Frame>
    }
}

#[derive(PartialEq, Properties)]
struct FrameProps {
    children: Html,
}

#[component]
fn Frame(props: &FrameProps) -> Html {
    html! {
        <section class="panel" data-testid="panel-yew" aria-labelledby="yew-title">
            <header class="panel-head">
                <h2 id="yew-title">{ "Yew" }</h2>
                <code>{ "use_websocket_event(|notice: DemoNotice| …)" }</code>
            </header>
            { props.children.clone() }
        </section>
    }
}

/// Logs what the client tells, apart from the events that have a type here; gives the failed attempts since the last open
/// connection.
#[hook]
fn use_journal(client: &Client, log: &LogDispatcher) -> u32 {
    let failures = use_reducer(Failures::default);
    use_effect_with((client.clone(), log.clone()), {
        let failures = failures.dispatcher();
        move |(client, log)| {
            let log = log.clone();
            let before = RefCell::new(String::new());
            let subscription = client.observe(move |notice| {
                if let Notice::Status(status) = notice {
                    failures.dispatch(*status);
                    // An open connection that proves stable only sets the attempts back: no news for the log.
                    let now = describe(status);
                    if before.replace(now.clone()) != now {
                        log.dispatch(Entry::client("statechange", &now));
                    }
                } else if let Some(entry) = entry_of(notice) {
                    log.dispatch(entry);
                }
            });
            move || drop(subscription)
        }
    });
    failures.0
}

fn entry_of(notice: &Notice) -> Option<Entry> {
    Some(match notice {
        Notice::Event { name, .. } if is_typed(name) => return None,
        Notice::Event { value, .. } => {
            let (name, rest) = name_and_rest(value);
            Entry::event(name, &rest)
        }
        Notice::GatewayError(detail) => Entry::error("gatewayerror", &text_of(detail)),
        Notice::MessageError(sample) => Entry::error("messageerror", sample),
        Notice::Drop { message, reason } => {
            // A message that is dropped is JSON text already.
            let message = message.as_string().unwrap_or_default();
            Entry::error("drop", &format!("{}: {message}", reason.as_str()))
        }
        Notice::TokenError(error) => Entry::error("tokenerror", &error.to_string()),
        Notice::Binary(_) => Entry::event("binary", "a binary message"),
        _ => return None,
    })
}

#[derive(Default)]
struct Failures(u32);

impl Reducible for Failures {
    type Action = Status;

    fn reduce(self: std::rc::Rc<Self>, status: Status) -> std::rc::Rc<Self> {
        Self(failures_after(self.0, &status)).into()
    }
}

fn json(event: &impl serde::Serialize) -> String {
    serde_json::to_string(event).unwrap_or_else(|error| error.to_string())
}
