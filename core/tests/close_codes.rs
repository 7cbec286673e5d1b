//! What each close code of the other side leads to.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{Config, Effect, Input, Reason, RefreshReason, State};
use harness::{Host, MINUTE, SECOND};

#[test]
fn a_close_by_the_server_is_retried_whatever_its_code() {
    for code in [1000, 1001, 1005, 1006, 1009, 1011, 1012, 1013, 1014, 1015, 3000, 4000, 4400, 4999] {
        let mut host = Host::opened(Config::new());
        host.pass(MINUTE);
        host.lose(code);
        assert_eq!((host.wait(), host.status().code), (400, Some(code)));
        host.retry();
        assert_eq!((host.state(), &host.source.refreshes[..]), (State::Open, &[][..]), "{code}");
    }
}

#[test]
fn a_fault_in_what_we_send_is_retried_at_the_cap_even_after_a_stable_session() {
    for code in [1002, 1003, 1007, 1010] {
        for (number, wait) in [(0.0, 250), (0.5, 15_250), (1.0, 30_250)] {
            let mut host = Host::opened(Config::new());
            host.pass(MINUTE);
            host.random_is(number);
            host.lose(code);
            assert_eq!((host.wait(), host.status().code), (wait, Some(code)));
            host.retry();
            assert_eq!((host.state(), &host.source.refreshes[..]), (State::Open, &[][..]), "{code}");
        }
    }
}

#[test]
fn a_refused_token_is_refreshed_and_tried_once_more_before_the_user_has_to_sign_in() {
    for code in [1008, 4401, 4403] {
        let mut host = Host::opened(Config::new());
        host.lose(code);
        assert_eq!((host.state(), host.status().reason), (State::Waiting, Reason::ConnectionLost));
        host.retry();
        assert_eq!((host.state(), &host.source.refreshes[..]), (State::Open, &[RefreshReason::Rejected][..]));
        host.pass(9 * SECOND);
        host.lose(code);
        assert_eq!(
            (host.state(), host.status().reason, host.status().code),
            (State::AuthRequired, Reason::Rejected, Some(code))
        );
        host.pass(60 * MINUTE);
        assert_eq!(host.sockets_opened(), 2);
        host.input(Input::Open);
        assert_eq!(host.state(), State::Open);
        host.lose(code);
        host.retry();
        assert_eq!(host.state(), State::Open, "the app's open starts the count over");
    }
}

#[test]
fn a_stable_connection_between_two_refusals_makes_the_second_a_first_one() {
    let mut host = Host::opened(Config::new());
    for refreshes in 1..5 {
        host.lose(4401);
        host.retry();
        assert_eq!((host.state(), host.source.refreshes.len()), (State::Open, refreshes));
        host.pass(10 * SECOND);
    }
}

#[test]
fn other_losses_between_two_refusals_do_not_make_the_second_a_first_one() {
    let mut host = Host::opened(Config::new());
    host.lose(4401);
    host.retry();
    for code in [1006, 1011, 1001] {
        host.lose(code);
        host.retry();
    }
    host.lose(4403);
    assert_eq!(host.state(), State::AuthRequired);
}

#[test]
fn a_refused_client_without_a_token_has_nothing_to_refresh() {
    let mut host = Host::opened(Config::new().without_token());
    host.lose(1008);
    assert_eq!((host.state(), host.status().reason), (State::AuthRequired, Reason::Rejected));
}

#[test]
fn the_app_closes_with_its_own_code_and_nothing_follows() {
    for code in [1000, 3000, 4999] {
        let mut host = Host::opened(Config::new());
        let generation = host.ledger.generation;
        host.input(Input::Close { code });
        assert_eq!(host.count(|effect| *effect == Effect::CloseSocket { generation, code }), 1);
        assert_eq!(host.state(), State::Closed);
        let effects = host.ledger.effects.len();
        for input in [
            Input::Lost { generation, code: 1006 },
            Input::Close { code },
            Input::Online,
            Input::Wake,
            Input::Offline,
            Input::PageHidden,
            Input::PageShown,
        ] {
            host.input(input);
            host.pass(MINUTE);
        }
        assert_eq!(host.ledger.effects.len(), effects);
    }
}
