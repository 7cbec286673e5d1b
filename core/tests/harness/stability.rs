use std::ops::RangeInclusive;

use everwire_core::Millis;

/// Whether a session stood for ten seconds, and no wait has followed yet.
#[derive(Clone, Copy, Default)]
pub(super) struct Stability {
    surely: bool,
    /// It stood, but it may have owed the client an answer all the time.
    perhaps: bool,
}

impl Stability {
    pub(super) fn note(&mut self, owes_an_answer: bool) {
        self.perhaps = true;
        self.surely |= !owes_an_answer;
    }

    /// How long the next wait may be, which uses it up.
    pub(super) fn take_bounds(&mut self, longest_first: Millis, at_cap: bool) -> RangeInclusive<Millis> {
        match std::mem::take(self) {
            Self { surely: true, .. } if !at_cap => 0..=longest_first,
            Self { perhaps: true, .. } if !at_cap => 0..=longest_first.max(30_250),
            _ => 250..=30_250,
        }
    }
}
