//! What the browser says of its network and of the page.

use super::{Machine, Phase, Random};
use crate::backoff::portion;
use crate::{Effects, Millis, Reason};

/// The wait that a wake signal leaves of a longer one is random up to this, so that a room of waking tabs spreads.
const WAKE_JITTER: Millis = 1_000;

impl<In, Out> Machine<In, Out> {
    pub(super) fn wake(&mut self, now: Millis, random: Random<'_>, effects: &mut Effects<In, Out>) {
        let until = match self.phase {
            Phase::Waiting { until } => until,
            Phase::Offline { until: Some(until) } if self.online => until,
            _ => return self.probe(now, effects),
        };
        self.woken = true;
        let soon = now.saturating_add(portion(WAKE_JITTER, random()));
        self.enter(Phase::Waiting { until: until.min(soon) }, Reason::Wake);
    }

    pub(super) fn visibility(
        &mut self,
        visible: bool,
        now: Millis,
        random: Random<'_>,
        effects: &mut Effects<In, Out>,
    ) {
        self.visible = visible;
        if !visible {
            return;
        }
        self.wake(now, random, effects);
        // A visible page bears less silence than a hidden one.
        self.ping_if_silent(now, effects);
    }

    pub(super) fn offline(&mut self, now: Millis, effects: &mut Effects<In, Out>) {
        self.online = false;
        // An attempt under way or an open socket finds out for itself: "offline" of one network need not mean ours.
        if matches!(self.phase, Phase::Waiting { .. }) {
            let cap = self.config.backoff.cap();
            self.enter(Phase::Offline { until: Some(now.saturating_add(cap)) }, Reason::NetworkLost);
        } else {
            self.probe(now, effects);
        }
    }

    pub(super) fn page_hidden(&mut self, effects: &mut Effects<In, Out>) {
        if !matches!(self.phase, Phase::Idle | Phase::AuthRequired | Phase::Closed) {
            self.give_up_attempt(1000, effects);
            self.enter(Phase::Offline { until: None }, Reason::PageHidden);
        }
    }

    pub(super) fn page_shown(&mut self, now: Millis, effects: &mut Effects<In, Out>) {
        if self.phase == (Phase::Offline { until: None }) {
            self.woken = true;
            self.prepare(Reason::PageShown, now, effects);
        }
    }
}
