//! How long a client waits before it tries again.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{Backoff, Config, Input, Reason, State};
use harness::{Chance, Handshake, Host, MINUTE, SECOND};

/// Numbers that a source of randomness in 0..1 may and may not answer, with the part of a range each stands for.
const NUMBERS: [(f64, f64); 9] = [
    (0.0, 0.0),
    (0.25, 0.25),
    (0.999, 0.999),
    (1.0, 1.0),
    (2.0, 1.0),
    (f64::INFINITY, 1.0),
    (-1.0, 0.0),
    (f64::NEG_INFINITY, 0.0),
    (f64::NAN, 0.0),
];

fn refused(config: Config) -> Host {
    let mut host = Host::new(config.without_token());
    host.server.then = Handshake::Refuse;
    host
}

#[test]
fn the_initial_connect_is_retried_until_it_succeeds() {
    let mut host = Host::new(Config::new());
    host.server.script = [Handshake::Refuse; 20].into();
    host.input(Input::Open);
    assert_eq!(
        (host.state(), host.status().reason, host.status().attempt),
        (State::Waiting, Reason::HandshakeFailed, 1)
    );
    assert_eq!(host.status().code, Some(1006));
    for attempt in 2..=20 {
        host.retry();
        assert_eq!((host.state(), host.status().attempt), (State::Waiting, attempt));
    }
    host.retry();
    assert_eq!((host.state(), host.status().code), (State::Open, None));
}

#[test]
fn the_first_reconnect_after_a_stable_session_comes_within_800_ms_plus_the_spread() {
    for spread in [0, 5_000] {
        for (number, part) in NUMBERS {
            let mut host = Host::opened(Config::new().with_backoff(Backoff::new().with_spread(spread)));
            host.ledger.longest_first_wait += spread;
            host.pass(10 * SECOND);
            host.random_is(number);
            host.lose(1001);
            assert_eq!(host.wait(), (800.0 * part) as u64 + (spread as f64 * part) as u64, "{number}");
            assert_eq!((host.status().reason, host.status().code), (Reason::ConnectionLost, Some(1001)));
        }
    }
}

#[test]
fn the_spread_has_a_random_number_of_its_own() {
    let mut host = Host::opened(Config::new().with_backoff(Backoff::new().with_spread(1_000)));
    host.ledger.longest_first_wait += 1_000;
    host.pass(10 * SECOND);
    let mut numbers = [0.0, 1.0].into_iter();
    host.random = Box::new(move || numbers.next().unwrap());
    host.lose(1006);
    assert_eq!(host.wait(), 1_000);
}

#[test]
fn later_waits_are_random_over_a_doubling_range_and_at_the_cap_too() {
    for (number, part) in NUMBERS {
        let mut host = refused(Config::new());
        host.random_is(number);
        host.input(Input::Open);
        for range in [2_000.0, 4_000.0, 8_000.0, 16_000.0, 30_000.0, 30_000.0, 30_000.0] {
            assert_eq!(host.wait(), 250 + (range * part) as u64, "{number} of {range}");
            host.retry();
        }
    }
}

#[test]
fn after_a_week_of_failures_the_range_is_still_the_cap() {
    let mut host = refused(Config::new());
    let mut chance = Chance(1);
    host.random = Box::new(move || chance.next());
    host.input(Input::Open);
    let mut waits = Vec::new();
    for _ in 0..40_000 {
        waits.push(host.wait());
        host.retry();
    }
    let at_cap = &waits[4..];
    assert!(at_cap.iter().all(|wait| (250..=30_250).contains(wait)));
    let mean = at_cap.iter().sum::<u64>() / at_cap.len() as u64;
    assert!((15_000..15_500).contains(&mean), "full jitter, not half: {mean}");
    assert_eq!(host.status().attempt, 40_001);
}

#[test]
fn waits_start_over_only_after_ten_stable_seconds_and_never_on_open_alone() {
    for (stood, expected) in [(0, 250 + 4_000), (9_999, 250 + 4_000), (10_000, 400)] {
        let mut host = Host::new(Config::new());
        host.server.script = [Handshake::Refuse].into();
        host.input(Input::Open);
        host.retry();
        assert_eq!(host.state(), State::Open);
        host.pass(stood);
        host.random = Box::new(move || if stood < 10_000 { 1.0 } else { 0.5 });
        host.lose(1006);
        assert_eq!(host.wait(), expected, "stood for {stood} ms");
        assert_eq!(host.status().attempt, if stood < 10_000 { 2 } else { 1 });
    }
}

#[test]
fn a_server_that_cuts_every_connection_at_once_is_asked_ever_more_slowly() {
    let mut host = Host::new(Config::new());
    host.random_is(1.0);
    host.input(Input::Open);
    for range in [2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
        host.pass(SECOND);
        host.lose(1011);
        assert_eq!(host.wait(), 250 + range);
        host.retry();
        assert_eq!(host.state(), State::Open);
    }
}

#[test]
fn only_one_wait_after_a_stable_session_is_the_short_one() {
    let mut host = Host::opened(Config::new());
    host.pass(MINUTE);
    host.server.then = Handshake::Refuse;
    host.random_is(1.0);
    host.lose(1006);
    assert_eq!(host.wait(), 800);
    host.retry();
    assert_eq!(host.wait(), 250 + 2_000);
}

#[test]
fn a_stable_connection_resets_the_attempts_that_the_app_sees() {
    let mut host = Host::new(Config::new());
    host.server.script = [Handshake::Refuse; 3].into();
    host.input(Input::Open);
    for _ in 0..3 {
        host.retry();
    }
    assert_eq!((host.state(), host.status().attempt), (State::Open, 3));
    host.pass(10 * SECOND);
    assert_eq!((host.state(), host.status().attempt), (State::Open, 0));
}

/// The tick that marks a connection as stable is late in a hidden tab, but the ten seconds have passed all the same.
#[test]
fn a_connection_that_stood_long_enough_is_stable_though_its_tick_is_late() {
    for leave in [Input::Lost { generation: 0, code: 1006 }, Input::PageHidden, Input::Reconnect] {
        let mut host = Host::new(Config::new());
        host.server.script = [Handshake::Refuse; 4].into();
        host.input(Input::Open);
        for _ in 0..4 {
            host.retry();
        }
        host.sleep(30 * SECOND);
        host.server.then = Handshake::Refuse;
        match leave {
            Input::Lost { .. } => host.lose(1006),
            _ => host.input(leave.clone()),
        }
        if leave == Input::PageHidden {
            host.input(Input::PageShown);
        }
        assert_eq!((host.wait(), host.status().attempt), (400, 1), "{leave:?}");
    }
}

#[test]
fn a_stable_session_that_the_app_closed_does_not_shorten_the_first_wait_of_the_next() {
    let mut host = Host::opened(Config::new());
    host.pass(MINUTE);
    host.input(Input::Close { code: 1000 });
    host.server.then = Handshake::Refuse;
    host.input(Input::Open);
    assert_eq!(host.wait(), 250 + 1_000);
}

#[test]
fn the_app_can_end_a_wait() {
    for input in [Input::Open, Input::Reconnect] {
        let mut host = Host::new(Config::new());
        host.server.script = [Handshake::Refuse].into();
        host.input(Input::Open);
        host.input(input);
        assert_eq!(host.state(), State::Open);
    }
}

#[test]
fn a_reconnect_by_the_app_replaces_the_open_socket_at_once() {
    let mut host = Host::opened(Config::new());
    let first = host.ledger.socket();
    host.input(Input::Reconnect);
    assert_eq!((host.state(), host.sockets_opened()), (State::Open, 2));
    assert_ne!(host.ledger.socket(), first);
}

/// An absurd setting costs the app its connection, not its page: a panic in WebAssembly ends everything.
#[test]
fn absurd_settings_do_not_overflow() {
    for number in [0.0, 0.5, 1.0, f64::NAN] {
        for value in [0, 1, u64::MAX] {
            let all =
                Backoff::new().with_first(value).with_spread(value).with_floor(value).with_base(value).with_cap(value);
            for backoff in [all, Backoff::new().with_cap(value), all.with_floor(250), all.with_spread(250)] {
                let _ = (backoff.first(number, number), backoff.at_cap(number));
                for n in [0, 1, 31, 32, 63, 64, u32::MAX] {
                    let _ = backoff.later(n, number);
                }
            }
        }
    }
}
