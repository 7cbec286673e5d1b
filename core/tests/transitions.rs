//! Every state meets every input.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{Config, Input, Reason, State, TokenFailure};
use everwire_protocol::{Frame, Kind};
use harness::rotation::AGE;
use harness::{Answer, Handshake, Host, MINUTE, Question, SECOND};

/// Rows are inputs, columns are where the client is, cells are where it goes. A dot: nothing happens at all.
const TABLE: &str = "
              | idle   | get        | lock    | again      | refresh    | connecting | open    | renewing      | replacing  | overlap | waiting | offline | hidden | auth   | closed
 open         | get    | .          | .       | .          | .          | .          | .       | .             | .          | .       | get     | get     | .      | get    | get
 close        | closed | closed     | closed  | closed     | closed     | closed     | closed  | closed        | closed     | closed  | closed  | closed  | closed | closed | .
 reconnect    | get    | .          | .       | .          | .          | get        | get     | get           | get        | get     | get     | get     | .      | get    | get
 token        | .      | connecting | .       | connecting | connecting | .          | .       | replacing     | .          | .       | .       | .       | .      | .      | .
 no-token     | .      | lock       | .       | refresh    | auth       | .          | .       | renewing-lock | .          | .       | .       | .       | .      | .      | .
 transient    | .      | waiting    | .       | waiting    | waiting    | .          | .       | open          | .          | .       | .       | .       | .      | .      | .
 unauthorized | .      | auth       | .       | auth       | auth       | .          | .       | auth          | .          | .       | .       | .       | .      | .      | .
 locked       | .      | .          | again   | .          | .          | .          | .       | .             | .          | .       | .       | .       | .      | .      | .
 opened       | .      | .          | .       | .          | .          | open       | .       | .             | overlap    | .       | .       | .       | .      | .      | .
 lost         | .      | .          | .       | .          | .          | waiting    | waiting | .             | open       | open    | .       | .       | .      | .      | .
 old-lost     | .      | .          | .       | .          | .          | waiting    | waiting | get           | connecting | open    | .       | .       | .      | .      | .
 frame        | .      | .          | .       | .          | .          | .          | open    | renewing      | replacing  | overlap | .       | .       | .      | .      | .
 early-tick   | .      | .          | .       | .          | .          | .          | .       | .             | .          | .       | .       | .       | .      | .      | .
 due-tick     | .      | waiting    | waiting | waiting    | waiting    | waiting    | .       | open          | open       | open    | get     | get     | .      | .      | .
 online       | .      | .          | .       | .          | .          | .          | .       | .             | .          | .       | waiting | waiting | .      | .      | .
 offline      | .      | .          | .       | .          | .          | .          | .       | .             | .          | .       | offline | .       | .      | .      | .
 wake         | .      | .          | .       | .          | .          | .          | .       | .             | .          | .       | waiting | .       | .      | .      | .
 visible      | .      | .          | .       | .          | .          | .          | .       | .             | .          | .       | waiting | .       | .      | .      | .
 hidden-tab   | .      | .          | .       | .          | .          | .          | .       | .             | .          | .       | .       | .       | .      | .      | .
 page-hidden  | .      | hidden     | hidden  | hidden     | hidden     | hidden     | hidden  | hidden        | hidden     | hidden  | hidden  | hidden  | .      | .      | .
 page-shown   | .      | .          | .       | .          | .          | .          | .       | .             | .          | .       | .       | .       | get    | .      | .
";

#[test]
fn every_input_leads_from_every_state_where_the_table_says() {
    let mut lines = TABLE.trim_matches('\n').lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let places = lines.next().unwrap();
    let mut cells = 0;
    for row in lines {
        for (place, expected) in places.iter().zip(&row).skip(1) {
            let mut host = arrive(place);
            let effects = host.ledger.effects.len();
            assert_eq!(place_of(&host), *place);
            give(&mut host, row[0]);
            let silent = host.ledger.effects.len() == effects;
            let went = if silent { "." } else { place_of(&host) };
            assert_eq!(went, *expected, "{} while {place}", row[0]);
            cells += 1;
        }
    }
    assert_eq!(cells, 21 * 15, "no row and no column was skipped");
}

#[test]
fn without_a_token_every_way_to_prepare_leads_straight_to_the_handshake() {
    for (input, before) in [
        (Input::Open, &[][..]),
        (Input::Open, &[Input::Open, Input::Close { code: 1000 }]),
        (Input::Reconnect, &[Input::Open]),
        (Input::PageShown, &[Input::Open, Input::PageHidden]),
    ] {
        let mut host = Host::new(Config::new().without_token());
        for earlier in before {
            host.input(earlier.clone());
        }
        let sockets = host.sockets_opened();
        host.feed(input);
        assert_eq!(host.state(), State::Connecting);
        assert_eq!(host.sockets_opened(), sockets + 1);
    }
}

/// A host whose client is there, on the straight way.
fn arrive(place: &str) -> Host {
    let mut host = Host::new(Config::new());
    match place {
        "get" => host.source.get.push_back(Answer::Hang),
        "lock" => {
            host.source.kept = None;
            host.source.lock_is_free = false;
        }
        "again" => host.source.get.extend([Answer::Nothing, Answer::Hang]),
        "refresh" => {
            host.source.kept = None;
            host.source.refresh.push_back(Answer::Hang);
        }
        "auth" => host.source.get.push_back(Answer::Fail(TokenFailure::Unauthorized)),
        "connecting" => host.server.then = Handshake::Hang,
        "waiting" | "offline" => host.server.then = Handshake::Refuse,
        "replacing" | "overlap" => host.server.script = [Handshake::Accept, Handshake::Hang].into(),
        _ => {}
    }
    if place != "idle" {
        host.input(Input::Open);
    }
    match place {
        "renewing" => {
            host.source.get.push_back(Answer::Hang);
            host.pass(AGE);
        }
        "replacing" => host.pass(AGE),
        "overlap" => {
            host.pass(AGE);
            host.server.script.clear();
            host.settle();
        }
        "offline" => host.input(Input::Offline),
        "hidden" => host.input(Input::PageHidden),
        "closed" => host.input(Input::Close { code: 1000 }),
        _ => {}
    }
    host
}

fn place_of(host: &Host) -> &'static str {
    let status = host.status();
    match (status.state, host.ledger.question) {
        (State::Preparing, Some((Question::Get, _))) if host.ledger.lock_is_ours => "again",
        (State::Preparing, Some((Question::Get, _))) => "get",
        (State::Preparing, Some((Question::Lock, _))) => "lock",
        (State::Preparing, Some((Question::Refresh(_), _))) => "refresh",
        (State::Rotating, Some((Question::Lock, _))) => "renewing-lock",
        (State::Rotating, Some(_)) => "renewing",
        (State::Rotating, None) => "replacing",
        (State::Open, _) if host.ledger.sockets.len() == 2 => "overlap",
        (State::Offline, _) if status.reason == Reason::PageHidden => "hidden",
        (State::AuthRequired, _) => "auth",
        (state, _) => state.as_str(),
    }
}

/// Feeds the input of that name with the newest generation that a host can know.
fn give(host: &mut Host, input: &str) {
    let generation = host.ledger.generation;
    let due = host.machine.deadline().unwrap_or(host.now + MINUTE);
    let token = |result| Input::Token { generation, result };
    let input = match input {
        "open" => Input::Open,
        "close" => Input::Close { code: 1000 },
        "reconnect" => Input::Reconnect,
        "token" => token(Ok(Some(host.source.mint(host.now)))),
        "no-token" => token(Ok(None)),
        "transient" => token(Err(TokenFailure::Transient)),
        "unauthorized" => token(Err(TokenFailure::Unauthorized)),
        "locked" => Input::Locked { generation },
        "opened" => Input::Opened { generation },
        "lost" => Input::Lost { generation, code: 1006 },
        "old-lost" => {
            let oldest = host.ledger.sockets.first().map_or(generation, |socket| socket.generation);
            Input::Lost { generation: oldest, code: 1006 }
        }
        "frame" => {
            let generation = host.ledger.live().map_or(generation, |socket| socket.generation);
            Input::Frame { generation, frame: Frame { kind: Kind::Event, payload: 7 } }
        }
        "early-tick" => {
            host.now = (due - 1).min(host.now + SECOND);
            Input::Tick
        }
        "due-tick" => {
            host.now = due;
            Input::Tick
        }
        "online" => Input::Online,
        "offline" => Input::Offline,
        "wake" => Input::Wake,
        "visible" => Input::Visibility { visible: true },
        "hidden-tab" => Input::Visibility { visible: false },
        "page-hidden" => Input::PageHidden,
        "page-shown" => Input::PageShown,
        other => unreachable!("{other}"),
    };
    host.feed(input);
}
