//! What an attempt that is over still says is not heard.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{Config, Input, State, TokenFailure};
use everwire_protocol::{Frame, Kind};
use harness::{Answer, Handshake, Host, Question};

/// How the second attempt of a client is made to stop at a stage, and how that stage is known again.
type Stage = (&'static str, fn(&mut Host), fn(&Host) -> bool);

/// How the first attempt ends.
type Way = (&'static str, fn(&mut Host));

const STAGES: [Stage; 6] = [
    ("get", |host| host.source.get = [Answer::Hang].into(), |host| is_asking(host, Question::Get)),
    (
        "lock",
        |host| {
            host.source.kept = None;
            host.source.lock_is_free = false;
        },
        |host| is_asking(host, Question::Lock),
    ),
    (
        "get under the lock",
        |host| host.source.get = [Answer::Nothing, Answer::Hang].into(),
        |host| is_asking(host, Question::Get) && host.ledger.lock_is_ours,
    ),
    (
        "refresh",
        |host| {
            host.source.kept = None;
            host.source.refresh = [Answer::Hang].into();
        },
        |host| matches!(host.ledger.question, Some((Question::Refresh(_), _))),
    ),
    ("connecting", |host| host.server.then = Handshake::Hang, |host| host.state() == State::Connecting),
    ("open", |_| {}, |host| host.state() == State::Open),
];

fn is_asking(host: &Host, question: Question) -> bool {
    host.ledger.question.is_some_and(|(asked, _)| asked == question)
}

fn every_kind(host: &Host, generation: u32) -> Vec<Input<u32>> {
    let token = |result| Input::Token { generation, result };
    let mut inputs = vec![
        token(Ok(host.source.kept)),
        token(Ok(None)),
        token(Err(TokenFailure::Transient)),
        token(Err(TokenFailure::Unauthorized)),
        Input::Locked { generation },
        Input::Opened { generation },
        Input::Frame { generation, frame: Frame { kind: Kind::Event, payload: 7 } },
    ];
    inputs.extend([1000, 1002, 1006, 4401].map(|code| Input::Lost { generation, code }));
    inputs
}

#[test]
fn the_first_attempt_changes_nothing_at_any_stage_of_the_second() {
    let ways: [Way; 4] = [
        ("lost", |host| {
            host.lose(1006);
            host.retry();
        }),
        ("reconnect", |host| host.input(Input::Reconnect)),
        ("close and open", |host| {
            host.input(Input::Close { code: 1000 });
            host.input(Input::Open);
        }),
        ("hidden and shown", |host| {
            host.input(Input::PageHidden);
            host.input(Input::PageShown);
        }),
    ];
    for (way, again) in ways {
        for (stage, stop, is_there) in STAGES {
            let mut host = Host::opened(Config::new());
            let old = host.ledger.generation;
            let kept = host.source.kept;
            stop(&mut host);
            again(&mut host);
            assert!(is_there(&host), "{stage} after {way}: {:?}", host.status());
            assert_ne!(host.ledger.generation, old);
            host.source.kept = kept;
            is_deaf(&mut host, old, &format!("{stage} after {way}"));
        }
    }
}

#[test]
fn an_attempt_that_ended_says_nothing_while_the_client_rests() {
    let ways: [Way; 4] = [
        ("waiting", |host| host.lose(1006)),
        ("auth-required", |host| {
            host.source.get = [Answer::Fail(TokenFailure::Unauthorized)].into();
            host.input(Input::Reconnect);
        }),
        ("offline", |host| host.input(Input::PageHidden)),
        ("closed", |host| host.input(Input::Close { code: 1000 })),
    ];
    for (state, end) in ways {
        let mut host = Host::opened(Config::new());
        end(&mut host);
        assert_eq!(host.state().as_str(), state);
        let newest = host.ledger.generation;
        is_deaf(&mut host, newest, state);
    }
}

fn is_deaf(host: &mut Host, generation: u32, place: &str) {
    let before = format!("{:?}", host.machine);
    let effects = host.ledger.effects.len();
    for input in every_kind(host, generation) {
        host.feed(input.clone());
        assert_eq!(host.ledger.effects.len(), effects, "{input:?} at {place}");
        assert_eq!(format!("{:?}", host.machine), before, "{input:?} at {place}");
    }
}
