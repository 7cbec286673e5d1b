//! Wake signals, sleep, hidden pages and clocks: when a connection is asked for a sign of life, and when not.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{Input, State};
use everwire_protocol::Kind;
use harness::liveness::{SILENCE, answered, foreign, pinged};
use harness::{HOUR, Host, MINUTE, SECOND};

#[test]
fn a_hidden_page_pings_every_8_minutes_and_so_stays_below_the_idle_limit_with_a_timer_that_is_a_minute_late() {
    let mut host = foreign();
    host.input(Input::Visibility { visible: false });
    host.pass(24 * MINUTE);
    assert_eq!(pinged(&host), [0, 8 * MINUTE, 16 * MINUTE, 24 * MINUTE]);
    host.sleep(9 * MINUTE);
    host.input(Input::Tick);
    assert_eq!(pinged(&host).last(), Some(&(33 * MINUTE)), "late, but before ten minutes");
}

#[test]
fn a_page_that_is_shown_again_pings_at_once_only_if_the_silence_is_longer_than_it_bears() {
    for (hidden_for, then) in [(SILENCE - 1, SILENCE), (SILENCE, SILENCE), (7 * MINUTE, 7 * MINUTE)] {
        let mut host = foreign();
        host.input(Input::Visibility { visible: false });
        host.pass(hidden_for);
        assert_eq!(pinged(&host), [0]);
        host.input(Input::Visibility { visible: true });
        assert_eq!(pinged(&host).len(), if then == hidden_for { 2 } else { 1 }, "not by a timer that then looks late");
        host.pass(1);
        assert_eq!(pinged(&host), [0, then]);
    }
}

#[test]
fn wake_signals_probe_a_socket_whose_server_is_known_to_answer_and_no_other() {
    let signals = [Input::Wake, Input::Online, Input::Offline, Input::Visibility { visible: true }];
    for signal in signals {
        let mut host = foreign();
        host.pass(MINUTE);
        host.input(signal.clone());
        assert_eq!(pinged(&host), [0], "{signal:?}");

        let mut host = answered();
        host.input(signal.clone());
        assert_eq!(pinged(&host), [0, MINUTE], "{signal:?}");

        host.server.answers = None;
        host.input(signal.clone());
        host.pass(4 * SECOND);
        host.input(signal.clone());
        assert_eq!(pinged(&host), [0, MINUTE, MINUTE], "one question is enough: {signal:?}");
        host.pass(6 * SECOND);
        assert_eq!(host.sockets_opened(), 2, "and a second signal grants no second deadline: {signal:?}");
    }
    let mut host = answered();
    for signal in [Input::Visibility { visible: false }, Input::PageShown, Input::Tick, Input::Open] {
        host.input(signal);
    }
    assert_eq!(pinged(&host), [0]);
}

/// The network of a machine that wakes needs seconds, and an answer may lie in its buffers behind a timer that is over.
#[test]
fn a_sleep_asks_anew_and_does_not_judge_the_answer_that_was_due_in_it() {
    for time in [10 * SECOND + 1, 8 * HOUR] {
        let mut host = answered();
        host.server.answers = None;
        host.input(Input::Wake);
        host.sleep(10 * SECOND + time);
        host.input(Input::Tick);
        assert_eq!((host.state(), host.sockets_opened()), (State::Open, 1), "{time} ms late");
        assert_eq!(host.ledger.pings.len(), 3, "{time} ms late");
        host.pass(10 * SECOND - 1);
        assert_eq!(host.sockets_opened(), 1);
        host.pass(1);
        assert_eq!((host.state(), host.sockets_opened()), (State::Open, 2), "but the new question is judged");
    }
}

#[test]
fn a_socket_that_survived_the_sleep_is_kept() {
    let mut host = answered();
    host.server.answers = None;
    host.input(Input::Wake);
    host.server.answers = Some(Kind::Pong);
    host.sleep(8 * HOUR);
    host.input(Input::Wake);
    host.input(Input::Tick);
    host.pass(MINUTE);
    assert_eq!((host.state(), host.sockets_opened()), (State::Open, 1));
}

#[test]
fn a_tick_that_is_late_by_less_than_a_sleep_still_judges() {
    for (visible, late) in [(true, 10 * SECOND), (false, 75 * SECOND)] {
        let mut host = answered();
        host.input(Input::Visibility { visible });
        host.server.answers = None;
        host.input(Input::Wake);
        host.sleep(10 * SECOND + late);
        host.input(Input::Tick);
        assert_eq!((host.state(), host.sockets_opened()), (State::Open, 2), "visible: {visible}");
    }
}

/// A hidden page's timers fire once a minute.
#[test]
fn throttled_timers_only_delay() {
    let mut host = answered();
    host.input(Input::Visibility { visible: false });
    let mut minutes = 0;
    let mut pass_throttled = |host: &mut Host, until: &dyn Fn(&Host) -> bool| {
        let began = host.now;
        while !until(host) {
            host.sleep(MINUTE);
            host.input(Input::Tick);
            minutes += 1;
            assert!(minutes < 100);
        }
        host.now - began
    };
    assert_eq!(pass_throttled(&mut host, &|host| host.ledger.pings.len() == 4), 8 * 3 * MINUTE - MINUTE);
    assert_eq!(host.sockets_opened(), 1);
    host.server.answers = None;
    assert_eq!(pass_throttled(&mut host, &|host| host.sockets_opened() == 2), 9 * MINUTE);
    assert_eq!(host.state(), State::Open);
}

#[test]
fn a_clock_that_steps_back_delays_neither_the_ping_nor_the_judgement() {
    let mut host = answered();
    host.pass(MINUTE);
    host.input(Input::Tick);
    host.set_clock_back(3 * HOUR);
    host.input(Input::Tick);
    host.server.answers = None;
    let before = host.now;
    host.pass(SILENCE - 2 * MINUTE);
    assert_eq!(host.ledger.pings.last().unwrap().1, before + SILENCE - 2 * MINUTE);
    host.set_clock_back(3 * HOUR);
    host.input(Input::Tick);
    host.pass(10 * SECOND - 1);
    assert_eq!(host.sockets_opened(), 1);
    host.pass(1);
    assert_eq!(host.sockets_opened(), 2);
}
