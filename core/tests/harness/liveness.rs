use everwire_core::{Config, Input, Liveness, Millis, Rotation, State};
use everwire_protocol::Kind;

use super::{Host, MINUTE, SECOND, START};

pub(crate) const SILENCE: Millis = 270 * SECOND;

/// The connections of these tests may stand for days.
pub(crate) fn lasting(liveness: Liveness) -> Config {
    Config::new().with_rotation(Rotation::new().without_age()).with_liveness(liveness)
}

/// Open at a server that has never answered a ping.
pub(crate) fn foreign() -> Host {
    Host::opened(lasting(Liveness::new()))
}

/// Open at a server that answers, for so long already.
pub(crate) fn answered_for(config: Config, time: Millis) -> Host {
    let mut host = Host::new(config);
    host.server.answers = Some(Kind::Pong);
    host.input(Input::Open);
    assert_eq!(host.state(), State::Open);
    host.pass(time);
    host
}

pub(crate) fn answered() -> Host {
    answered_for(lasting(Liveness::new()), MINUTE)
}

/// When pings went out, from the beginning.
pub(crate) fn pinged(host: &Host) -> Vec<Millis> {
    host.ledger.pings.iter().map(|(_, at)| at - START).collect()
}
