//! Messages that are sent while there is no connection.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{
    Claims, Config, DropReason, Effect, Input, Overflow, SendQueue, Sent, State, TokenFailure, TooLarge,
};
use everwire_protocol::{Frame, Kind};
use harness::{Answer, HOUR, Handshake, Host, SECOND, token};

fn with_queue(queue: SendQueue) -> Host {
    Host::new(Config::new().with_send_queue(queue))
}

#[test]
fn an_open_client_sends_at_once() {
    let mut host = Host::opened(Config::new());
    assert_eq!(host.send(10), Ok(Sent::Sent));
    assert_eq!(host.ledger.transmitted, [1]);
}

#[test]
fn in_every_other_state_but_closed_a_message_waits_and_goes_out_in_order_before_anything_sent_later() {
    let mut host = Host::new(Config::new());
    assert_eq!(host.send(10), Ok(Sent::Queued), "idle");
    host.source.get = [Answer::Hang].into();
    host.input(Input::Open);
    assert_eq!(host.send(10), Ok(Sent::Queued), "preparing");
    host.source.get.clear();
    host.server.script = [Handshake::Hang].into();
    host.settle();
    assert_eq!((host.state(), host.send(10)), (State::Connecting, Ok(Sent::Queued)));
    host.server.script = [Handshake::Refuse].into();
    host.settle();
    assert_eq!((host.state(), host.send(10)), (State::Waiting, Ok(Sent::Queued)));
    host.input(Input::Offline);
    assert_eq!((host.state(), host.send(10)), (State::Offline, Ok(Sent::Queued)));
    host.input(Input::PageHidden);
    assert_eq!(host.send(10), Ok(Sent::Queued), "in the back-forward cache");
    host.input(Input::PageShown);
    assert_eq!((host.state(), host.send(10)), (State::Open, Ok(Sent::Sent)));
    assert_eq!(host.ledger.transmitted, [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn the_app_hears_of_the_connection_before_its_messages_go_out() {
    let mut host = Host::new(Config::new());
    host.send(10).unwrap();
    host.input(Input::Open);
    let last = host.ledger.effects.iter().rev().take(3).collect::<Vec<_>>();
    assert!(matches!(last[0], Effect::Ping { .. }), "{last:?}");
    assert!(matches!(last[1], Effect::Transmit { payload: 1, .. }), "{last:?}");
    assert!(matches!(last[2], Effect::Report { status } if status.state == State::Open), "{last:?}");
}

#[test]
fn what_a_closing_socket_would_swallow_waits_for_the_next_one_and_is_not_overtaken() {
    let mut host = Host::opened(Config::new());
    assert_eq!(host.send_while(10, false), Ok(Sent::Queued));
    assert_eq!(host.send_while(10, true), Ok(Sent::Queued), "the first waits, so this one does");
    assert_eq!(host.ledger.transmitted, []);
    host.lose(1001);
    host.retry();
    assert_eq!(host.ledger.transmitted, [1, 2]);
}

#[test]
fn a_message_waits_a_minute_and_is_then_reported() {
    for state in [State::Idle, State::AuthRequired, State::Offline] {
        let mut host = Host::new(Config::new());
        match state {
            State::AuthRequired => {
                host.source.get = [Answer::Fail(TokenFailure::Unauthorized)].into();
                host.input(Input::Open);
            }
            State::Offline => {
                host.input(Input::Open);
                host.input(Input::PageHidden);
            }
            _ => {}
        }
        assert_eq!(host.state(), state);
        host.send(10).unwrap();
        host.pass(SECOND);
        host.send(10).unwrap();
        host.pass(59 * SECOND - 1);
        assert_eq!(host.ledger.dropped, []);
        host.pass(1);
        assert_eq!(host.ledger.dropped, [(1, DropReason::Expired)]);
        host.pass(SECOND);
        assert_eq!(host.ledger.dropped, [(1, DropReason::Expired), (2, DropReason::Expired)]);
        assert_eq!(host.machine.deadline(), None);
    }
}

#[test]
fn a_message_whose_time_is_over_at_the_handshake_is_not_sent() {
    let mut host = Host::new(Config::new());
    host.server.then = Handshake::Hang;
    host.input(Input::Open);
    host.send(10).unwrap();
    host.sleep(60 * SECOND);
    host.feed(Input::Opened { generation: host.ledger.generation });
    assert_eq!((&host.ledger.transmitted[..], &host.ledger.dropped[..]), (&[][..], &[(1, DropReason::Expired)][..]));
}

#[test]
fn a_full_queue_drops_the_oldest_or_the_newest_as_it_was_told() {
    let by_count = SendQueue::new().with_messages(3);
    let by_bytes = SendQueue::new().with_bytes(30);
    for queue in [by_count, by_bytes] {
        let mut host = with_queue(queue);
        let sent = [10; 5].map(|length| host.send(length).unwrap());
        assert_eq!(sent, [Sent::Queued; 5]);
        assert_eq!(host.ledger.dropped, [(1, DropReason::Overflow), (2, DropReason::Overflow)]);
        host.input(Input::Open);
        assert_eq!(host.ledger.transmitted, [3, 4, 5]);

        let mut host = with_queue(queue.with_overflow(Overflow::DropNewest));
        let sent = [10; 5].map(|length| host.send(length).unwrap());
        assert_eq!(sent, [Sent::Queued, Sent::Queued, Sent::Queued, Sent::Dropped, Sent::Dropped]);
        assert_eq!(host.ledger.dropped, [(4, DropReason::Overflow), (5, DropReason::Overflow)]);
        host.input(Input::Open);
        assert_eq!(host.ledger.transmitted, [1, 2, 3]);
    }
}

/// The tick that reports an expired message is late in a hidden tab.
#[test]
fn messages_whose_time_is_over_make_room_before_any_other_is_dropped() {
    for overflow in [Overflow::DropOldest, Overflow::DropNewest] {
        let mut host = with_queue(SendQueue::new().with_messages(2).with_overflow(overflow));
        host.send(10).unwrap();
        host.send(10).unwrap();
        host.sleep(60 * SECOND);
        assert_eq!(host.send(10), Ok(Sent::Queued), "{overflow:?}");
        assert_eq!(host.ledger.dropped, [(1, DropReason::Expired), (2, DropReason::Expired)], "{overflow:?}");
    }
}

/// Messages that the dying socket of an open client would have swallowed may be all that holds a new one back.
#[test]
fn a_message_is_not_held_back_by_one_whose_time_is_over() {
    let mut host = Host::opened(Config::new());
    host.send_while(10, false).unwrap();
    host.sleep(60 * SECOND);
    assert_eq!(host.send(10), Ok(Sent::Sent));
    assert_eq!((&host.ledger.transmitted[..], &host.ledger.dropped[..]), (&[2][..], &[(1, DropReason::Expired)][..]));
}

#[test]
fn the_default_queue_holds_256_messages_and_1_mib() {
    let mut host = Host::new(Config::new());
    for _ in 0..257 {
        host.send(0).unwrap();
    }
    assert_eq!(host.ledger.dropped, [(1, DropReason::Overflow)]);

    let mut host = Host::new(Config::new());
    for _ in 0..32 {
        host.send(32_000).unwrap();
    }
    host.send(1024 * 1024 - 32 * 32_000).unwrap();
    assert_eq!(host.ledger.dropped, []);
    host.send(1).unwrap();
    assert_eq!(host.ledger.dropped, [(1, DropReason::Overflow)]);
}

#[test]
fn one_large_message_makes_room_for_itself_but_one_that_can_never_fit_costs_no_other() {
    let mut host = with_queue(SendQueue::new().with_bytes(30));
    for _ in 0..3 {
        host.send(10).unwrap();
    }
    assert_eq!(host.send(25), Ok(Sent::Queued));
    assert_eq!(host.ledger.dropped.len(), 3);
    assert_eq!(host.send(31), Ok(Sent::Dropped));
    host.input(Input::Open);
    assert_eq!(host.ledger.transmitted, [4]);
}

#[test]
fn the_room_of_messages_that_left_is_free_again() {
    let mut host = with_queue(SendQueue::new().with_bytes(20).with_overflow(Overflow::DropNewest));
    for round in 1..=3 {
        host.input(Input::Close { code: 1000 });
        host.input(Input::Open);
        host.input(Input::PageHidden);
        assert_eq!([10, 10, 10].map(|length| host.send(length).unwrap()), [Sent::Queued, Sent::Queued, Sent::Dropped]);
        match round {
            1 => host.input(Input::PageShown),
            2 => host.pass(60 * SECOND),
            _ => host.input(Input::Close { code: 1000 }),
        }
        assert_eq!(host.ledger.waiting_messages(), (0, 0));
    }
}

#[test]
fn a_queue_of_no_messages_sends_or_drops() {
    let mut host = with_queue(SendQueue::new().with_messages(0));
    assert_eq!(host.send(1), Ok(Sent::Dropped));
    host.input(Input::Open);
    assert_eq!(host.send(1), Ok(Sent::Sent));
    assert_eq!(host.send_while(1, false), Ok(Sent::Dropped));
    assert_eq!(host.ledger.dropped, [(1, DropReason::Overflow), (3, DropReason::Overflow)]);
}

#[test]
fn a_message_above_the_limit_of_the_gateway_is_an_error_in_every_state() {
    let mut host = Host::new(Config::new());
    let error = Err(TooLarge { length: 32_001, limit: 32_000 });
    assert_eq!(host.send(32_001), error);
    host.input(Input::Open);
    assert_eq!(host.send(32_000), Ok(Sent::Sent));
    assert_eq!(host.send(32_001), error);
    host.input(Input::Close { code: 1000 });
    assert_eq!(host.send(32_001), error);
    assert_eq!((&host.ledger.transmitted[..], &host.ledger.dropped[..]), (&[2][..], &[][..]));

    let mut host = with_queue(SendQueue::new().with_largest(128 * 1024));
    assert_eq!(host.send(100_000), Ok(Sent::Queued));
}

#[test]
fn closing_reports_every_message_that_waits_and_every_later_one() {
    let mut host = Host::new(Config::new());
    host.server.then = Handshake::Refuse;
    host.input(Input::Open);
    host.send(10).unwrap();
    host.send(10).unwrap();
    host.input(Input::Close { code: 1000 });
    assert_eq!(host.send(10), Ok(Sent::Dropped));
    assert_eq!(host.ledger.dropped, [1, 2, 3].map(|id| (id, DropReason::Closed)));
}

#[test]
fn a_queue_without_bounds_does_not_overflow() {
    let mut host = with_queue(SendQueue::new().with_bytes(usize::MAX).with_largest(usize::MAX));
    assert_eq!(host.send(usize::MAX), Ok(Sent::Queued));
    assert_eq!(host.send(usize::MAX), Ok(Sent::Queued));
    assert_eq!(host.ledger.dropped, [(1, DropReason::Overflow)]);
}

#[test]
fn events_and_errors_of_the_gateway_are_delivered_and_control_frames_are_not() {
    let mut host = Host::opened(Config::new());
    let generation = host.ledger.generation;
    for (kind, payload) in [(Kind::Event, 1), (Kind::Control, 2), (Kind::GatewayError, 3)] {
        host.input(Input::Frame { generation, frame: Frame { kind, payload } });
    }
    assert_eq!(host.ledger.delivered, [1, 3]);
}

#[test]
fn what_one_user_queued_does_not_go_out_as_another() {
    let mut host = Host::new(Config::new());
    host.server.script = [Handshake::Refuse].into();
    host.input(Input::Open);
    host.send(10).unwrap();
    host.send(10).unwrap();
    host.source.kept = Some(Claims { subject: Some(2), ..token(2, host.now, HOUR) });
    host.retry();
    assert_eq!(host.state(), State::Open);
    assert_eq!(host.ledger.dropped, [(1, DropReason::SubjectChanged), (2, DropReason::SubjectChanged)]);
    assert_eq!(host.ledger.transmitted, []);
}

#[test]
fn another_token_of_the_same_user_keeps_the_queue_over_a_sign_out_too() {
    let mut host = Host::new(Config::new());
    host.server.script = [Handshake::Refuse].into();
    host.input(Input::Open);
    host.send(10).unwrap();
    host.source.get = [Answer::Fail(TokenFailure::Unauthorized)].into();
    host.retry();
    assert_eq!(host.state(), State::AuthRequired);
    host.send(10).unwrap();
    host.source.kept = Some(token(2, host.now, HOUR));
    host.input(Input::Open);
    assert_eq!((&host.ledger.transmitted[..], &host.ledger.dropped[..]), (&[1, 2][..], &[][..]));
}
