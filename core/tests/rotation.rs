//! A connection is replaced before the server cuts it: make before break.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{Config, Effect, Input, Liveness, Reason, RefreshReason, Rotation, Sent, State};
use everwire_protocol::Kind;
use harness::rotation::{AGE, accept, asking, carriers, closed, event, generations, live, reason, rotating, standing};
use harness::{Answer, Chance, HOUR, Handshake, Host, MINUTE, SECOND, START, token};

#[test]
fn the_age_is_random_in_85_to_110_minutes() {
    for (number, age) in [(0.0, 85 * MINUTE), (0.4, 95 * MINUTE), (1.0, 110 * MINUTE), (f64::NAN, 85 * MINUTE)] {
        let mut host = standing(Config::new());
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
    let mut host = standing(Config::new());
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
        let mut host = standing(Config::new().with_rotation(Rotation::new().with_overlap(overlap)));
        host.ledger.overlap = overlap;
        host.pass(AGE);
        assert_eq!(host.sockets_opened(), 2);
        host.pass(overlap);
        assert_eq!((generations(&host), host.state()), (vec![2], State::Open));
    }
}

#[test]
fn without_an_age_a_connection_stands_for_days() {
    let mut host = standing(Config::new().with_rotation(Rotation::new().without_age()));
    host.pass(72 * HOUR);
    assert_eq!(host.sockets_opened(), 1);
}

#[test]
fn while_it_rotates_the_old_connection_is_still_kept_alive_and_judged() {
    let mut host = standing(Config::new().with_liveness(Liveness::new().with_silence(5 * SECOND)));
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
    let mut host = standing(Config::new().with_liveness(Liveness::new().with_silence(MINUTE)));
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
    let mut host = standing(Config::new());
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
fn a_socket_that_died_in_eight_hours_of_sleep_is_replaced_by_the_rotation_that_is_due() {
    for lost_first in [true, false] {
        let mut host = standing(Config::new());
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
    let mut host = standing(Config::new());
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
    host.hear(Kind::Pong);
    host.input(Input::Wake);
    host.set_clock_back(HOUR);
    host.input(Input::Tick);
    host.pass(10 * SECOND);
    assert_eq!((host.state(), generations(&host)), (State::Connecting, vec![2]), "nor the judgement of the old one");
    host.pass(5 * SECOND);
    assert_eq!(reason(&host), (State::Waiting, Reason::ConnectTimeout));
}

#[test]
fn an_age_that_is_shorter_than_the_overlap_still_leaves_no_third_socket() {
    for age in [0, 1, 500] {
        let mut host = standing(Config::new().with_rotation(Rotation::new().with_age(age, age)));
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
