//! When a token is refreshed, and when it is not.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{Claims, Config, Effect, Input, Reason, RefreshReason, State, TokenFailure};
use harness::{Answer, HOUR, Handshake, Host, MINUTE, SECOND, START, token};

const FAILS: Answer = Answer::Fail(TokenFailure::Transient);

#[test]
fn a_good_token_connects_without_the_lock_and_without_a_refresh() {
    let host = Host::opened(Config::new());
    assert_eq!(host.source.refreshes, []);
    assert_eq!(host.count(|effect| matches!(effect, Effect::AcquireLock { .. })), 0);
}

#[test]
fn the_reason_for_a_refresh_is_told() {
    for (kept, reason) in
        [(None, RefreshReason::Initial), (Some(token(1, START - HOUR, HOUR)), RefreshReason::Expiring)]
    {
        let mut host = Host::new(Config::new());
        host.source.kept = kept;
        host.input(Input::Open);
        assert_eq!((host.state(), &host.source.refreshes[..]), (State::Open, &[reason][..]));
    }
}

#[test]
fn a_refresh_that_fails_once_does_not_end_the_client() {
    let mut host = Host::signed_out(Config::new());
    host.source.refresh = [FAILS].into();
    host.input(Input::Open);
    assert_eq!((host.state(), host.status().reason), (State::Waiting, Reason::TokenFailed));
    host.retry();
    assert_eq!(host.state(), State::Open);
}

#[test]
fn a_token_source_that_keeps_failing_is_asked_ever_more_slowly() {
    for script in [
        |host: &mut Host| host.source.get = [FAILS; 6].into(),
        |host: &mut Host| {
            host.source.kept = None;
            host.source.refresh = [FAILS; 6].into();
        },
    ] {
        let mut host = Host::new(Config::new());
        host.random_is(1.0);
        script(&mut host);
        host.input(Input::Open);
        for range in [2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            assert_eq!(host.wait(), 250 + range);
            host.retry();
        }
        assert_eq!(host.state(), State::Open);
    }
}

#[test]
fn nobody_signed_in_asks_for_nothing_until_the_app_opens_again() {
    let unauthorized = Answer::Fail(TokenFailure::Unauthorized);
    for (get, refresh) in [
        (vec![unauthorized], vec![]),
        (vec![Answer::Nothing, unauthorized], vec![]),
        (vec![], vec![unauthorized]),
        (vec![], vec![Answer::Nothing]),
    ] {
        let mut host = Host::signed_out(Config::new());
        host.source.get = get.into();
        host.source.refresh = refresh.into();
        host.input(Input::Open);
        assert_eq!((host.state(), host.status().reason), (State::AuthRequired, Reason::Unauthorized));
        let effects = host.ledger.effects.len();
        for input in [Input::Online, Input::Offline, Input::Wake, Input::PageHidden, Input::PageShown, Input::Tick] {
            host.input(input);
            host.pass(8 * HOUR);
        }
        assert_eq!(host.ledger.effects.len(), effects, "a client without a user is quiet");
        host.input(Input::Online);
        host.input(Input::Open);
        assert_eq!((host.state(), host.status().attempt), (State::Open, 0));
    }
}

#[test]
fn two_failed_handshakes_force_one_refresh_and_no_more_however_long_the_server_is_down() {
    let mut host = Host::new(Config::new());
    host.server.then = Handshake::Refuse;
    host.input(Input::Open);
    assert_eq!(host.source.refreshes, []);
    host.retry();
    assert_eq!(host.source.refreshes, [], "the second handshake had the token that the first had");
    host.retry();
    assert_eq!(host.source.refreshes, [RefreshReason::Rejected]);
    for _ in 0..100 {
        host.retry();
    }
    assert_eq!(host.source.refreshes.len(), 1);
}

#[test]
fn handshakes_that_time_out_count_as_failed() {
    let mut host = Host::new(Config::new());
    host.server.script = [Handshake::Hang, Handshake::Refuse].into();
    host.input(Input::Open);
    host.pass(15 * SECOND);
    host.retry();
    host.retry();
    assert_eq!((host.state(), &host.source.refreshes[..]), (State::Open, &[RefreshReason::Rejected][..]));
}

#[test]
fn a_connection_that_stood_lets_two_failures_force_a_refresh_again() {
    let mut host = Host::new(Config::new());
    for _ in 0..2 {
        host.server.script = [Handshake::Refuse; 2].into();
        host.input(Input::Reconnect);
        host.retry();
        host.retry();
        assert_eq!(host.state(), State::Open);
    }
    assert_eq!(host.source.refreshes, [RefreshReason::Rejected; 2]);
}

#[test]
fn one_failure_before_and_one_after_a_connection_force_nothing() {
    let mut host = Host::new(Config::new());
    host.server.script = [Handshake::Refuse, Handshake::Accept, Handshake::Refuse].into();
    host.input(Input::Open);
    host.retry();
    host.lose(1006);
    host.retry();
    host.retry();
    assert_eq!((host.state(), &host.source.refreshes[..]), (State::Open, &[][..]));
}

#[test]
fn a_forced_refresh_stays_pending_while_the_refresh_itself_fails() {
    let mut host = Host::new(Config::new());
    host.server.script = [Handshake::Refuse; 2].into();
    host.source.refresh = [FAILS, Answer::Hang, FAILS].into();
    host.input(Input::Open);
    host.retry();
    host.retry();
    assert_eq!(host.status().reason, Reason::TokenFailed);
    host.retry();
    host.pass(15 * SECOND);
    assert_eq!(host.status().reason, Reason::TokenTimeout);
    host.retry();
    assert_eq!(
        (host.status().reason, host.sockets_opened()),
        (Reason::TokenFailed, 2),
        "the refused token is not tried"
    );
    host.retry();
    assert_eq!((host.state(), host.sockets_opened()), (State::Open, 3));
    assert_eq!(host.source.refreshes, [RefreshReason::Rejected; 3]);
}

#[test]
fn a_token_that_another_tab_refreshed_meanwhile_is_taken_without_the_lock() {
    let mut host = Host::new(Config::new());
    host.server.script = [Handshake::Refuse; 2].into();
    host.input(Input::Open);
    host.retry();
    host.source.kept = Some(token(2, host.now, HOUR));
    host.retry();
    assert_eq!((host.state(), &host.source.refreshes[..]), (State::Open, &[][..]));
    assert_eq!(host.count(|effect| matches!(effect, Effect::AcquireLock { .. })), 0);
}

#[test]
fn a_token_that_another_tab_refreshed_while_we_waited_for_the_lock_is_taken_without_a_refresh() {
    for kept in [None, Some(token(1, START - HOUR, HOUR))] {
        let mut host = Host::new(Config::new());
        host.source.kept = kept;
        host.source.other_tab = Some(token(2, START, HOUR));
        host.input(Input::Open);
        assert_eq!((host.state(), &host.source.refreshes[..]), (State::Open, &[][..]));
        assert_eq!(host.count(|effect| *effect == Effect::ReleaseLock), 1);
    }
}

/// Many tabs of one origin lose a gateway whose token endpoint still works. Those that lag by one attempt find the token
/// of those that lead between their own two failures. Were the new token's first failure to count as its second, each
/// tab would refresh in turn.
#[test]
fn a_token_that_another_tab_brought_between_two_failures_is_not_refreshed_again() {
    let mut host = Host::new(Config::new());
    host.server.then = Handshake::Refuse;
    host.input(Input::Open);
    host.source.kept = Some(token(2, host.now, HOUR));
    for _ in 0..20 {
        host.retry();
    }
    assert_eq!(host.source.refreshes, []);
}

#[test]
fn a_source_that_only_knows_the_refused_token_is_not_asked_at_every_attempt() {
    let mut host = Host::new(Config::new());
    host.server.then = Handshake::Refuse;
    host.source.refresh = [Answer::Token(token(1, START, HOUR))].into();
    host.input(Input::Open);
    for _ in 0..20 {
        host.retry();
    }
    assert_eq!((host.source.refreshes.len(), host.sockets_opened()), (1, 21));
}

/// A refresh that is aborted half way may have spent a rotating refresh token: the next one would sign the user out.
#[test]
fn a_reconnect_by_the_app_does_not_abort_a_refresh_under_way() {
    let mut host = Host::signed_out(Config::new());
    host.source.refresh = [Answer::Hang].into();
    host.input(Input::Open);
    host.input(Input::Reconnect);
    assert_eq!(host.count(|effect| *effect == Effect::AbortPrepare), 0);
    host.source.refresh.clear();
    host.settle();
    assert_eq!((host.state(), host.source.refreshes.len()), (State::Open, 1));
}

#[test]
fn a_token_that_expires_while_the_network_is_away_is_refreshed_before_it_is_used() {
    let mut host = Host::new(Config::new());
    host.source.kept = Some(token(1, START, 2 * MINUTE));
    host.input(Input::Open);
    host.server.script = [Handshake::Refuse].into();
    host.input(Input::Offline);
    host.lose(1006);
    host.retry();
    assert_eq!(host.state(), State::Offline);
    host.sleep(HOUR);
    host.input(Input::Online);
    host.server.script.clear();
    host.retry();
    assert_eq!((host.state(), &host.source.refreshes[..]), (State::Open, &[RefreshReason::Wake][..]));
    host.pass(HOUR);
    host.lose(1006);
    host.retry();
    assert_eq!(host.source.refreshes, [RefreshReason::Wake, RefreshReason::Expiring], "nothing woke this time");
}

#[test]
fn a_token_of_two_minutes_is_refreshed_thirty_seconds_before_its_end() {
    for (age, refreshes) in [(90 * SECOND - 1, 0), (90 * SECOND, 1)] {
        let mut host = Host::new(Config::new());
        host.source.kept = Some(token(1, START - age, 2 * MINUTE));
        host.input(Input::Open);
        assert_eq!((host.state(), host.source.refreshes.len()), (State::Open, refreshes), "{age} ms old");
    }
}

/// The device is five hours off. `get()` hands over what the last refresh brought.
#[test]
fn a_wrong_device_clock_neither_refreshes_at_every_attempt_nor_never() {
    let off = i64::try_from(5 * HOUR).unwrap();
    for issuer_ahead in [-off, 0, off] {
        let mut host = Host::signed_out(Config::new());
        host.source.issuer_ahead = issuer_ahead;
        host.input(Input::Open);
        assert_eq!(host.source.refreshes.len(), 1);
        for _ in 0..5 {
            host.pass(10 * MINUTE);
            host.lose(1001);
            host.retry();
        }
        assert_eq!(host.source.refreshes.len(), 1, "fresh for an hour, {issuer_ahead} ms ahead");
        host.pass(10 * MINUTE);
        host.lose(1001);
        host.retry();
        assert_eq!((host.state(), host.source.refreshes.len()), (State::Open, 2), "over after it");
    }
}

/// Nothing was refreshed yet that would tell how far the clock is off: the token comes from a sign-in, and that it exists
/// says enough.
#[test]
fn on_a_device_whose_clock_is_behind_the_token_of_a_sign_in_is_refreshed_when_it_is_over() {
    let mut host = Host::new(Config::new());
    host.source.issuer_ahead = i64::try_from(5 * HOUR).unwrap();
    host.source.kept = Some(token(1, START + 5 * HOUR, HOUR));
    host.input(Input::Open);
    host.pass(58 * MINUTE);
    host.lose(1001);
    host.retry();
    assert_eq!((host.state(), &host.source.refreshes[..]), (State::Open, &[][..]));
    host.pass(MINUTE);
    host.lose(1001);
    host.retry();
    assert_eq!((host.state(), &host.source.refreshes[..]), (State::Open, &[RefreshReason::Expiring][..]));
}

#[test]
fn a_token_that_is_no_jwt_is_used_until_a_server_refuses_it() {
    let mut host = Host::new(Config::new());
    host.source.kept = Some(Claims { fingerprint: 7, ..Claims::default() });
    host.input(Input::Open);
    for _ in 0..10 {
        host.pass(HOUR);
        host.lose(1001);
        host.retry();
    }
    assert_eq!((host.state(), &host.source.refreshes[..]), (State::Open, &[][..]));
    host.lose(4401);
    host.retry();
    assert_eq!((host.state(), &host.source.refreshes[..]), (State::Open, &[RefreshReason::Rejected][..]));
}
