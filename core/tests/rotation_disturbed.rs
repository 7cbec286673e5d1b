//! What can come between while a connection is replaced.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{
    Claims, Config, DropReason, Effect, Input, Reason, RefreshReason, Rotation, Sent, State, TokenFailure,
};
use everwire_protocol::Kind;
use harness::rotation::{
    AGE, accept, asking, carriers, closed, event, generations, live, overlapping, reason, rotating, standing,
};
use harness::{Answer, HOUR, Handshake, Host, MINUTE, SECOND, token};

const FAILS: Answer = Answer::Fail(TokenFailure::Transient);

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
            let mut host = standing(Config::new());
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
    let mut host = standing(Config::new());
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
fn a_new_connection_that_falls_silent_while_they_overlap_leaves_the_old_one_serving() {
    let mut host = standing(Config::new().with_rotation(Rotation::new().with_overlap(MINUTE)));
    host.ledger.overlap = MINUTE;
    host.server.answers = Some(Kind::Pong);
    host.pass(AGE + 20 * SECOND);
    host.server.answers = None;
    host.input(Input::Wake);
    host.pass(10 * SECOND);
    assert_eq!((reason(&host), live(&host)), ((State::Open, Reason::Unresponsive), 1));
    host.pass(MINUTE);
    assert_eq!((generations(&host), host.sockets_opened()), (vec![1], 2));
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
        let mut host = standing(Config::new());
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
    let mut host = standing(Config::new());
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
    let mut host = standing(Config::new());
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
fn the_close_of_a_third_socket_is_nobody_s() {
    for mut host in [asking(), rotating(), overlapping()] {
        let effects = host.ledger.effects.len();
        for generation in [0, 3, u32::MAX] {
            host.input(Input::Lost { generation, code: 4401 });
        }
        assert_eq!(host.ledger.effects.len(), effects);
    }
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
