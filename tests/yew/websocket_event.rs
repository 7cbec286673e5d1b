use std::cell::RefCell;

use everwire::Message;
use everwire::yew::{WebSocketProvider, use_websocket_event};
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use crate::fake_socket::{FakeSocket, FakeSockets};
use crate::support::{NOWHERE, click, mount, text, until};

#[derive(serde::Deserialize)]
struct Tick {
    n: u32,
}

impl Message for Tick {
    const NAME: &'static str = "tick";
}

thread_local! {
    /// Who heard which tick.
    static HEARD: RefCell<Vec<(String, u32)>> = const { RefCell::new(Vec::new()) };
}

fn hear(who: impl Into<String>, tick: &Tick) {
    HEARD.with_borrow_mut(|heard| heard.push((who.into(), tick.n)));
}

fn heard() -> Vec<(String, u32)> {
    HEARD.take()
}

fn tick(socket: &FakeSocket, n: u32) {
    socket.receives(&format!(r#"{{"action":"tick","n":{n}}}"#));
}

fn is(who: &str, n: u32) -> (String, u32) {
    (who.to_owned(), n)
}

#[component]
fn Counting() -> Html {
    let last = use_state(|| 0);
    use_websocket_event({
        let last = last.clone();
        move |tick: Tick| {
            hear(format!("after {}", *last), &tick);
            last.set(tick.n);
        }
    });
    html! { <output>{ *last }</output> }
}

#[component]
fn CountingPage() -> Html {
    html! { <WebSocketProvider url={NOWHERE}><Counting /></WebSocketProvider> }
}

#[wasm_bindgen_test]
async fn every_event_reaches_the_handler_and_the_handler_is_that_of_the_latest_render() {
    let sockets = FakeSockets::install();
    heard();
    let (root, handle) = mount::<CountingPage>();
    until(|| sockets.all().len() == 1).await;
    let socket = sockets.last();
    socket.opens();
    // Perhaps both before one render.
    tick(&socket, 1);
    tick(&socket, 2);
    until(|| text(&root) == "2").await;
    tick(&socket, 3);
    until(|| text(&root) == "3").await;
    let heard = heard();
    assert_eq!(heard.iter().map(|(_, n)| *n).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(heard.last(), Some(&is("after 2", 3)));
    handle.destroy();
}

#[derive(PartialEq, Properties)]
struct ListenerProps {
    name: &'static str,
}

#[component]
fn Listener(props: &ListenerProps) -> Html {
    let name = props.name;
    use_websocket_event(move |tick: Tick| hear(name, &tick));
    Html::default()
}

#[component]
fn TwoListeners() -> Html {
    let both = use_state(|| true);
    let one = {
        let both = both.clone();
        move |_| both.set(false)
    };
    html! {
        <WebSocketProvider url={NOWHERE}>
            <button onclick={one}>{ *both }</button>
            <Listener name="a" />
            if *both {
                <Listener name="b" />
            }
        </WebSocketProvider>
    }
}

#[wasm_bindgen_test]
async fn each_component_hears_each_event_until_it_is_unmounted() {
    let sockets = FakeSockets::install();
    heard();
    let (root, handle) = mount::<TwoListeners>();
    until(|| sockets.all().len() == 1).await;
    let socket = sockets.last();
    socket.opens();
    tick(&socket, 1);
    let mut first = heard();
    first.sort();
    assert_eq!(first, [is("a", 1), is("b", 1)]);

    click(&root);
    until(|| text(&root) == "false").await;
    tick(&socket, 2);
    assert_eq!(heard(), [is("a", 2)]);

    // The socket lingers, but whoever listened is gone.
    handle.destroy();
    until(|| root.child_nodes().length() == 0).await;
    tick(&socket, 3);
    assert!(socket.closes().is_empty());
    assert!(heard().is_empty());
}
