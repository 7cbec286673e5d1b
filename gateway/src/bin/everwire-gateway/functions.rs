//! The functions that the file names, and where they run.

use std::collections::BTreeMap;
use std::time::Duration;

use everwire_gateway::Invoke;

use crate::file::{Entry, Located, Section};

/// The functions by the names that the file gives them.
pub(crate) struct Functions {
    /// None for a function that has a mistake of its own.
    by_name: BTreeMap<String, Option<Invoke>>,
}

impl Functions {
    /// Reads the table of functions; `timeout` applies to each.
    pub(crate) fn read(section: Option<Section<'_>>, timeout: Option<&Located<Duration>>) -> Self {
        let Some(section) = section else { return Self { by_name: BTreeMap::new() } };
        let read = |(name, entry): (String, Entry<'_, '_>)| {
            let endpoint = entry.string();
            let invoke = endpoint.and_then(|endpoint| match Invoke::new(&endpoint.value, &name) {
                Ok(invoke) => Some(match timeout {
                    Some(timeout) => invoke.timeout(timeout.value),
                    None => invoke,
                }),
                Err(invalid) => {
                    section.reject(&endpoint, invalid.to_string());
                    None
                }
            });
            (name, invoke)
        };
        Self { by_name: section.entries().into_iter().map(read).collect() }
    }

    /// The function of a name, else a mistake at the place of the name.
    pub(crate) fn find(&self, section: &Section<'_>, name: &Located<String>) -> Option<Invoke> {
        if let Some(invoke) = self.by_name.get(&name.value) {
            return invoke.clone();
        }
        let known = match self.by_name.is_empty() {
            true => "none".to_owned(),
            false => self.by_name.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        };
        section.reject(name, format!("no function is named {:?}; [functions] has {known}", name.value));
        None
    }
}
