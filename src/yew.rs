//! Yew: a provider that owns the socket, and hooks for the components below it.
//!
//! ```no_run
//! use everwire::yew::{WebSocketProvider, use_connection_state, use_websocket_event};
//! use everwire::{Message, TokenSource};
//! use yew::prelude::*;
//!
//! #[derive(serde::Deserialize)]
//! struct OrderUpdated {
//!     id: u32,
//! }
//!
//! impl Message for OrderUpdated {
//!     const NAME: &'static str = "order.updated";
//! }
//!
//! #[component]
//! fn Orders() -> Html {
//!     let last = use_state(|| None);
//!     use_websocket_event({
//!         let last = last.clone();
//!         move |order: OrderUpdated| last.set(Some(order.id))
//!     });
//!     let status = use_connection_state();
//!     html! { <p>{ status.state.as_str() }{ ": " }{ format!("{:?}", *last) }</p> }
//! }
//!
//! #[component]
//! fn App() -> Html {
//!     let token = use_memo((), |_| TokenSource::new(|| async { Ok(None) }, |_| async { Ok("JWT".to_owned()) }));
//!     html! {
//!         <WebSocketProvider url="wss://api.example.com/prod" token={(*token).clone()}>
//!             <Orders />
//!         </WebSocketProvider>
//!     }
//! }
//! ```

mod connection_state;
mod provider;
mod websocket_client;
mod websocket_event;

pub use connection_state::use_connection_state;
pub use provider::{WebSocketProvider, WebSocketProviderProps};
pub use websocket_client::use_websocket_client;
pub use websocket_event::use_websocket_event;
