//! A connection is kept alive, and a dead one is found out where the server is known to answer.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{Effect, Expect, Input, Liveness, Reason, State};
use everwire_protocol::{Frame, Kind};
use harness::liveness::{SILENCE, answered, answered_for, foreign, lasting, pinged};
use harness::{HOUR, Handshake, Host, MINUTE, SECOND, START};

fn status(host: &Host) -> (State, Reason, u32) {
    let status = host.status();
    (status.state, status.reason, status.attempt)
}

#[test]
fn a_ping_goes_out_after_the_handshake_and_then_after_each_270_s_of_silence() {
    let mut host = foreign();
    host.pass(3 * SILENCE);
    assert_eq!(pinged(&host), [0, SILENCE, 2 * SILENCE, 3 * SILENCE]);
}

#[test]
fn whatever_arrives_puts_the_next_ping_off() {
    for kind in [Kind::Event, Kind::GatewayError, Kind::Pong, Kind::Control] {
        let mut host = foreign();
        host.pass(SILENCE - 1);
        host.hear(kind);
        host.pass(SILENCE - 1);
        assert_eq!(pinged(&host), [0], "{kind:?}");
        host.pass(1);
        assert_eq!(pinged(&host), [0, 2 * SILENCE - 1], "{kind:?}");
    }
}

#[test]
fn what_is_sent_does_not_put_it_off() {
    let mut host = foreign();
    for _ in 0..27 {
        host.pass(10 * SECOND);
        host.send(10).unwrap();
    }
    assert_eq!(pinged(&host), [0, SILENCE]);
}

/// Whatever else is sent to it: the ping is keepalive and no more.
#[test]
fn a_foreign_backend_that_never_answers_keeps_its_connection() {
    let mut host = foreign();
    for hour in 0..48 {
        host.pass(HOUR);
        host.input([Input::Wake, Input::Online, Input::Offline, Input::Visibility { visible: true }][hour % 4].clone());
    }
    host.sleep(8 * HOUR);
    host.input(Input::Tick);
    host.pass(HOUR);
    assert_eq!((host.state(), host.sockets_opened(), host.ledger.reports.len()), (State::Open, 1, 3));
}

/// A server that answers each ping with an event of its own has not shown that it knows pings.
#[test]
fn only_a_pong_shows_that_a_server_answers_pings() {
    for kind in [Kind::Event, Kind::GatewayError, Kind::Control] {
        let mut host = foreign();
        host.server.answers = Some(kind);
        host.pass(HOUR);
        host.server.answers = None;
        host.pass(HOUR);
        assert_eq!((host.state(), host.sockets_opened()), (State::Open, 1), "{kind:?}");
    }
}

#[test]
fn once_a_pong_came_a_missing_answer_ends_the_socket_after_10_s_and_a_new_one_is_made_at_once() {
    let mut host = answered();
    let (dead, last) = (host.ledger.live().unwrap().generation, host.now);
    host.server.answers = None;
    let asked = SILENCE - (last - START);
    host.pass(asked + 10 * SECOND - 1);
    assert_eq!((pinged(&host), host.sockets_opened()), (vec![0, SILENCE], 1));
    host.server.then = Handshake::Hang;
    host.pass(1);
    assert_eq!(status(&host), (State::Connecting, Reason::Progress, 1), "no wait, and no close was waited for");
    assert_eq!(host.sockets_opened(), 2);
    assert_eq!(host.count(|effect| *effect == Effect::CloseSocket { generation: dead, code: 1000 }), 1);
    let (_, left) = host.ledger.reports[host.ledger.reports.len() - 2];
    assert_eq!((left.state, left.reason), (State::Preparing, Reason::Unresponsive));
    let effects = host.ledger.effects.len();
    host.input(Input::Lost { generation: dead, code: 1006 });
    assert_eq!(host.ledger.effects.len(), effects, "the close that the browser reports minutes later is nobody's");
}

#[test]
fn a_dead_connection_is_left_over_and_over_without_a_wait_as_long_as_each_new_one_proves_itself() {
    let mut host = answered();
    for sockets in 2..6 {
        host.server.answers = None;
        host.input(Input::Wake);
        host.pass(10 * SECOND - 1);
        host.server.answers = Some(Kind::Pong);
        host.pass(1);
        assert_eq!((host.state(), host.sockets_opened(), host.status().attempt), (State::Open, sockets, 1));
        host.pass(10 * SECOND);
        assert_eq!(host.status().attempt, 0);
    }
    assert!(host.ledger.reports.iter().all(|(_, status)| status.state != State::Waiting));
}

#[test]
fn when_the_new_socket_fails_too_the_short_wait_follows() {
    let mut host = answered();
    host.server.answers = None;
    host.server.then = Handshake::Refuse;
    host.pass(SILENCE + 10 * SECOND - MINUTE);
    assert_eq!((status(&host), host.wait()), ((State::Waiting, Reason::HandshakeFailed, 2), 400));
}

#[test]
fn any_inbound_frame_is_the_answer() {
    for kind in [Kind::Event, Kind::GatewayError, Kind::Pong, Kind::Control] {
        let mut host = answered();
        host.server.answers = Some(kind);
        host.pass(HOUR);
        assert_eq!((host.state(), host.sockets_opened()), (State::Open, 1), "{kind:?}");

        let mut host = answered();
        host.server.answers = None;
        host.pass(SILENCE - MINUTE + 9_999);
        host.hear(kind);
        host.pass(SILENCE + 9_999);
        assert_eq!((host.state(), host.sockets_opened()), (State::Open, 1), "{kind:?}");
        host.pass(1);
        assert_eq!(host.sockets_opened(), 2, "{kind:?}");
    }
}

#[test]
fn a_session_that_is_not_stable_yet_waits_before_the_next_attempt() {
    let mut host = answered_for(lasting(Liveness::new()), 5 * SECOND);
    host.server.answers = None;
    let before = host.now;
    host.input(Input::Wake);
    host.pass(10 * SECOND);
    assert_eq!((status(&host), host.now - before), ((State::Waiting, Reason::Unresponsive, 1), 10 * SECOND));
    assert_eq!(host.wait(), 250 + 1_000, "not the short wait of a stable session");
    assert_eq!(host.ledger.sockets, []);
}

/// A deployment took the pong away. Were each of its connections called stable at the tenth second and dead in the
/// same, every client would connect anew every ten seconds for ever.
#[test]
fn a_server_that_stopped_to_answer_loses_two_connections_and_then_none() {
    let mut host = answered();
    host.server.answers = None;
    host.pass(12 * HOUR);
    assert_eq!((host.state(), host.sockets_opened()), (State::Open, 3));
    let waits = host.ledger.reports.iter().filter(|(_, status)| status.state == State::Waiting);
    assert_eq!(waits.map(|(_, status)| status.reason).collect::<Vec<_>>(), [Reason::Unresponsive]);
    host.server.answers = Some(Kind::Pong);
    host.pass(SILENCE);
    host.server.answers = None;
    host.input(Input::Wake);
    host.pass(10 * SECOND);
    assert_eq!(host.sockets_opened(), 4, "and when it answers again it is judged again");
}

#[test]
fn where_an_answer_is_always_expected_a_server_without_one_is_asked_ever_more_slowly() {
    for deadline in [5 * SECOND, 10 * SECOND, 25 * SECOND] {
        let strict = Liveness::new().with_expect(Expect::Always).with_deadline(deadline);
        let mut host = Host::new(lasting(strict));
        host.ledger.expects_pongs = true;
        host.random_is(1.0);
        host.input(Input::Open);
        for (attempt, range) in [(1, 2_000), (2, 4_000), (3, 8_000), (4, 16_000), (5, 30_000), (6, 30_000)] {
            host.pass(deadline - 1);
            assert_eq!(host.state(), State::Open);
            host.pass(1);
            assert_eq!(status(&host), (State::Waiting, Reason::Unresponsive, attempt));
            assert_eq!(host.wait(), 250 + range, "no connection of these was ever stable");
            host.retry();
        }
    }
}

#[test]
fn a_first_answer_later_than_stability_makes_the_session_stable_at_that_moment() {
    let patient = Liveness::new().with_expect(Expect::Always).with_deadline(MINUTE);
    let mut host = Host::new(lasting(patient));
    host.ledger.expects_pongs = true;
    host.server.script = [Handshake::Refuse].into();
    host.input(Input::Open);
    host.retry();
    host.pass(40 * SECOND);
    assert_eq!(host.status().attempt, 1);
    host.hear(Kind::Pong);
    assert_eq!((host.status().attempt, host.ledger.pings.len()), (0, 1));
    let due = host.machine.deadline().unwrap();
    assert!(due > host.now, "nothing of the past is left to do, or the next tick would count as late");
}

#[test]
fn where_an_answer_is_never_expected_not_even_a_pong_leads_to_judgement() {
    let mut host = answered_for(lasting(Liveness::new().with_expect(Expect::Never)), MINUTE);
    host.server.answers = None;
    let pings = host.ledger.pings.len();
    host.input(Input::Wake);
    assert_eq!(host.ledger.pings.len(), pings, "nor is it probed");
    host.pass(12 * HOUR);
    assert_eq!((host.state(), host.sockets_opened()), (State::Open, 1));
    assert!(host.ledger.pings.len() > 100, "but it is kept alive");
}

#[test]
fn without_pings_there_is_neither_keepalive_nor_judgement() {
    for expect in [Expect::Learn, Expect::Always, Expect::Never] {
        let mut host = Host::opened(lasting(Liveness::new().with_expect(expect).without_ping()));
        host.ledger.expects_pongs = true;
        host.hear(Kind::Pong);
        host.pass(MINUTE);
        assert_eq!(host.machine.deadline(), None);
        for input in [Input::Wake, Input::Online, Input::Offline, Input::Visibility { visible: true }, Input::Tick] {
            host.input(input);
            host.pass(HOUR);
        }
        assert_eq!((host.state(), host.sockets_opened(), pinged(&host)), (State::Open, 1, vec![]), "{expect:?}");
    }
}

#[test]
fn silence_and_deadline_can_be_set_but_no_setting_floods_the_server() {
    let brisk = Liveness::new().with_silence(20 * SECOND).with_hidden_silence(30 * SECOND).with_deadline(2 * SECOND);
    let mut host = answered_for(lasting(brisk), 40 * SECOND);
    assert_eq!(pinged(&host), [0, 20 * SECOND, 40 * SECOND]);
    host.input(Input::Visibility { visible: false });
    host.pass(60 * SECOND);
    assert_eq!(pinged(&host)[3..], [70 * SECOND, 100 * SECOND]);
    host.server.answers = None;
    host.pass(32 * SECOND - 1);
    assert_eq!(host.sockets_opened(), 1);
    host.pass(1);
    assert_eq!(host.sockets_opened(), 2);

    let mut host = Host::opened(lasting(Liveness::new().with_silence(0)));
    host.pass(10 * SECOND);
    assert_eq!(host.ledger.pings.len(), 11);
}

#[test]
fn frames_of_a_socket_that_was_left_are_no_sign_of_life_and_reach_nobody() {
    let mut host = foreign();
    let old = host.ledger.live().unwrap().generation;
    host.input(Input::Reconnect);
    host.pass(SILENCE - 1);
    for kind in [Kind::Pong, Kind::Event] {
        let frame = Frame { kind, payload: 7 };
        host.input(Input::Frame { generation: old, frame });
    }
    assert_eq!(host.ledger.delivered, []);
    host.pass(1);
    assert_eq!(host.ledger.pings.len(), 3, "the silence was not broken");
    host.pass(HOUR);
    assert_eq!(host.sockets_opened(), 2, "nor was anything learned");
}

#[test]
fn absurd_settings_do_not_overflow() {
    for value in [0, 1, u64::MAX] {
        let liveness = Liveness::new().with_silence(value).with_hidden_silence(value).with_deadline(value);
        for expect in [Expect::Learn, Expect::Always] {
            let mut host = Host::new(lasting(liveness.with_expect(expect)));
            host.ledger.expects_pongs = true;
            host.server.answers = Some(Kind::Pong);
            host.input(Input::Open);
            host.input(Input::Visibility { visible: false });
            host.pass(3 * SECOND);
        }
    }
}
