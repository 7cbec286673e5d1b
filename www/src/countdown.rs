//! "next attempt in 3.4 s", there only while a wait is on.

use gloo_timers::callback::Interval;
use js_sys::Date;
use yew::prelude::*;

const TICK_MS: u32 = 100;

#[derive(PartialEq, Properties)]
pub(crate) struct CountdownProps {
    /// The end of the wait, in milliseconds since the epoch.
    pub(crate) until: u64,
}

/// Stands outside the live region: nobody wants ten readings a second.
#[component]
pub(crate) fn Countdown(props: &CountdownProps) -> Html {
    let now = use_state(Date::now);
    use_effect_with((), {
        let now = now.clone();
        move |()| {
            let ticks = Interval::new(TICK_MS, move || now.set(Date::now()));
            move || drop(ticks)
        }
    });
    html! {
        <>{ "next attempt in " }<span data-testid="countdown">{ remaining(props.until as f64, *now) }</span></>
    }
}

/// What is left until then, in seconds with one decimal; never below zero.
fn remaining(until: f64, now: f64) -> String {
    format!("{:.1} s", (until - now).max(0.0) / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::remaining;

    #[test]
    fn the_remaining_time_has_one_decimal_and_stops_at_zero() {
        for (until, now, text) in [(3_400.0, 0.0, "3.4 s"), (12_340.0, 40.0, "12.3 s"), (1_000.0, 1_001.0, "0.0 s")] {
            assert_eq!(remaining(until, now), text);
        }
    }
}
