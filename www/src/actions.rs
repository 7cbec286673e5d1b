//! The panel's buttons: echo, an echo that fails, push to me, expire my token.

use std::cell::Cell;
use std::rc::Rc;

use everwire::{Client, Sent};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::event_log::{Entry, LogDispatcher};
use crate::events::{DemoNotice, Echo, Outgoing};
use crate::{api, tokens};

const FROM: &str = "Yew";

/// What the buttons work with while somebody is signed in.
#[derive(Clone, PartialEq)]
pub(crate) struct Connected {
    pub(crate) client: Client,
    pub(crate) url: AttrValue,
    pub(crate) log: LogDispatcher,
}

#[derive(PartialEq, Properties)]
pub(crate) struct ActionsProps {
    /// `None` while nobody is signed in: the buttons are off.
    pub(crate) with: Option<Connected>,
}

#[component]
pub(crate) fn Actions(props: &ActionsProps) -> Html {
    let count = use_memo((), |()| Cell::new(0));
    let button = |name: &'static str, label: &'static str, act: fn(Connected, u32)| {
        let onclick = props.with.clone().map(|with| {
            let count = Rc::clone(&count);
            Callback::from(move |_: MouseEvent| {
                count.set(count.get() + 1);
                act(with.clone(), count.get());
            })
        });
        html! { <button type="button" data-testid={name} disabled={onclick.is_none()} {onclick}>{ label }</button> }
    };
    html! {
        <div class="buttons actions" role="group" aria-label="Actions of the Yew panel">
            { button("echo", "Echo", echo) }
            { button("echo-fail", "Failing echo", failing_echo) }
            { button("push", "Push to me", push) }
            { button("expire", "Expire my token", expire) }
        </div>
    }
}

fn echo(with: Connected, n: u32) {
    send(&with, "echo", &Outgoing::new(hello(n)));
}

fn failing_echo(with: Connected, n: u32) {
    send(&with, "echo-fail", &Outgoing::failing(hello(n)));
}

fn hello(n: u32) -> Echo {
    Echo { text: format!("hello {n} from {FROM}") }
}

fn send(with: &Connected, name: &'static str, message: &Outgoing<Echo>) {
    match with.client.send(message) {
        Ok(Sent::Sent) => {}
        Ok(Sent::Queued) => with.log.dispatch(Entry::client("send", "queued until the connection is open")),
        Ok(_) => with.log.dispatch(Entry::client("send", "not sent: the client is closed")),
        Err(error) => with.log.dispatch(Entry::error(name, &error.to_string())),
    }
}

fn push(with: Connected, n: u32) {
    let notice = Rc::new(Outgoing::new(DemoNotice { text: format!("notice from {FROM}"), n }));
    spawn_local(async move {
        let pushed = tokens::with_token(&with.url, |token| {
            let notice = Rc::clone(&notice);
            async move { api::push(&token, &*notice).await }
        });
        with.log.dispatch(match pushed.await {
            Ok(report) => Entry::client("push", &report),
            Err(error) => Entry::error("push", &error),
        });
    });
}

fn expire(with: Connected, _: u32) {
    spawn_local(async move {
        let token = tokens::stored().map(|pair| pair.access_token).unwrap_or_default();
        let text = match api::expire(&token).await {
            Ok(()) => "the server refuses this token from now on; reconnecting with it",
            // A token past its time is refused by itself: the reconnect shows the same.
            Err(error) if error.is_unauthorized() => "the token has run out by itself; reconnecting",
            Err(error) => return with.log.dispatch(Entry::error("expire", &error.to_string())),
        };
        with.log.dispatch(Entry::client("expire", text));
        with.client.reconnect();
    });
}
