use crate::Millis;

/// How long to wait before a reconnect. Every wait is random over its whole range ("full jitter"), at the cap too:
/// clients that lost one gateway at one moment must not come back at one moment.
///
/// # Default
///
/// | part | value |
/// |---|---|
/// | `first` | 800 ms: after a stable session the wait is random in 0..800 ms, plus the server's `spread` |
/// | `floor` | 250 ms, added to every later wait |
/// | `base`, `cap` | later wait `n` is random in 0..min(30 s, 2 s · 2ⁿ) |
///
/// ```
/// use everwire_core::Backoff;
///
/// let patient = Backoff::new().with_cap(120_000);
/// assert_eq!(patient.later(30, 1.0), 250 + 120_000);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Backoff {
    first: Millis,
    spread: Millis,
    floor: Millis,
    base: Millis,
    cap: Millis,
}

impl Backoff {
    /// The defaults above.
    pub const fn new() -> Self {
        Self { first: 800, spread: 0, floor: 250, base: 2_000, cap: 30_000 }
    }

    /// Sets the range of the first wait after a stable session, in milliseconds.
    #[must_use]
    pub const fn with_first(mut self, first: Millis) -> Self {
        self.first = first;
        self
    }

    /// Sets a further range of the first wait, in milliseconds, with which a server spreads a crowd that it cut.
    #[must_use]
    pub const fn with_spread(mut self, spread: Millis) -> Self {
        self.spread = spread;
        self
    }

    /// Sets what is added to every later wait, in milliseconds.
    #[must_use]
    pub const fn with_floor(mut self, floor: Millis) -> Self {
        self.floor = floor;
        self
    }

    /// Sets the range of the first of the later waits, in milliseconds; each further one doubles it up to the cap.
    #[must_use]
    pub const fn with_base(mut self, base: Millis) -> Self {
        self.base = base;
        self
    }

    /// Sets the largest range, in milliseconds.
    #[must_use]
    pub const fn with_cap(mut self, cap: Millis) -> Self {
        self.cap = cap;
        self
    }

    /// The longest range, in milliseconds.
    pub const fn cap(&self) -> Millis {
        self.cap
    }

    /// The wait before the first reconnect after a stable session. `a` and `b` are independent and in 0..1.
    pub fn first(&self, a: f64, b: f64) -> Millis {
        portion(self.first, a).saturating_add(portion(self.spread, b))
    }

    /// The wait after `n` earlier waits of this kind. `random` is in 0..1.
    pub fn later(&self, n: u32, random: f64) -> Millis {
        let range = if n < Millis::BITS { self.base.checked_mul(1 << n).unwrap_or(self.cap) } else { self.cap };
        self.floor.saturating_add(portion(range.min(self.cap), random))
    }

    /// The wait after something that a quick retry would only repeat: random in 0..cap, plus the floor.
    pub fn at_cap(&self, random: f64) -> Millis {
        self.floor.saturating_add(portion(self.cap, random))
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

/// A random part of a range. A source of randomness that breaks its promise (NaN, negative, above 1) costs jitter, not
/// correctness: the float-to-integer cast saturates, NaN becomes 0.
pub(crate) fn portion(range: Millis, random: f64) -> Millis {
    ((range as f64 * random) as Millis).min(range)
}
