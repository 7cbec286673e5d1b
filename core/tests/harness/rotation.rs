use everwire_core::{Config, Effect, Input, Millis, Reason, State};
use everwire_protocol::{Frame, Kind};

use super::{Answer, HOUR, Handshake, Host, MINUTE, SECOND, START, token};

/// Half way between 85 and 110 minutes, as all random numbers here are one half.
pub(crate) const AGE: Millis = 97 * MINUTE + 30 * SECOND;

/// Each connection lives exactly as long as it may, with a token that outlives it.
pub(crate) fn standing(config: Config) -> Host {
    let mut host = Host::new(config);
    host.source.lifetime = 24 * HOUR;
    host.source.kept = Some(token(1, START, 24 * HOUR));
    host.input(Input::Open);
    assert_eq!(host.state(), State::Open);
    host
}

/// Old enough: the new handshake is under way and hangs.
pub(crate) fn rotating() -> Host {
    let mut host = standing(Config::new());
    host.server.script = [Handshake::Hang].into();
    host.pass(AGE);
    assert_eq!((host.state(), generations(&host)), (State::Rotating, [1, 2].into()));
    host
}

/// The same, at the question for a token.
pub(crate) fn asking() -> Host {
    let mut host = standing(Config::new());
    host.source.get = [Answer::Hang].into();
    host.pass(AGE);
    assert_eq!((host.state(), generations(&host)), (State::Rotating, [1].into()));
    host
}

/// The new connection stands beside the old one.
pub(crate) fn overlapping() -> Host {
    let mut host = rotating();
    accept(&mut host);
    assert_eq!((host.state(), generations(&host)), (State::Open, [1, 2].into()));
    host
}

pub(crate) fn accept(host: &mut Host) {
    host.server.script = [Handshake::Accept].into();
    host.settle();
}

/// Of the sockets that there are.
pub(crate) fn generations(host: &Host) -> Vec<u32> {
    host.ledger.sockets.iter().map(|socket| socket.generation).collect()
}

pub(crate) fn live(host: &Host) -> u32 {
    host.ledger.live().expect("a live socket").generation
}

pub(crate) fn reason(host: &Host) -> (State, Reason) {
    (host.state(), host.status().reason)
}

pub(crate) fn closed(host: &Host, socket: u32) -> usize {
    host.count(|effect| matches!(effect, Effect::CloseSocket { generation, .. } if *generation == socket))
}

pub(crate) fn event(generation: u32, payload: u32) -> Input<u32> {
    Input::Frame { generation, frame: Frame { kind: Kind::Event, payload } }
}

/// By which sockets messages went out.
pub(crate) fn carriers(host: &Host) -> Vec<(u32, u32)> {
    let carrier = |effect: &Effect<u32, u32>| match *effect {
        Effect::Transmit { generation, payload } => Some((generation, payload)),
        _ => None,
    };
    host.ledger.effects.iter().filter_map(carrier).collect()
}
