//! One provider for each session, or the panel at rest while nobody is signed in.

use everwire::yew::WebSocketProvider;
use web_sys::Element;
use yew::prelude::*;

use crate::event_log::Log;
use crate::panel::{LivePanel, RestingPanel};
use crate::session::use_session;
use crate::tokens::{LastToken, token_source};

/// Where the page says what URL the socket has.
const URL_ATTRIBUTE: &str = "data-url";

#[derive(PartialEq, Properties)]
pub(crate) struct AppProps {
    /// The element that this app lives in.
    pub(crate) root: Element,
}

#[component]
pub(crate) fn App(props: &AppProps) -> Html {
    let log = use_reducer(Log::default);
    let session = use_session();
    let credentials = use_memo(session, |_| {
        let last = LastToken::default();
        (token_source(&last), last)
    });
    let (token, last) = &*credentials;

    match (session, props.root.get_attribute(URL_ATTRIBUTE)) {
        (Some(session), Some(url)) => html! {
            <WebSocketProvider key={session} url={url.clone()} token={token.clone()}>
                <LivePanel {url} {log} token={last.clone()} />
            </WebSocketProvider>
        },
        _ => html! { <RestingPanel {log} /> },
    }
}
