//! A connection is replaced before the server cuts it: make before break.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{
    Claims, Config, DropReason, Effect, Input, Liveness, Millis, Reason, RefreshReason, Rotation, Sent, State,
    TokenFailure,
};
use everwire_protocol::{Frame, Kind};
use harness::{Answer, Chance, HOUR, Handshake, Host, MINUTE, SECOND, START, token};

/// Half way between 85 and 110 minutes, as all random numbers here are one half.
const AGE: Millis = 97 * MINUTE + 30 * SECOND;
const FAILS: Answer = Answer::Fail(TokenFailure::Transient);

/// Each connection lives exactly as long as it may, with a token that outlives it.
fn host(config: Config) -> Host {
    let mut host = Host::new(config);
    host.source.lifetime = 24 * HOUR;
    host.source.kept = Some(token(1, START, 24 * HOUR));
    host.input(Input::Open);
    assert_eq!(host.state(), State::Open);
    host
}

/// Old enough: the new handshake is under way and hangs.
fn rotating() -> Host {
    let mut host = host(Config::new());
    host.server.script = [Handshake::Hang].into();
    host.pass(AGE);
    assert_eq!((host.state(), generations(&host)), (State::Rotating, [1, 2].into()));
    host
}

/// The same, at the question for a token.
fn asking() -> Host {
    let mut host = host(Config::new());
    host.source.get = [Answer::Hang].into();
    host.pass(AGE);
    assert_eq!((host.state(), generations(&host)), (State::Rotating, [1].into()));
    host
}

/// The new connection stands beside the old one.
fn overlapping() -> Host {
    let mut host = rotating();
    accept(&mut host);
    assert_eq!((host.state(), generations(&host)), (State::Open, [1, 2].into()));
    host
}

fn accept(host: &mut Host) {
    host.server.script = [Handshake::Accept].into();
    host.settle();
}

/// Of the sockets that there are.
fn generations(host: &Host) -> Vec<u32> {
    host.ledger.sockets.iter().map(|socket| socket.generation).collect()
}

fn live(host: &Host) -> u32 {
    host.ledger.live().expect("a live socket").generation
}

fn reason(host: &Host) -> (State, Reason) {
    (host.state(), host.status().reason)
}

fn closed(host: &Host, socket: u32) -> usize {
    host.count(|effect| matches!(effect, Effect::CloseSocket { generation, .. } if *generation == socket))
}

fn event(generation: u32, payload: u32) -> Input<u32> {
    Input::Frame { generation, frame: Frame { kind: Kind::Event, payload } }
}

/// By which sockets messages went out.
fn carriers(host: &Host) -> Vec<(u32, u32)> {
    let carrier = |effect: &Effect<u32, u32>| match *effect {
        Effect::Transmit { generation, payload } => Some((generation, payload)),
        _ => None,
    };
    host.ledger.effects.iter().filter_map(carrier).collect()
}

#[test]
fn the_age_is_random_in_85_to_110_minutes() {
    for (number, age) in [(0.0, 85 * MINUTE), (0.4, 95 * MINUTE), (1.0, 110 * MINUTE), (f64::NAN, 85 * MINUTE)] {
        let mut host = host(Config::new());
        host.random_is(number);
        host.input(Input::Reconnect);
        host.pass(age - 1);
        assert_eq!(host.sockets_opened(), 2, "{number}");
        host.pass(1);
        assert_eq!(host.sockets_opened(), 3, "{number}");
    }
}

#[test]
fn a_day_passes_without_a_moment_without_a_connection() {
    let mut host = host(Config::new());
    let mut chance = Chance(3);
    host.random = Box::new(move || chance.next());
    host.pass(23 * HOUR);
    assert!((13..=17).contains(&host.sockets_opened()), "{}", host.sockets_opened());
    let reports = host.ledger.reports.iter().skip(3);
    for (at, status) in reports {
        assert!(matches!(status.state, State::Open | State::Rotating), "{status:?} at {at}");
        assert_eq!((status.attempt, status.code), (0, None));
    }
    assert_eq!(host.source.refreshes, []);
}

#[test]
fn the_new_connection_is_made_before_the_old_one_is_closed() {
    let mut host = rotating();
    assert_eq!((closed(&host, 1), live(&host)), (0, 1));
    host.pass(5 * SECOND);
    accept(&mut host);
    assert_eq!((closed(&host, 1), live(&host)), (0, 2));
    host.pass(SECOND - 1);
    assert_eq!(generations(&host), [1, 2]);
    host.pass(1);
    assert_eq!((generations(&host), closed(&host, 1)), (vec![2], 1));
    assert_eq!(host.count(|effect| *effect == Effect::CloseSocket { generation: 1, code: 1000 }), 1);
    host.pass(AGE - 2 * SECOND);
    assert_eq!(host.sockets_opened(), 2);
    host.pass(SECOND);
    assert_eq!(host.sockets_opened(), 3, "the new one has an age of its own");
}

#[test]
fn the_app_sees_that_it_is_connected_all_the_time() {
    let mut host = rotating();
    accept(&mut host);
    host.pass(SECOND);
    let seen = host.ledger.reports.iter().skip(3).map(|(_, status)| (status.state, status.reason));
    let expected =
        [(State::Rotating, Reason::Rotation), (State::Rotating, Reason::Progress), (State::Open, Reason::Progress)];
    assert_eq!(seen.collect::<Vec<_>>(), expected);
}

#[test]
fn a_token_that_is_due_is_refreshed_before_the_new_handshake() {
    let mut host = Host::opened(Config::new());
    host.pass(AGE);
    assert_eq!((host.state(), &host.source.refreshes[..]), (State::Open, &[RefreshReason::Expiring][..]));
    assert_eq!(host.sockets_opened(), 2);
}

#[test]
fn messages_go_by_the_old_connection_until_the_new_one_stands() {
    let mut host = asking();
    assert_eq!(host.send(10), Ok(Sent::Sent));
    host.source.get.clear();
    host.server.script = [Handshake::Hang].into();
    host.settle();
    assert_eq!(host.send(10), Ok(Sent::Sent));
    accept(&mut host);
    assert_eq!(host.send(10), Ok(Sent::Sent));
    host.pass(SECOND);
    assert_eq!(host.send(10), Ok(Sent::Sent));
    assert_eq!(carriers(&host), [(1, 1), (1, 2), (2, 3), (2, 4)]);
}

#[test]
fn what_the_old_one_would_swallow_waits_for_the_new_one_and_is_not_overtaken() {
    let mut host = rotating();
    host.send(10).unwrap();
    assert_eq!(host.send_while(10, false), Ok(Sent::Queued));
    assert_eq!(host.send_while(10, true), Ok(Sent::Queued));
    accept(&mut host);
    host.send(10).unwrap();
    assert_eq!(carriers(&host), [(1, 1), (2, 2), (2, 3), (2, 4)]);
}

#[test]
fn both_are_heard_while_they_overlap_and_nobody_else() {
    let mut host = rotating();
    host.input(event(1, 10));
    accept(&mut host);
    host.input(event(1, 11));
    host.input(event(2, 12));
    host.pass(SECOND);
    host.input(event(1, 13));
    host.input(event(2, 14));
    host.input(event(3, 15));
    assert_eq!(host.ledger.delivered, [10, 11, 12, 14]);
}

#[test]
fn the_overlap_can_be_set() {
    for overlap in [0, 5 * SECOND] {
        let mut host = host(Config::new().with_rotation(Rotation::new().with_overlap(overlap)));
        host.ledger.overlap = overlap;
        host.pass(AGE);
        assert_eq!(host.sockets_opened(), 2);
        host.pass(overlap);
        assert_eq!((generations(&host), host.state()), (vec![2], State::Open));
    }
}

#[test]
fn without_an_age_a_connection_stands_for_days() {
    let mut host = host(Config::new().with_rotation(Rotation::new().without_age()));
    host.pass(72 * HOUR);
    assert_eq!(host.sockets_opened(), 1);
}

/// The ways in which the attempt can fail: what leads there, and what the client says of it.
#[test]
fn a_rotation_that_fails_leaves_the_old_connection_serving_and_is_tried_again_in_60_to_120_s() {
    type Fail = fn(&mut Host);
    let refused: Fail = |host| host.server.script = [Handshake::Refuse].into();
    let hangs: Fail = |host| host.server.script = [Handshake::Hang].into();
    let get_fails: Fail = |host| host.source.get = [FAILS].into();
    let get_hangs: Fail = |host| host.source.get = [Answer::Hang].into();
    let refresh_fails: Fail = |host| (host.source.kept, host.source.refresh) = (None, [FAILS].into());
    let refresh_hangs: Fail = |host| (host.source.kept, host.source.refresh) = (None, [Answer::Hang].into());
    let lock_is_taken: Fail = |host| (host.source.kept, host.source.lock_is_free) = (None, false);
    for (name, fail, takes, why) in [
        ("refused", refused, 0, Reason::HandshakeFailed),
        ("handshake hangs", hangs, 15, Reason::ConnectTimeout),
        ("get fails", get_fails, 0, Reason::TokenFailed),
        ("get hangs", get_hangs, 15, Reason::TokenTimeout),
        ("refresh fails", refresh_fails, 0, Reason::TokenFailed),
        ("refresh hangs", refresh_hangs, 15, Reason::TokenTimeout),
        ("lock is taken", lock_is_taken, 45, Reason::TokenTimeout),
    ] {
        for (number, again) in [(0.0, 60), (0.5, 90), (1.0, 120)] {
            let mut host = host(Config::new());
            host.random_is(number);
            fail(&mut host);
            host.pass(AGE + takes * SECOND);
            assert_eq!((reason(&host), live(&host)), ((State::Open, why), 1), "{name}");
            assert_eq!((host.status().attempt, host.status().code), (0, None), "{name}");
            assert_eq!((generations(&host), host.send(10)), (vec![1], Ok(Sent::Sent)), "{name}");
            host.source.lock_is_free = true;
            host.pass(again * SECOND - 1);
            assert_eq!(live(&host), 1, "{name}, {number}");
            host.pass(1);
            assert_eq!(reason(&host), (State::Open, Reason::Progress), "{name}, {number}");
            assert_ne!(live(&host), 1, "{name}, {number}");
            host.pass(SECOND);
            assert_eq!(host.ledger.sockets.len(), 1, "{name}");
        }
    }
}

#[test]
fn however_long_no_new_connection_can_be_made_the_old_one_serves_and_one_refresh_is_forced() {
    let mut host = host(Config::new());
    host.server.then = Handshake::Refuse;
    host.pass(AGE + HOUR);
    assert_eq!(live(&host), 1);
    assert_eq!(host.source.refreshes, [RefreshReason::Rejected], "a browser cannot tell a refused token");
    assert!((38..=42).contains(&host.sockets_opened()), "{}", host.sockets_opened());
    host.lose(1001);
    assert_eq!((reason(&host), host.wait()), ((State::Waiting, Reason::ConnectionLost), 400), "it was stable");
    host.server.then = Handshake::Accept;
    host.retry();
    assert_eq!((host.state(), host.source.refreshes.len()), (State::Open, 1));
}

#[test]
fn a_handshake_that_hung_gives_the_next_rotation_the_longer_timeout() {
    let mut host = rotating();
    host.server.then = Handshake::Hang;
    host.pass(15 * SECOND + 90 * SECOND + 30 * SECOND - 1);
    assert_eq!(generations(&host), [1, 3]);
    host.pass(1);
    assert_eq!(generations(&host), [1]);
}

#[test]
fn when_the_old_connection_is_lost_meanwhile_the_attempt_goes_on_as_any_other() {
    for (mut host, state) in [(asking(), State::Preparing), (rotating(), State::Connecting)] {
        host.feed(Input::Lost { generation: 1, code: 1001 });
        assert_eq!(reason(&host), (state, Reason::ConnectionLost));
        assert_eq!((host.status().attempt, host.status().code), (1, Some(1001)));
        assert_eq!(host.send(10), Ok(Sent::Queued));
        assert_eq!(host.count(|effect| *effect == Effect::ForgetSocket { generation: 1 }), 1);
        host.source.get.clear();
        accept(&mut host);
        assert_eq!((reason(&host), host.status().code), ((State::Open, Reason::Progress), None));
        assert_eq!(carriers(&host), [(2, 1)]);
        host.pass(10 * SECOND);
        assert_eq!((host.status().attempt, host.sockets_opened()), (0, 2));
    }
}

#[test]
fn when_both_are_lost_the_short_wait_of_a_stable_session_follows() {
    let mut host = rotating();
    host.feed(Input::Lost { generation: 1, code: 1006 });
    host.server.then = Handshake::Refuse;
    host.server.script.clear();
    host.settle();
    assert_eq!((reason(&host), host.status().attempt), ((State::Waiting, Reason::HandshakeFailed), 2));
    assert_eq!(host.wait(), 400);
}

#[test]
fn the_old_one_may_be_lost_while_they_overlap() {
    for code in [1001, 1006, 4401] {
        let mut host = overlapping();
        let reports = host.ledger.reports.len();
        host.input(Input::Lost { generation: 1, code });
        assert_eq!((generations(&host), host.ledger.reports.len()), (vec![2], reports));
        host.pass(MINUTE);
        assert_eq!((closed(&host, 1), host.sockets_opened(), host.status().attempt), (0, 2, 0));
        assert_eq!(host.source.refreshes, []);
    }
}

/// A server behind a gateway that is being replaced accepts and closes at once. The old connection is still there.
#[test]
fn when_the_new_one_is_lost_while_they_overlap_the_old_one_serves_again() {
    let mut host = overlapping();
    host.send(10).unwrap();
    host.pass(SECOND / 2);
    host.lose(1011);
    assert_eq!((reason(&host), live(&host)), ((State::Open, Reason::ConnectionLost), 1));
    assert_eq!((host.status().attempt, host.status().code), (0, None));
    host.send(10).unwrap();
    assert_eq!(carriers(&host), [(2, 1), (1, 2)]);
    host.pass(90 * SECOND - 1);
    assert_eq!(generations(&host), [1], "the end of the overlap is off");
    host.pass(1 + SECOND);
    assert_eq!(generations(&host), [3]);
}

#[test]
fn an_answer_that_came_during_the_overlap_counts_when_the_old_one_serves_again() {
    let mut host = rotating();
    host.hear(Kind::Pong);
    host.input(Input::Wake);
    accept(&mut host);
    host.input(event(1, 10));
    host.lose(1011);
    host.pass(MINUTE);
    assert_eq!((live(&host), host.sockets_opened()), (1, 2));
}

#[test]
fn a_new_connection_that_the_server_refuses_by_its_close_code_leaves_the_old_one_and_forces_one_refresh() {
    let mut host = overlapping();
    host.lose(4401);
    assert_eq!((reason(&host), live(&host)), ((State::Open, Reason::ConnectionLost), 1));
    host.pass(91 * SECOND);
    assert_eq!((generations(&host), &host.source.refreshes[..]), (vec![3], &[RefreshReason::Rejected][..]));
    host.lose(4401);
    assert_eq!(reason(&host), (State::AuthRequired, Reason::Rejected));
}

#[test]
fn when_nobody_is_signed_in_any_more_both_are_closed() {
    for (get, refresh) in [
        (Answer::Fail(TokenFailure::Unauthorized), None),
        (Answer::Nothing, Some(Answer::Fail(TokenFailure::Unauthorized))),
        (Answer::Nothing, Some(Answer::Nothing)),
    ] {
        let mut host = host(Config::new());
        host.source.kept = None;
        host.source.get = [get].into();
        host.source.refresh = refresh.into_iter().collect();
        host.pass(AGE);
        assert_eq!(reason(&host), (State::AuthRequired, Reason::Unauthorized));
        assert_eq!((generations(&host), closed(&host, 1), host.machine.deadline()), (vec![], 1, None));
    }
    let mut host = overlapping();
    host.lose(4401);
    host.server.script = [Handshake::Accept].into();
    host.pass(90 * SECOND);
    host.lose(4401);
    assert_eq!((host.state(), generations(&host)), (State::AuthRequired, vec![]), "refused twice, in the overlap");
}

#[test]
fn when_somebody_else_signed_in_the_old_connection_is_closed_before_the_new_one_is_opened() {
    let mut host = host(Config::new());
    host.send_while(10, false).unwrap();
    host.pass(MINUTE);
    host.source.kept = Some(Claims { subject: Some(2), ..token(2, host.now, 24 * HOUR) });
    host.server.script = [Handshake::Hang].into();
    host.pass(AGE - MINUTE - 1);
    host.send_while(10, false).unwrap();
    host.pass(1);
    assert_eq!((reason(&host), generations(&host)), ((State::Connecting, Reason::Progress), vec![2]));
    assert_eq!(host.ledger.dropped, [(1, DropReason::Expired), (2, DropReason::SubjectChanged)]);
    let at = |wanted: Effect<u32, u32>| host.ledger.effects.iter().position(|effect| *effect == wanted).unwrap();
    let close = at(Effect::CloseSocket { generation: 1, code: 1000 });
    assert!(close < at(Effect::OpenSocket { generation: 2 }), "what is said to one user is not heard by another");
    host.input(event(1, 10));
    assert_eq!(host.ledger.delivered, []);
}

#[test]
fn the_app_can_close_at_any_moment_of_it() {
    for mut host in [asking(), rotating(), overlapping()] {
        let sockets = generations(&host);
        host.input(Input::Close { code: 3000 });
        assert_eq!(reason(&host), (State::Closed, Reason::App));
        for generation in sockets {
            assert_eq!(host.count(|effect| *effect == Effect::CloseSocket { generation, code: 3000 }), 1);
        }
        let effects = host.ledger.effects.len();
        host.input(Input::Opened { generation: 2 });
        host.input(Input::Lost { generation: 1, code: 1006 });
        host.pass(3 * HOUR);
        assert_eq!(host.ledger.effects.len(), effects);
    }
}

#[test]
fn the_page_can_go_into_the_back_forward_cache_at_any_moment_of_it() {
    for mut host in [asking(), rotating(), overlapping()] {
        host.source.get.clear();
        host.server.script.clear();
        let opened = host.sockets_opened();
        host.input(Input::PageHidden);
        assert_eq!((reason(&host), generations(&host)), ((State::Offline, Reason::PageHidden), vec![]));
        assert_eq!(host.machine.deadline(), None);
        host.sleep(3 * HOUR);
        host.input(Input::PageShown);
        assert_eq!((host.state(), host.sockets_opened(), host.ledger.sockets.len()), (State::Open, opened + 1, 1));
    }
}

#[test]
fn a_reconnect_by_the_app_replaces_both() {
    for mut host in [rotating(), overlapping()] {
        host.server.script.clear();
        host.input(Input::Reconnect);
        assert_eq!((host.state(), host.sockets_opened(), host.ledger.sockets.len()), (State::Open, 3, 1));
        assert_eq!((closed(&host, 1), closed(&host, 2)), (1, 1));
    }
}

/// A refresh that is aborted half way may have spent a rotating refresh token: the next one would sign the user out.
#[test]
fn a_reconnect_by_the_app_leaves_the_old_connection_but_not_the_refresh_under_way() {
    let mut host = host(Config::new());
    host.source.kept = None;
    host.source.refresh = [Answer::Hang].into();
    host.pass(AGE);
    host.input(Input::Reconnect);
    assert_eq!((reason(&host), generations(&host)), ((State::Preparing, Reason::App), vec![]));
    assert_eq!(host.count(|effect| *effect == Effect::AbortPrepare), 0);
    host.source.refresh.clear();
    host.settle();
    assert_eq!((host.state(), host.source.refreshes.len()), (State::Open, 1));
}

#[test]
fn opening_and_the_network_s_coming_and_going_disturb_nothing() {
    for mut host in [asking(), rotating(), overlapping()] {
        let effects = host.ledger.effects.len();
        for input in [Input::Open, Input::Offline, Input::Online, Input::Wake, Input::Visibility { visible: false }] {
            host.input(input);
        }
        assert_eq!(host.ledger.effects.len(), effects);
    }
}

#[test]
fn while_it_rotates_the_old_connection_is_still_kept_alive_and_judged() {
    let mut host = host(Config::new().with_liveness(Liveness::new().with_silence(5 * SECOND)));
    host.pass(AGE - 6 * SECOND);
    host.hear(Kind::Pong);
    host.source.get = [Answer::Hang].into();
    host.pass(6 * SECOND + SECOND);
    assert_eq!((host.state(), host.ledger.pings.last()), (State::Rotating, Some(&(1, START + AGE - SECOND))));
    host.pass(8 * SECOND - 1);
    assert_eq!(generations(&host), [1]);
    host.pass(1);
    assert_eq!((reason(&host), generations(&host)), ((State::Preparing, Reason::Unresponsive), vec![]));
    assert_eq!((closed(&host, 1), host.status().attempt), (1, 1));
    host.source.get.clear();
    host.settle();
    assert_eq!((host.state(), host.sockets_opened()), (State::Open, 2));
}

#[test]
fn the_new_connection_is_pinged_once_it_stands_and_the_old_one_no_more() {
    let mut host = host(Config::new().with_liveness(Liveness::new().with_silence(MINUTE)));
    host.server.answers = Some(Kind::Pong);
    host.pass(AGE);
    let expected = (2, START + AGE);
    assert_eq!(host.ledger.pings.last(), Some(&expected));
    host.pass(SECOND);
    assert_eq!(host.ledger.pings.last(), Some(&expected));
}

#[test]
fn a_session_that_rotates_before_it_is_stable_becomes_so_while_it_serves() {
    let mut host = Host::new(Config::new().with_rotation(Rotation::new().with_age(5 * SECOND, 5 * SECOND)));
    host.server.script = [Handshake::Refuse, Handshake::Accept, Handshake::Hang].into();
    host.input(Input::Open);
    host.retry();
    assert_eq!((host.state(), host.status().attempt), (State::Open, 1));
    host.pass(10 * SECOND);
    assert_eq!((host.state(), host.status().attempt), (State::Rotating, 0));
}

#[test]
fn a_connection_is_replaced_before_its_token_expires_only_if_the_app_asks_for_it() {
    let rotation = Rotation::new().without_age();
    for (rotation, sockets) in [(rotation, 1), (rotation.with_before_expiry(), 2)] {
        let mut host = Host::opened(Config::new().with_rotation(rotation));
        host.pass(59 * MINUTE - 1);
        assert_eq!((host.sockets_opened(), &host.source.refreshes[..]), (1, &[][..]));
        host.pass(1);
        assert_eq!(
            (host.state(), host.sockets_opened(), host.source.refreshes.len()),
            (State::Open, sockets, sockets - 1)
        );
        host.pass(59 * MINUTE);
        assert_eq!(host.sockets_opened(), 2 * sockets - 1, "and so is the next");
    }
}

#[test]
fn whichever_comes_first_replaces_it() {
    let rotation = Rotation::new().with_age(30 * MINUTE, 30 * MINUTE).with_before_expiry();
    let mut host = Host::opened(Config::new().with_rotation(rotation));
    host.pass(30 * MINUTE);
    assert_eq!((host.sockets_opened(), host.source.refreshes.len()), (2, 0));
    host.pass(29 * MINUTE);
    assert_eq!((host.sockets_opened(), host.source.refreshes.len()), (3, 1));
}

/// The device is five hours off, and the token is one that `get()` handed over.
#[test]
fn a_wrong_device_clock_does_not_put_it_off_for_hours() {
    let mut host = Host::new(Config::new().with_rotation(Rotation::new().without_age().with_before_expiry()));
    host.source.issuer_ahead = i64::try_from(5 * HOUR).unwrap();
    host.source.kept = Some(token(1, START + 5 * HOUR, HOUR));
    host.input(Input::Open);
    host.pass(59 * MINUTE);
    assert_eq!(host.sockets_opened(), 2);
}

#[test]
fn a_source_whose_tokens_are_always_due_is_not_asked_more_than_once_a_minute() {
    let mut host = Host::new(Config::new().with_rotation(Rotation::new().with_before_expiry()));
    host.source.lifetime = 0;
    host.source.kept = None;
    host.input(Input::Open);
    host.pass(10 * MINUTE);
    assert_eq!(host.sockets_opened(), 11);
}

#[test]
fn without_a_token_a_connection_is_replaced_for_its_age() {
    let mut host = Host::opened(Config::new().without_token().with_rotation(Rotation::new().with_before_expiry()));
    host.pass(AGE + SECOND);
    assert_eq!((generations(&host), closed(&host, 1)), (vec![2], 1));
}

#[test]
fn late_ticks_only_delay_it() {
    let mut host = host(Config::new());
    host.server.script = [Handshake::Hang].into();
    host.sleep(AGE + MINUTE);
    host.input(Input::Tick);
    assert_eq!((host.state(), generations(&host)), (State::Rotating, vec![1, 2]));
    accept(&mut host);
    host.sleep(MINUTE);
    host.input(event(1, 10));
    assert_eq!(host.ledger.delivered, [10], "heard until it is closed");
    host.input(Input::Tick);
    assert_eq!(generations(&host), [2]);
    host.sleep(HOUR);
    host.input(Input::Tick);
    assert_eq!((host.state(), host.sockets_opened()), (State::Open, 2));
}

#[test]
fn a_sleep_in_the_middle_of_it_fails_the_attempt_and_not_the_connection() {
    for (mut host, why) in [(asking(), Reason::TokenTimeout), (rotating(), Reason::ConnectTimeout)] {
        host.sleep(8 * HOUR);
        host.input(Input::Tick);
        assert_eq!((reason(&host), generations(&host)), ((State::Open, why), vec![1]));
        host.pass(91 * SECOND);
        assert_eq!((host.state(), host.ledger.sockets.len(), closed(&host, 1)), (State::Open, 1, 1));
    }
}

#[test]
fn a_socket_that_died_in_eight_hours_of_sleep_is_replaced_by_the_rotation_that_is_due() {
    for lost_first in [true, false] {
        let mut host = host(Config::new());
        host.hear(Kind::Pong);
        host.server.answers = Some(Kind::Pong);
        host.sleep(8 * HOUR);
        let mut inputs = [Input::Tick, Input::Lost { generation: 1, code: 1006 }];
        if lost_first {
            inputs.reverse();
        }
        inputs.into_iter().for_each(|input| host.feed(input));
        host.pass(MINUTE);
        assert_eq!((host.state(), host.sockets_opened(), host.ledger.sockets.len()), (State::Open, 2, 1));
        assert_ne!(live(&host), 1);
    }
}

#[test]
fn a_clock_that_steps_back_delays_neither_the_rotation_nor_the_end_of_the_overlap() {
    let mut host = host(Config::new());
    host.pass(HOUR);
    host.input(Input::Tick);
    host.set_clock_back(3 * HOUR);
    host.input(Input::Tick);
    host.pass(AGE - HOUR);
    assert_eq!((host.sockets_opened(), host.ledger.sockets.len()), (2, 2));
    host.set_clock_back(3 * HOUR);
    host.input(Input::Tick);
    host.pass(SECOND);
    assert_eq!(generations(&host), [2]);

    let mut host = rotating();
    host.set_clock_back(HOUR);
    host.input(Input::Tick);
    host.pass(15 * SECOND);
    assert_eq!(reason(&host), (State::Open, Reason::ConnectTimeout));
}

#[test]
fn what_is_heard_of_a_new_connection_that_was_given_up_changes_nothing() {
    let mut host = rotating();
    host.pass(15 * SECOND);
    assert_eq!(reason(&host), (State::Open, Reason::ConnectTimeout));
    let before = format!("{:?}", host.machine);
    let claims = host.source.mint(host.now);
    for input in [
        Input::Token { generation: 2, result: Ok(Some(claims)) },
        Input::Token { generation: 2, result: Err(TokenFailure::Unauthorized) },
        Input::Locked { generation: 2 },
        Input::Opened { generation: 2 },
        event(2, 10),
        Input::Lost { generation: 2, code: 4401 },
        // The old connection is the newest again, but its own beginning is over all the same.
        Input::Token { generation: 1, result: Ok(Some(claims)) },
        Input::Token { generation: 1, result: Err(TokenFailure::Unauthorized) },
        Input::Locked { generation: 1 },
        Input::Opened { generation: 1 },
    ] {
        host.feed(input.clone());
        assert_eq!(format!("{:?}", host.machine), before, "{input:?}");
    }
    host.pass(91 * SECOND);
    assert_eq!(generations(&host), [3], "a generation does not come twice");
}

#[test]
fn an_age_that_is_shorter_than_the_overlap_still_leaves_no_third_socket() {
    for age in [0, 1, 500] {
        let mut host = host(Config::new().with_rotation(Rotation::new().with_age(age, age)));
        for _ in 0..50 {
            host.input(Input::Tick);
            host.sleep(age);
        }
        assert!(host.sockets_opened() > 20 && host.ledger.sockets.len() <= 2);
    }
}

#[test]
fn absurd_settings_do_not_overflow() {
    for (least, most) in [(0, u64::MAX), (u64::MAX, 0), (u64::MAX, u64::MAX)] {
        for overlap in [0, u64::MAX] {
            let rotation = Rotation::new().with_age(least, most).with_overlap(overlap).with_before_expiry();
            let mut host = Host::new(Config::new().with_rotation(rotation));
            host.ledger.overlap = overlap;
            host.random_is(0.0);
            host.input(Input::Open);
            host.input(Input::Tick);
            host.sleep(10 * SECOND);
            host.input(Input::Tick);
            assert!(matches!(host.state(), State::Open | State::Rotating));
        }
    }
}
