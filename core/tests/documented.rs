//! `docs/connection.md` says what the machine does: every state and reason is there, and its diagram has an arrow for each
//! change of state that random lives bring about, and no other.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use std::collections::BTreeSet;

use everwire_core::{Config, Input, Reason, Rotation, State, TokenFailure};
use harness::{Answer, Chance, Handshake, Host, SECOND};

const PAGE: &str = include_str!("../../docs/connection.md");

type Arrows = BTreeSet<(String, String)>;

fn drawn() -> Arrows {
    let diagram = PAGE.split("```mermaid").nth(1).and_then(|rest| rest.split("```").next()).expect("a diagram");
    let arrows = diagram.lines().filter_map(|line| line.split_once("-->"));
    let name = |text: &str| text.split(':').next().unwrap_or(text).trim().to_owned();
    arrows.map(|(from, to)| (name(from), name(to))).filter(|(from, _)| from != "[*]").collect()
}

fn one_of<T: Clone>(chance: &mut Chance, list: &[T]) -> T {
    let index = (chance.next() * list.len() as f64) as usize;
    list[index.min(list.len() - 1)].clone()
}

/// A life of a hundred events in which everything that can fail does so now and then.
fn live(seed: u64, seen: &mut Arrows) {
    let mut chance = Chance(seed);
    let rotation = Rotation::new().with_age(12 * SECOND, 20 * SECOND);
    let mut host = Host::new(Config::new().with_rotation(rotation));
    for _ in 0..100 {
        let input = match one_of(
            &mut chance,
            &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 5, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        ) {
            0 => {
                host.answer();
                continue;
            }
            1 => {
                host.now = host.now.max(host.machine.deadline().unwrap_or(host.now));
                Input::Tick
            }
            2 => Input::Open,
            3 => Input::Reconnect,
            4 if chance.next() < 0.3 => Input::Close { code: 1000 },
            5 => {
                let of = host.ledger.generation.wrapping_sub(u32::from(chance.next() < 0.5));
                Input::Lost { generation: of, code: one_of(&mut chance, &[1006, 4401, 4401, 4401]) }
            }
            6 => Input::Offline,
            7 => Input::Online,
            8 if chance.next() < 0.5 => Input::PageHidden,
            9 => Input::PageShown,
            10 => {
                host.server.script.push_back(one_of(&mut chance, &[Handshake::Refuse, Handshake::Hang]));
                continue;
            }
            11 => {
                let failure = one_of(&mut chance, &[TokenFailure::Transient, TokenFailure::Unauthorized]);
                host.source.get.push_back(one_of(&mut chance, &[Answer::Fail(failure), Answer::Hang]));
                continue;
            }
            _ => Input::Tick,
        };
        host.feed(input);
    }
    let states = host.ledger.reports.iter().map(|(_, status)| status.state.as_str());
    let states: Vec<_> = std::iter::once(State::Idle.as_str()).chain(states).collect();
    let changes = states.windows(2).filter(|pair| pair[0] != pair[1]);
    seen.extend(changes.map(|pair| (pair[0].to_owned(), pair[1].to_owned())));
}

#[test]
fn the_diagram_has_the_arrows_that_lives_take_and_no_other() {
    let mut seen = Arrows::new();
    for seed in 0..3_000 {
        live(seed, &mut seen);
    }
    let drawn = drawn();
    let missing: Vec<_> = seen.difference(&drawn).collect();
    let never: Vec<_> = drawn.difference(&seen).collect();
    assert!(missing.is_empty() && never.is_empty(), "not drawn: {missing:?}; never taken: {never:?}");
}

#[test]
fn every_state_and_every_reason_is_explained() {
    let states = [
        State::Idle,
        State::Preparing,
        State::Connecting,
        State::Open,
        State::Rotating,
        State::Waiting,
        State::Offline,
        State::AuthRequired,
        State::Closed,
        State::Failed,
    ];
    let reasons = [
        Reason::App,
        Reason::Progress,
        Reason::Retry,
        Reason::HandshakeFailed,
        Reason::ConnectTimeout,
        Reason::ConnectionLost,
        Reason::Unresponsive,
        Reason::Rotation,
        Reason::TokenFailed,
        Reason::TokenTimeout,
        Reason::Unauthorized,
        Reason::Rejected,
        Reason::NetworkLost,
        Reason::Wake,
        Reason::PageHidden,
        Reason::PageShown,
    ];
    let names = states.map(State::as_str).into_iter().chain(reasons.map(Reason::as_str));
    for name in names {
        assert!(PAGE.contains(&format!("\n| `{name}` |")), "{name} has no row");
    }
}
