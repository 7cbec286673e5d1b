//! Names with one or more values, as events carry headers and query parameters: once with the last value, once with all.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

/// Names in the order they came, each with its values in the order they came.
#[derive(Clone, Default)]
pub(crate) struct Fields(Vec<(String, Vec<String>)>);

impl Fields {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a value to the first entry whose name is the same by `same`, else makes a new entry.
    pub(crate) fn add(&mut self, name: String, value: String, same: impl Fn(&str, &str) -> bool) {
        match self.0.iter_mut().find(|(known, _)| same(known, &name)) {
            Some((_, values)) => values.push(value),
            None => self.0.push((name, vec![value])),
        }
    }

    /// Sets the one value of a new entry.
    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.0.push((name.to_owned(), vec![value]));
    }

    /// The last value of a name (API Gateway's rule for a repeated one).
    pub(crate) fn last(&self, name: &str) -> Option<&str> {
        self.last_by(|known| known == name)
    }

    /// The last value of the first entry whose name fits.
    pub(crate) fn last_by(&self, fits: impl Fn(&str) -> bool) -> Option<&str> {
        let (_, values) = self.0.iter().find(|(known, _)| fits(known))?;
        values.last().map(String::as_str)
    }

    /// The same names, each with one value made of its values.
    pub(crate) fn reduced(&self, reduce: impl Fn(&[String]) -> String) -> Self {
        Self(self.0.iter().map(|(name, values)| (name.clone(), vec![reduce(values)])).collect())
    }

    /// As an object of name to last value.
    pub(crate) fn single(&self) -> Single<'_> {
        Single(self)
    }

    /// As an object of name to array of values.
    pub(crate) fn multi(&self) -> Multi<'_> {
        Multi(self)
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Single<'a>(&'a Fields);

impl Serialize for Single<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.0.len()))?;
        for (name, values) in &self.0.0 {
            map.serialize_entry(name, values.last().map_or("", String::as_str))?;
        }
        map.end()
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Multi<'a>(&'a Fields);

impl Serialize for Multi<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.0.iter().map(|(name, values)| (name, values)))
    }
}
