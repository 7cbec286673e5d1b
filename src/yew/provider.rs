use std::fmt;

use everwire_core::redact;
use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::{Client, Config, TokenSource};

/// How long the socket of an unmounted provider stays, in milliseconds: a page that mounts another at once (a route change,
/// a key that changed) has no gap in which an event is lost to both.
const LINGER: u32 = 250;

/// Properties of [`WebSocketProvider`].
#[derive(Clone, PartialEq, Properties)]
pub struct WebSocketProviderProps {
    /// `wss://…`, or `ws://` for a server on this machine. A new URL makes a new client.
    pub url: AttrValue,
    /// Where the token comes from. A source equals its clones alone: make it once, with `use_memo`, or every render
    /// reconnects.
    #[prop_or_default]
    pub token: Option<TokenSource>,
    /// All policies. Default: [`Config::new`].
    #[prop_or_default]
    pub config: Config,
    /// Who may use the hooks.
    #[prop_or_default]
    pub children: Html,
}

impl fmt::Debug for WebSocketProviderProps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocketProviderProps")
            .field("url", &redact(&self.url))
            .field("token", &self.token)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// Owns one client, opened while the provider is mounted, for the hooks of the components below it.
///
/// With a URL that cannot be connected to, an alert says why in place of the children.
#[component]
pub fn WebSocketProvider(props: &WebSocketProviderProps) -> Html {
    let described = (props.url.clone(), props.token.clone(), props.config);
    let client = use_memo(described, |(url, token, config)| {
        let builder = Client::builder(url.as_str()).config(*config);
        match token {
            Some(token) => builder.token(token.clone()),
            None => builder,
        }
        .build()
    });
    use_effect_with((*client).clone().ok(), |client| {
        let client = client.clone();
        if let Some(client) = &client {
            client.open();
        }
        move || {
            if let Some(client) = client {
                Timeout::new(LINGER, move || client.close()).forget();
            }
        }
    });
    match &*client {
        Ok(client) => html! {
            <ContextProvider<Client> context={client.clone()}>{ props.children.clone() }</ContextProvider<Client>>
        },
        Err(error) => html! { <p role="alert">{ error.to_string() }</p> },
    }
}
