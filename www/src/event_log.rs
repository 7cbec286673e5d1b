//! The event log, newest first and bounded. Yew renders the payloads as text nodes, never as markup.

use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::Date;
use yew::prelude::*;

const MAX_ENTRIES: usize = 200;
const MAX_TEXT: usize = 500;

/// Where a line comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// The server.
    Event,
    /// This panel: its state, what it did.
    Client,
    /// Something that went wrong.
    Error,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Client => "client",
            Self::Error => "error",
        }
    }
}

/// A line of the log. Dispatch it to add it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    event: AttrValue,
    text: AttrValue,
    kind: Kind,
    at: f64,
}

impl Entry {
    pub(crate) fn event(event: impl Into<AttrValue>, text: &str) -> Self {
        Self::new(event.into(), text, Kind::Event)
    }

    pub(crate) fn client(event: impl Into<AttrValue>, text: &str) -> Self {
        Self::new(event.into(), text, Kind::Client)
    }

    pub(crate) fn error(event: impl Into<AttrValue>, text: &str) -> Self {
        Self::new(event.into(), text, Kind::Error)
    }

    fn new(event: AttrValue, text: &str, kind: Kind) -> Self {
        Self { event, text: shorten(text).into(), kind, at: Date::now() }
    }
}

/// A long payload cut to what a person reads.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
    }
}

/// The last 200 lines, the newest at the front.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Log {
    entries: VecDeque<(usize, Rc<Entry>)>,
    added: usize,
}

impl Reducible for Log {
    type Action = Entry;

    fn reduce(mut self: Rc<Self>, entry: Entry) -> Rc<Self> {
        let log = Rc::make_mut(&mut self);
        log.entries.push_front((log.added, Rc::new(entry)));
        log.entries.truncate(MAX_ENTRIES);
        log.added += 1;
        self
    }
}

/// What the parts of the panel add their lines with.
pub(crate) type LogDispatcher = UseReducerDispatcher<Log>;

#[derive(PartialEq, Properties)]
pub(crate) struct EventLogProps {
    pub(crate) log: UseReducerHandle<Log>,
}

#[component]
pub(crate) fn EventLog(props: &EventLogProps) -> Html {
    html! {
        <div class="log" role="region" tabindex="0" aria-label="Events of the Yew panel, newest first">
            <ol data-testid="log">
                { for props.log.entries.iter().map(|(id, entry)| line(*id, entry)) }
            </ol>
        </div>
    }
}

fn line(id: usize, entry: &Entry) -> Html {
    let at = Date::new(&entry.at.into());
    html! {
        <li key={id} data-event={entry.event.clone()} data-kind={entry.kind.as_str()}>
            <time datetime={String::from(at.to_iso_string())}>{ clock_time(&at) }</time>{ " " }
            <b>{ &entry.event }</b>{ " " }
            <span>{ &entry.text }</span>
        </li>
    }
}

/// Hour, minute, second and millisecond of the local day.
fn clock_time(at: &Date) -> String {
    format!("{:02}:{:02}:{:02}.{:03}", at.get_hours(), at.get_minutes(), at.get_seconds(), at.get_milliseconds())
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::{Entry, Kind, Log, MAX_ENTRIES, MAX_TEXT, shorten};
    use yew::Reducible;

    fn entry(text: &str) -> Entry {
        Entry { event: "echo".into(), text: text.to_owned().into(), kind: Kind::Event, at: 0.0 }
    }

    #[test]
    fn the_log_keeps_the_newest_200_entries_newest_first() {
        let log = (0..MAX_ENTRIES + 5).fold(Rc::new(Log::default()), |log, n| log.reduce(entry(&n.to_string())));
        assert_eq!(log.entries.len(), MAX_ENTRIES);
        assert_eq!(log.entries.front().map(|(_, entry)| entry.text.as_str()), Some("204"));
        assert_eq!(log.entries.back().map(|(_, entry)| entry.text.as_str()), Some("5"));
    }

    #[test]
    fn every_entry_has_a_key_of_its_own() {
        let log = [entry("same"), entry("same")].into_iter().fold(Rc::new(Log::default()), Log::reduce);
        assert_ne!(log.entries[0].0, log.entries[1].0);
    }

    #[test]
    fn a_long_payload_is_cut_at_a_character_and_says_how_long_it_was() {
        let text = "ü".repeat(MAX_TEXT + 1);
        let shown = shorten(&text);
        assert!(shown.ends_with("… (501 characters)"), "{shown}");
        assert_eq!(shown.chars().filter(|c| *c == 'ü').count(), MAX_TEXT);
        assert_eq!(shorten("short"), "short");
    }
}
