//! Whatever happens, in whatever order: the books of the harness balance, and a fair world leads to a connection.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_core::{
    Backoff, Claims, Config, Effect, Effects, Expect, Input, Leeway, Liveness, Machine, Millis, Overflow, Rotation,
    SendQueue, State, TokenFailure,
};
use everwire_protocol::{Frame, Kind};
use harness::{HOUR, Host, MINUTE, SECOND, START};
use proptest::prelude::*;

type Answered = Result<Option<Claims>, TokenFailure>;

/// What happens to a client. Inputs with a generation name the newest that a host can know, or an older one.
#[derive(Clone, Debug)]
enum Event {
    App(Input<u32>),
    Page(Input<u32>),
    Token {
        age: u32,
        result: Answered,
    },
    Locked {
        age: u32,
    },
    Opened {
        age: u32,
    },
    Lost {
        age: u32,
        code: u16,
    },
    Frame {
        age: u32,
        kind: Kind,
    },
    /// The host does what is right next.
    Answer,
    TickAtDeadline,
    Send {
        length: usize,
        writable: bool,
    },
    Forward(Millis),
    Back(Millis),
    Random(f64),
    ServerAnswers(Option<Kind>),
}

fn claims() -> impl Strategy<Value = Claims> {
    let time = || {
        prop::option::weighted(0.8, prop::sample::select(vec![0, START - HOUR, START, START + MINUTE, START + HOUR]))
    };
    (time(), time(), prop::option::of(0..3u64), 0..4u64).prop_map(|(expires_at, issued_at, subject, fingerprint)| {
        Claims { expires_at, issued_at, subject, fingerprint }
    })
}

fn answered() -> impl Strategy<Value = Answered> {
    prop_oneof![
        6 => claims().prop_map(|claims| Ok(Some(claims))),
        2 => Just(Ok(None)),
        2 => Just(Err(TokenFailure::Transient)),
        1 => Just(Err(TokenFailure::Unauthorized)),
    ]
}

fn age() -> impl Strategy<Value = u32> {
    prop_oneof![3 => Just(0), 1 => 1..5u32]
}

fn event() -> impl Strategy<Value = Event> {
    let app = vec![Input::Open, Input::Open, Input::Open, Input::Reconnect, Input::Close { code: 1000 }];
    let mut page = vec![Input::Tick, Input::Online, Input::Offline, Input::Wake, Input::PageHidden, Input::PageShown];
    page.extend([true, false].map(|visible| Input::Visibility { visible }));
    let forward = vec![0, 1, 249, 800, SECOND, 9_999, 10 * SECOND, 15 * SECOND, MINUTE, HOUR, 8 * HOUR];
    let code = vec![1000, 1001, 1002, 1006, 1008, 1009, 1011, 4401, 4403];
    prop_oneof![
        4 => prop::sample::select(app).prop_map(Event::App),
        4 => prop::sample::select(page).prop_map(Event::Page),
        3 => (age(), answered()).prop_map(|(age, result)| Event::Token { age, result }),
        1 => age().prop_map(|age| Event::Locked { age }),
        1 => age().prop_map(|age| Event::Opened { age }),
        3 => (age(), prop::sample::select(code)).prop_map(|(age, code)| Event::Lost { age, code }),
        2 => (age(), prop::sample::select(vec![Kind::Event, Kind::GatewayError, Kind::Pong, Kind::Control]))
            .prop_map(|(age, kind)| Event::Frame { age, kind }),
        10 => Just(Event::Answer),
        3 => Just(Event::TickAtDeadline),
        4 => (0..30usize, prop::bool::weighted(0.8)).prop_map(|(length, writable)| Event::Send { length, writable }),
        4 => prop::sample::select(forward).prop_map(Event::Forward),
        1 => prop::sample::select(vec![1, SECOND, HOUR, 9 * HOUR]).prop_map(Event::Back),
        1 => random().prop_map(Event::Random),
        1 => prop::option::of(Just(Kind::Pong)).prop_map(Event::ServerAnswers),
    ]
}

/// In 0..1 as promised, and outside of it as no source should be.
fn random() -> impl Strategy<Value = f64> {
    prop::sample::select(vec![0.0, 0.25, 0.5, 0.999, 1.0, 2.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY])
}

#[derive(Clone, Copy, Debug)]
struct Settings {
    token: bool,
    messages: usize,
    bytes: usize,
    lifetime: Millis,
    overflow: Overflow,
    spread: Millis,
    expect: Expect,
    rotation: Rotation,
    overlap: Millis,
}

fn rotation() -> impl Strategy<Value = (Rotation, Millis)> {
    let age =
        prop::sample::select(vec![Some(100), Some(SECOND), Some(15 * SECOND), Some(5 * MINUTE), Some(HOUR), None]);
    let overlap = prop::sample::select(vec![0, SECOND, SECOND, MINUTE]);
    (age, overlap, prop::bool::weighted(0.3)).prop_map(|(age, overlap, before_expiry)| {
        let rotation = Rotation::new().with_overlap(overlap);
        let rotation = if before_expiry { rotation.with_before_expiry() } else { rotation };
        (age.map_or(rotation.without_age(), |age| rotation.with_age(age, 2 * age)), overlap)
    })
}

fn settings() -> impl Strategy<Value = Settings> {
    let queue = (
        0..5usize,
        0..60usize,
        prop::sample::select(vec![1, SECOND, MINUTE]),
        prop::sample::select(vec![Overflow::DropOldest, Overflow::DropNewest]),
    );
    let expect = prop_oneof![4 => Just(Expect::Learn), 1 => Just(Expect::Always), 1 => Just(Expect::Never)];
    (prop::bool::weighted(0.8), queue, prop::sample::select(vec![0, 5_000]), expect, rotation()).prop_map(
        |(token, (messages, bytes, lifetime, overflow), spread, expect, (rotation, overlap))| Settings {
            token,
            messages,
            bytes,
            lifetime,
            overflow,
            spread,
            expect,
            rotation,
            overlap,
        },
    )
}

fn host(settings: Settings) -> Host {
    let queue = SendQueue::new()
        .with_messages(settings.messages)
        .with_bytes(settings.bytes)
        .with_lifetime(settings.lifetime)
        .with_overflow(settings.overflow)
        .with_largest(25);
    let config = Config::new()
        .with_send_queue(queue)
        .with_backoff(Backoff::new().with_spread(settings.spread))
        .with_liveness(Liveness::new().with_expect(settings.expect))
        .with_rotation(settings.rotation);
    let mut host = Host::new(if settings.token { config } else { config.without_token() });
    host.ledger.lifetime = settings.lifetime;
    host.ledger.longest_first_wait = 800 + settings.spread;
    host.ledger.overlap = settings.overlap;
    host.ledger.expects_pongs = settings.expect == Expect::Always;
    host
}

fn happen(host: &mut Host, event: Event) {
    let newest = host.ledger.generation;
    let input = match event {
        Event::App(input) | Event::Page(input) => input,
        Event::Token { age, result } => Input::Token { generation: newest.wrapping_sub(age), result },
        Event::Locked { age } => Input::Locked { generation: newest.wrapping_sub(age) },
        Event::Opened { age } => Input::Opened { generation: newest.wrapping_sub(age) },
        Event::Lost { age, code } => Input::Lost { generation: newest.wrapping_sub(age), code },
        Event::Frame { age, kind } => {
            Input::Frame { generation: newest.wrapping_sub(age), frame: Frame { kind, payload: 7 } }
        }
        Event::Answer => {
            host.answer();
            return;
        }
        Event::TickAtDeadline => {
            host.now = host.now.max(host.machine.deadline().unwrap_or(host.now));
            Input::Tick
        }
        Event::Send { length, writable } => {
            let result = host.send_while(length, writable);
            assert_eq!(result.is_err(), length > 25);
            return;
        }
        Event::Forward(time) => {
            host.now += time;
            return;
        }
        Event::Back(time) => {
            host.now -= time;
            return;
        }
        Event::Random(number) => return host.random_is(number),
        Event::ServerAnswers(kind) => {
            host.server.answers = kind;
            return;
        }
    };
    host.feed(input);
}

/// A fair world: the source mints, the server accepts, timers are punctual. The app and the page say what they must.
fn lead_to_a_connection(host: &mut Host) {
    host.random_is(1.0);
    host.server.answers = Some(Kind::Pong);
    match host.state() {
        State::Idle | State::AuthRequired | State::Closed => host.feed(Input::Open),
        State::Offline if host.status().until.is_none() => host.feed(Input::PageShown),
        _ => {}
    }
    // Whoever set the clock back did not tell the machine, but the next timer does.
    host.feed(Input::Tick);
    let began = host.now;
    for _ in 0..50 {
        host.settle();
        if host.machine.live().is_some() {
            assert!(host.now - began <= 2 * MINUTE, "it took {} ms", host.now - began);
            return;
        }
        host.now = host.now.max(host.machine.deadline().expect("somebody wakes a client that waits"));
        host.feed(Input::Tick);
    }
    panic!("no connection in a fair world: {:?}", host.status());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The harness's ledger checks every effect: sockets, lock, questions, messages, waits, reports.
    #[test]
    fn the_books_balance_and_a_fair_world_leads_to_a_connection(
        settings in settings(),
        events in prop::collection::vec(event(), 0..120),
    ) {
        let mut host = host(settings);
        for event in events {
            happen(&mut host, event);
            let (messages, bytes) = host.ledger.waiting_messages();
            prop_assert!(messages <= settings.messages && bytes <= settings.bytes);
        }
        lead_to_a_connection(&mut host);
        // What an unfair world left behind, an unanswered ping or a token that was refused, is over after a minute.
        host.pass(MINUTE);
        let reports = host.ledger.reports.len();
        host.pass(20 * SECOND);
        for (_, status) in &host.ledger.reports[reports..] {
            prop_assert!(matches!(status.state, State::Open | State::Rotating), "not kept: {:?}", status);
        }
        host.feed(Input::Close { code: 1000 });
        prop_assert_eq!(host.machine.deadline(), None);
        prop_assert_eq!(host.ledger.waiting_messages(), (0, 0));
        prop_assert!(host.ledger.transmitted.is_sorted(), "in the order in which they were sent");
    }

    #[test]
    fn inputs_of_an_old_generation_change_nothing_in_any_state(
        settings in settings(),
        events in prop::collection::vec(event(), 0..60),
        age in 0..10u32,
        result in answered(),
    ) {
        let mut host = host(settings);
        for event in events {
            happen(&mut host, event);
        }
        host.feed(Input::Tick);
        let before = format!("{:?}", host.machine);
        let effects = host.ledger.effects.len();
        let generation = host.ledger.generation.wrapping_sub(age);
        let socket = host.ledger.sockets.iter().find(|socket| socket.generation == generation).copied();
        let asks = host.ledger.question.is_some_and(|(_, of)| of == generation);
        if asks || socket.is_some_and(|socket| !socket.open) {
            return Ok(());
        }
        let mut over = vec![Event::Token { age, result }, Event::Locked { age }, Event::Opened { age }];
        if socket.is_none() {
            over.extend([Event::Lost { age, code: 4401 }, Event::Frame { age, kind: Kind::Pong }]);
            over.push(Event::Frame { age, kind: Kind::Event });
        }
        for event in over {
            happen(&mut host, event.clone());
            prop_assert_eq!(&format!("{:?}", host.machine), &before, "{:?}", event);
            prop_assert_eq!(host.ledger.effects.len(), effects);
        }
    }

    /// A host that obeys `deadline()` never spins. (A wait of no time at all makes two ticks of one moment useful.)
    #[test]
    fn ticks_at_the_deadline_move_the_deadline(
        settings in settings(),
        events in prop::collection::vec(event(), 0..60),
    ) {
        let mut host = host(settings);
        for event in events {
            happen(&mut host, event);
        }
        for _ in 0..20 {
            host.feed(Input::Tick);
            host.feed(Input::Tick);
            let Some(deadline) = host.machine.deadline() else { break };
            prop_assert!(deadline > host.now, "{} is not after {}", deadline, host.now);
            host.now = deadline;
        }
    }

    #[test]
    fn no_clock_and_no_setting_makes_it_panic(
        times in prop::collection::vec((event(), prop_oneof![Just(0), Just(u64::MAX), any::<u64>()]), 0..60),
        extremes in prop::collection::vec(prop_oneof![Just(0), Just(1), Just(u64::MAX), any::<u64>()], 17),
        percent in any::<u8>(),
        size in prop_oneof![Just(0), Just(usize::MAX), any::<usize>()],
        random in random(),
    ) {
        let backoff = Backoff::new().with_first(extremes[0]).with_spread(extremes[1]).with_floor(extremes[2]);
        let config = Config::new()
            .with_backoff(backoff.with_base(extremes[3]).with_cap(extremes[4]))
            .with_leeway(Leeway::new().with_most(extremes[5]).with_percent(percent))
            .with_send_queue(SendQueue::new().with_lifetime(extremes[6]).with_bytes(size).with_largest(size))
            .with_provider_timeout(extremes[7])
            .with_connect_timeout(extremes[8], extremes[9])
            .with_stable_after(extremes[10])
            .with_liveness(
                Liveness::new().with_silence(extremes[11]).with_hidden_silence(extremes[12]).with_deadline(extremes[13]),
            )
            .with_rotation(
                Rotation::new().with_age(extremes[14], extremes[15]).with_overlap(extremes[16]).with_before_expiry(),
            );
        let mut machine = Machine::<u32, u32>::new(config);
        let mut effects = Effects::new();
        for (event, now) in times {
            let generation = effects.iter().rev().find_map(|effect| match effect {
                Effect::GetToken { generation }
                | Effect::AcquireLock { generation }
                | Effect::RefreshToken { generation, .. }
                | Effect::OpenSocket { generation } => Some(*generation),
                _ => None,
            });
            let generation = generation.unwrap_or(0);
            let input = match event {
                Event::App(input) | Event::Page(input) => input,
                Event::Token { result, .. } => Input::Token { generation, result },
                Event::Lost { code, .. } => Input::Lost { generation, code },
                Event::Frame { kind, .. } => Input::Frame { generation, frame: Frame { kind, payload: 7 } },
                Event::Send { length, .. } => {
                    let length = if length % 2 == 0 { size } else { length };
                    let _ = machine.send(1, length, true, now, &mut effects);
                    continue;
                }
                Event::Answer => Input::Opened { generation },
                _ => Input::Locked { generation },
            };
            machine.step(input, now, &mut || random, &mut effects);
            let _ = machine.deadline();
        }
    }
}
