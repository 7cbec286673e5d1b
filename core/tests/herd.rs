//! A thousand clients lose one server at one moment.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{Backoff, Config, Millis, State};
use harness::{Chance, HOUR, Handshake, Host, MINUTE, SECOND, START};

const CLIENTS: u64 = 1_000;
const LOST_AT: Millis = START + MINUTE;

/// Clients that share nothing but the server can be simulated one after the other.
struct Herd {
    clients: Vec<Host>,
}

impl Herd {
    /// Lets every client connect, stand for a minute, lose the server, and go on until it is back or attempts are over.
    fn after_a_loss(spread: Millis, back_at: Millis, attempts: usize) -> Self {
        let config = Config::new().with_backoff(Backoff::new().with_spread(spread));
        let longest_first_wait = 800 + spread;
        let client = |seed| {
            let mut chance = Chance(seed);
            let mut host = Host::opened(config);
            host.random = Box::new(move || chance.next());
            host.ledger.longest_first_wait = longest_first_wait;
            host.pass(MINUTE);
            host.server.then = Handshake::Refuse;
            host.lose(1006);
            while host.state() != State::Open && host.sockets_opened() <= attempts {
                let at = host.machine.deadline().unwrap();
                host.server.then = if at < back_at { Handshake::Refuse } else { Handshake::Accept };
                host.pass(at - host.now);
            }
            host
        };
        Self { clients: (0..CLIENTS).map(|seed| client(seed.wrapping_mul(0x5851_f42d_4c95_7f2d))).collect() }
    }

    /// When each client reached a state for the n-th time after the loss.
    fn times(&self, state: State, nth: usize) -> Vec<Millis> {
        let after = |host: &Host| {
            let mut times = host.ledger.reports.iter().filter(|(at, status)| *at >= LOST_AT && status.state == state);
            times.nth(nth).map(|(at, _)| *at)
        };
        let mut times = self.clients.iter().filter_map(after).collect::<Vec<_>>();
        times.sort_unstable();
        times
    }
}

/// The largest share of all clients in any 100 ms.
fn largest_share(times: &[Millis]) -> f64 {
    let window = |(i, start): (usize, &Millis)| times[i..].partition_point(|at| at - start < 100);
    times.iter().enumerate().map(window).max().unwrap_or(0) as f64 / CLIENTS as f64
}

/// A wait that is uniform over a range puts 100 ms / range of a herd into 100 ms on average. The fullest of some hundred
/// such spans lies above that, but by no more than five standard deviations.
fn bound(range: Millis) -> f64 {
    let share = 100.0 / range as f64;
    share + 5.0 * (share * (1.0 - share) / CLIENTS as f64).sqrt()
}

#[test]
fn the_first_attempts_spread_over_800_ms_and_each_further_one_over_its_doubled_range() {
    let herd = Herd::after_a_loss(0, START + HOUR, 9);
    for (attempt, range) in [(1, 800), (2, 2_000), (3, 4_000), (4, 8_000), (5, 16_000), (6, 30_000), (8, 30_000)] {
        let times = herd.times(State::Connecting, attempt - 1);
        assert_eq!(times.len() as u64, CLIENTS);
        let share = largest_share(&times);
        assert!(share <= bound(range), "attempt {attempt}: {share} of the herd in 100 ms, at most {}", bound(range));
    }
}

#[test]
fn a_herd_without_a_cut_in_the_server_is_back_within_the_first_range() {
    let herd = Herd::after_a_loss(0, LOST_AT, 9);
    let times = herd.times(State::Open, 0);
    assert_eq!(times.len() as u64, CLIENTS);
    assert!(times[0] < LOST_AT + 20 && *times.last().unwrap() <= LOST_AT + 800, "the whole range is used");
}

#[test]
fn the_spread_of_the_server_thins_the_first_attempts() {
    let times = Herd::after_a_loss(5_000, LOST_AT, 9).times(State::Open, 0);
    let share = largest_share(&times);
    assert!(share <= bound(5_000), "{share}");
}

/// After a minute the waits have grown past 16 s, so a client tries at most every 8 s on average.
#[test]
fn after_an_outage_of_a_minute_the_herd_comes_back_thinly_and_each_refreshes_once() {
    let herd = Herd::after_a_loss(0, LOST_AT + MINUTE, 100);
    let times = herd.times(State::Open, 0);
    assert_eq!(times.len() as u64, CLIENTS);
    let share = largest_share(&times);
    assert!(share <= bound(8 * SECOND), "{share} of the herd in 100 ms");
    assert!(*times.last().unwrap() <= LOST_AT + MINUTE + 30_250, "and all of it is back within one longest wait");
    assert!(herd.clients.iter().all(|host| host.source.refreshes.len() == 1));
    let attempts = herd.clients.iter().map(Host::sockets_opened).sum::<usize>();
    assert!(attempts <= 10 * herd.clients.len(), "{attempts} attempts at a server that was down for a minute");
}
