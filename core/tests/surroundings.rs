//! The network, the page and the clock change around the client.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{Config, Effect, Input, Reason, State};
use harness::{Answer, HOUR, Handshake, Host, MINUTE, SECOND};

fn waiting_long() -> Host {
    let mut host = Host::new(Config::new());
    host.server.script = [Handshake::Refuse; 6].into();
    host.random_is(1.0);
    host.input(Input::Open);
    for _ in 0..5 {
        host.retry();
    }
    assert_eq!(host.wait(), 30_250);
    host
}

#[test]
fn a_wake_signal_ends_a_wait_within_a_second() {
    for input in [Input::Wake, Input::Online] {
        for (number, wait) in [(0.0, 0), (0.3, 300), (1.0, 1_000), (9.0, 1_000), (f64::NAN, 0)] {
            let mut host = waiting_long();
            host.random_is(number);
            host.input(input.clone());
            assert_eq!((host.wait(), host.status().reason), (wait, Reason::Wake));
            host.retry();
            assert_eq!(host.state(), State::Open);
        }
    }
}

#[test]
fn a_wake_signal_never_makes_a_wait_longer() {
    let mut host = waiting_long();
    host.pass(30_000);
    for _ in 0..10 {
        host.input(Input::Wake);
        assert_eq!(host.wait(), 250);
    }
}

#[test]
fn a_wait_without_a_network_is_cut_short_when_it_comes_back() {
    let mut host = waiting_long();
    host.input(Input::Offline);
    assert_eq!((host.state(), host.status().reason), (State::Offline, Reason::NetworkLost));
    host.input(Input::Wake);
    assert_eq!(host.state(), State::Offline, "a visible page has no network either");
    host.pass(5 * SECOND);
    host.input(Input::Online);
    host.pass(SECOND);
    assert_eq!(host.state(), State::Open);
}

#[test]
fn offline_leaves_an_open_socket_and_an_attempt_alone() {
    let mut host = Host::opened(Config::new());
    let effects = host.ledger.effects.len();
    host.input(Input::Offline);
    host.input(Input::Online);
    assert_eq!((host.state(), host.ledger.effects.len()), (State::Open, effects));

    let mut host = Host::new(Config::new());
    host.server.then = Handshake::Hang;
    host.input(Input::Open);
    host.input(Input::Offline);
    assert_eq!(host.state(), State::Connecting);
}

/// A VPN or a server on this machine: the browser says "offline" for ever, and is wrong.
#[test]
fn a_browser_that_is_wrong_about_being_offline_strands_nobody() {
    let mut host = Host::opened(Config::new());
    host.input(Input::Offline);
    host.server.script = [Handshake::Refuse; 3].into();
    host.lose(1006);
    host.pass(5 * MINUTE);
    assert_eq!(host.state(), State::Open);
}

/// A closed client listens to no browser, so it does not hear that the network is back.
#[test]
fn an_offline_from_before_a_close_says_nothing_after_it() {
    let mut host = Host::opened(Config::new());
    host.input(Input::Offline);
    host.input(Input::Close { code: 1000 });
    host.pass(HOUR);
    host.server.script = [Handshake::Refuse].into();
    host.input(Input::Open);
    host.retry();
    assert_eq!(host.state(), State::Open);
}

#[test]
fn without_a_network_attempts_are_rare() {
    let mut host = Host::opened(Config::new());
    host.input(Input::Offline);
    host.server.then = Handshake::Refuse;
    host.lose(1006);
    host.pass(HOUR);
    assert!((60..=120).contains(&host.sockets_opened()), "{}", host.sockets_opened());
}

#[test]
fn a_page_in_the_back_forward_cache_has_no_socket_and_only_its_return_reconnects_once_without_a_wait() {
    let mut host = Host::opened(Config::new());
    let generation = host.ledger.generation;
    host.input(Input::PageHidden);
    assert_eq!((host.state(), host.status().reason, host.status().until), (State::Offline, Reason::PageHidden, None));
    assert_eq!(host.ledger.socket(), None);
    assert_eq!(host.machine.deadline(), None, "a frozen page has no timers");
    let effects = host.ledger.effects.len();
    for input in [
        Input::PageHidden,
        Input::Offline,
        Input::Online,
        Input::Wake,
        Input::Tick,
        Input::Open,
        Input::Reconnect,
        Input::Lost { generation, code: 1001 },
    ] {
        host.input(input);
        host.sleep(HOUR / 10);
    }
    assert_eq!(host.ledger.effects.len(), effects, "nothing but the matching signal reconnects");
    host.input(Input::PageShown);
    assert_eq!((host.state(), host.sockets_opened()), (State::Open, 2));
    host.input(Input::PageShown);
    assert_eq!(host.sockets_opened(), 2);
}

#[test]
fn a_page_that_was_not_in_the_cache_does_not_reconnect_on_being_shown() {
    let mut host = waiting_long();
    host.input(Input::PageShown);
    assert_eq!(host.wait(), 30_250);
}

#[test]
fn going_into_the_cache_aborts_a_running_refresh_and_gives_the_lock_back() {
    let mut host = Host::signed_out(Config::new());
    host.source.refresh = [Answer::Hang].into();
    host.input(Input::Open);
    assert!(host.ledger.lock_is_ours);
    host.input(Input::PageHidden);
    assert!(!host.ledger.lock_is_ours);
    assert_eq!(host.count(|effect| *effect == Effect::AbortPrepare), 1);
    host.input(Input::PageShown);
    assert_eq!(host.state(), State::Open);
}

#[test]
fn a_client_that_nobody_wants_connected_ignores_the_cache() {
    for before in [&[][..], &[Input::Open, Input::Close { code: 1000 }]] {
        let mut host = Host::new(Config::new());
        for input in before.iter().cloned().chain([Input::PageHidden, Input::PageShown]) {
            host.input(input);
        }
        assert_eq!(host.ledger.socket(), None);
    }
    let mut host = Host::opened(Config::new());
    host.input(Input::PageHidden);
    host.input(Input::Close { code: 1000 });
    host.input(Input::PageShown);
    assert_eq!(host.state(), State::Closed);
}

#[test]
fn a_clock_that_steps_back_lengthens_no_wait() {
    let mut host = waiting_long();
    host.set_clock_back(3 * HOUR);
    host.input(Input::Tick);
    assert_eq!((host.wait(), host.status().until), (30_250, Some(host.now + 30_250)));
    host.retry();
    assert_eq!(host.state(), State::Open);
}

#[test]
fn a_clock_that_steps_back_lengthens_no_timeout() {
    let mut host = Host::new(Config::new());
    host.source.get = [Answer::Hang].into();
    host.server.then = Handshake::Hang;
    host.input(Input::Open);
    for reason in [Reason::TokenTimeout, Reason::ConnectTimeout] {
        host.set_clock_back(HOUR);
        host.input(Input::Tick);
        host.pass(15 * SECOND);
        assert_eq!((host.state(), host.status().reason), (State::Waiting, reason));
        host.retry();
    }
}

#[test]
fn a_clock_that_steps_back_delays_neither_stability_nor_the_offline_retry() {
    let mut host = Host::opened(Config::new());
    host.set_clock_back(HOUR);
    host.input(Input::Tick);
    host.pass(10 * SECOND);
    host.input(Input::Offline);
    host.lose(1006);
    assert_eq!(host.wait(), 400, "it was stable");
    host.retry();
    assert_eq!(host.state(), State::Offline);
    host.set_clock_back(HOUR);
    host.input(Input::Tick);
    host.pass(30 * SECOND);
    assert_eq!(host.state(), State::Open);
}

/// A send notices the step as well, and the countdown that the app shows must not be an hour off until the next tick.
#[test]
fn a_wait_that_moves_with_the_clock_is_told_whoever_notices() {
    let mut host = waiting_long();
    host.set_clock_back(HOUR);
    host.send(10).unwrap();
    assert_eq!(host.wait(), 30_250);
}

#[test]
fn a_clock_that_steps_back_keeps_no_message_longer() {
    let mut host = Host::new(Config::new());
    host.send(10).unwrap();
    host.pass(20 * SECOND);
    host.input(Input::Tick);
    host.set_clock_back(HOUR);
    host.input(Input::Tick);
    host.pass(40 * SECOND - 1);
    assert_eq!(host.ledger.dropped, []);
    host.pass(1);
    assert_eq!(host.ledger.dropped.len(), 1);
}

#[test]
fn a_token_is_not_lengthened_by_a_clock_that_is_set_back() {
    let mut host = Host::signed_out(Config::new());
    host.input(Input::Open);
    host.set_clock_back(5 * HOUR);
    host.lose(1006);
    host.retry();
    assert_eq!(host.source.refreshes.len(), 1, "nor is it refreshed for nothing");
    host.pass(HOUR);
    host.lose(1006);
    host.retry();
    assert_eq!((host.state(), host.source.refreshes.len()), (State::Open, 2));
}

#[test]
fn after_eight_hours_of_sleep_everything_that_is_due_is_due_once() {
    let mut host = waiting_long();
    host.send(10).unwrap();
    let sockets = host.sockets_opened();
    host.server.script.clear();
    host.sleep(8 * HOUR);
    host.input(Input::Tick);
    assert_eq!((host.state(), host.sockets_opened()), (State::Open, sockets + 1));
    assert_eq!(host.source.refreshes.len(), 2, "one forced before the sleep, one for the token that expired in it");
    assert_eq!(host.ledger.transmitted, [], "a message of yesterday is reported, not sent");
    assert_eq!(host.ledger.dropped.len(), 1);
}

#[test]
fn a_socket_that_died_in_eight_hours_of_sleep_is_replaced_after_one_short_wait() {
    let mut host = Host::opened(Config::new());
    host.sleep(8 * HOUR);
    host.lose(1006);
    assert!(host.wait() <= 800);
    host.retry();
    assert_eq!((host.state(), host.source.refreshes.len()), (State::Open, 1));
}

#[test]
fn timers_that_fire_once_a_minute_only_delay() {
    let mut host = Host::new(Config::new());
    host.server.script = [Handshake::Refuse, Handshake::Hang, Handshake::Refuse].into();
    host.source.get = [Answer::Hang].into();
    host.input(Input::Open);
    let mut states = Vec::new();
    while host.state() != State::Open {
        states.push(host.state());
        host.sleep(MINUTE);
        host.input(Input::Tick);
        assert!(states.len() < 20, "{states:?}");
    }
    use State::{Connecting, Preparing, Waiting};
    assert_eq!(states, [Preparing, Waiting, Waiting, Connecting, Waiting, Waiting]);
}
