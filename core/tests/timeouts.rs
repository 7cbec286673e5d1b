//! Nothing that the client waits for can keep it for ever.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{Config, Effect, Input, Reason, State};
use harness::{Answer, Handshake, Host, SECOND};

#[test]
fn a_handshake_that_hangs_is_given_up_after_15_s_and_later_ones_after_30_s() {
    let mut host = Host::new(Config::new());
    host.server.then = Handshake::Hang;
    host.input(Input::Open);
    for timeout in [15 * SECOND, 30 * SECOND, 30 * SECOND] {
        host.pass(timeout - 1);
        assert_eq!(host.state(), State::Connecting);
        host.pass(1);
        assert_eq!((host.state(), host.status().reason), (State::Waiting, Reason::ConnectTimeout));
        assert_eq!(host.ledger.socket(), None, "it is closed, not left to connect behind our back");
        host.retry();
    }
}

#[test]
fn a_connection_brings_the_short_connect_timeout_back() {
    let mut host = Host::new(Config::new());
    host.server.script = [Handshake::Hang, Handshake::Accept].into();
    host.server.then = Handshake::Hang;
    host.input(Input::Open);
    host.pass(15 * SECOND);
    host.retry();
    assert_eq!(host.state(), State::Open);
    host.lose(1006);
    host.retry();
    host.pass(15 * SECOND);
    assert_eq!(host.status().reason, Reason::ConnectTimeout);
}

#[test]
fn a_handshake_that_succeeds_before_its_late_timer_fires_counts() {
    let mut host = Host::new(Config::new());
    host.server.then = Handshake::Hang;
    host.input(Input::Open);
    host.sleep(20 * SECOND);
    host.feed(Input::Opened { generation: host.ledger.generation });
    assert_eq!(host.state(), State::Open);
}

#[test]
fn a_token_source_that_hangs_is_given_up_after_15_s_in_get_and_in_refresh() {
    for (get, refresh) in [
        (vec![Answer::Hang], vec![]),
        (vec![Answer::Nothing, Answer::Hang], vec![]),
        (vec![Answer::Nothing, Answer::Nothing], vec![Answer::Hang]),
    ] {
        let mut host = Host::signed_out(Config::new());
        host.source.get = get.into();
        host.source.refresh = refresh.into();
        host.input(Input::Open);
        host.pass(15 * SECOND - 1);
        assert_eq!(host.state(), State::Preparing);
        host.pass(1);
        assert_eq!((host.state(), host.status().reason), (State::Waiting, Reason::TokenTimeout));
        assert_eq!(host.ledger.effects.iter().filter(|effect| **effect == Effect::AbortPrepare).count(), 1);
        host.retry();
        assert_eq!(host.state(), State::Open, "one call that hung does not end the client");
    }
}

#[test]
fn a_late_answer_of_a_source_that_was_given_up_is_ignored() {
    let mut host = Host::new(Config::new());
    host.source.get = [Answer::Hang].into();
    host.input(Input::Open);
    let late = host.ledger.generation;
    host.pass(15 * SECOND);
    let claims = host.source.mint(host.now);
    host.feed(Input::Token { generation: late, result: Ok(Some(claims)) });
    assert_eq!((host.state(), host.sockets_opened()), (State::Waiting, 0));
}

#[test]
fn the_lock_is_waited_for_longer_than_its_holder_may_take_but_not_for_ever() {
    let mut host = Host::signed_out(Config::new());
    host.source.lock_is_free = false;
    host.input(Input::Open);
    host.pass(2 * 15 * SECOND);
    assert_eq!(host.state(), State::Preparing, "a holder may read for 15 s and refresh for 15 s");
    host.pass(15 * SECOND);
    assert_eq!((host.state(), host.status().reason), (State::Waiting, Reason::TokenTimeout));
    let too_late = host.ledger.generation;
    host.feed(Input::Locked { generation: too_late });
    assert_eq!(host.ledger.question, None, "the grant of a lock that nobody wants any more starts nothing");
    host.source.lock_is_free = true;
    host.retry();
    assert_eq!(host.state(), State::Open);
}

#[test]
fn timeouts_can_be_set() {
    let mut host = Host::new(Config::new().with_connect_timeout(1_000, 2_000).with_provider_timeout(3_000));
    host.source.get = [Answer::Hang].into();
    host.server.then = Handshake::Hang;
    host.input(Input::Open);
    host.pass(3_000);
    assert_eq!(host.status().reason, Reason::TokenTimeout);
    host.retry();
    for timeout in [1_000, 2_000] {
        host.pass(timeout);
        assert_eq!(host.status().reason, Reason::ConnectTimeout);
        host.retry();
    }
}
