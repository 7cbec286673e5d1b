//! Reading a TOML file so that every mistake is told with its key and line, and not only the first.

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::duration;

/// A value and where it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    /// The path of its key, such as `routes.$default`; or a flag.
    pub(crate) key: String,
    /// None where the file does not say it.
    pub(crate) line: Option<usize>,
}

/// What is wrong at one place of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mistake {
    line: usize,
    key: String,
    text: String,
}

/// Everything that is wrong with a file; shown as a line each, in the order of the file.
#[derive(Debug, thiserror::Error)]
pub(crate) struct Mistakes {
    path: PathBuf,
    list: Vec<Mistake>,
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Mistake { line, key, text }) in self.list.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            let colon = if key.is_empty() { "" } else { ": " };
            write!(f, "{end}{}:{line}: {key}{colon}{text}", self.path.display())?;
        }
        Ok(())
    }
}

/// A file that is being read.
#[derive(Debug)]
pub(crate) struct File<'t> {
    path: &'t Path,
    text: &'t str,
    mistakes: RefCell<Vec<Mistake>>,
}

impl<'t> File<'t> {
    pub(crate) fn new(path: &'t Path, text: &'t str) -> Self {
        Self { path, text, mistakes: RefCell::default() }
    }

    /// Reads the whole of it by `read`, which is given its outermost table.
    ///
    /// # Errors
    ///
    /// Everything that `read` complained about, or that the text is not TOML.
    pub(crate) fn read<T>(&self, read: impl FnOnce(Section<'_>) -> T) -> Result<T, Mistakes> {
        let value = match DeTable::parse(self.text) {
            Ok(table) => Some(read(Section {
                file: self,
                path: String::new(),
                line: Some(1),
                table: table.get_ref(),
                asked: Vec::new(),
            })),
            Err(error) => {
                let line = self.line(error.span().map_or(0, |span| span.start));
                self.mistake(line, "", error.message().replace('\n', ", "));
                None
            }
        };
        match value {
            Some(value) if self.mistakes.borrow().is_empty() => Ok(value),
            _ => Err(self.mistakes()),
        }
    }

    /// The file is wrong at this place, as it turned out later.
    pub(crate) fn reject<T>(&self, place: &Located<T>, text: impl Into<String>) -> Mistakes {
        self.mistake(place.line, &place.key, text);
        self.mistakes()
    }

    fn mistakes(&self) -> Mistakes {
        let mut list = self.mistakes.take();
        list.sort_by_key(|mistake| mistake.line);
        Mistakes { path: self.path.to_owned(), list }
    }

    fn mistake(&self, line: Option<usize>, key: &str, text: impl Into<String>) {
        let line = line.unwrap_or(1);
        self.mistakes.borrow_mut().push(Mistake { line, key: key.to_owned(), text: text.into() });
    }

    fn line(&self, offset: usize) -> Option<usize> {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        Some(before.iter().filter(|byte| **byte == b'\n').count() + 1)
    }
}

/// A table of the file. Keys that nobody asked for are mistakes.
#[derive(Debug)]
pub(crate) struct Section<'f> {
    file: &'f File<'f>,
    path: String,
    line: Option<usize>,
    table: &'f DeTable<'f>,
    asked: Vec<&'static str>,
}

impl<'f> Section<'f> {
    pub(crate) fn string(&mut self, key: &'static str) -> Option<Located<String>> {
        let value = self.take(key)?;
        self.read_string(value)
    }

    /// A text that must be there.
    pub(crate) fn required_string(&mut self, key: &'static str) -> Option<Located<String>> {
        self.require(key)?;
        self.string(key)
    }

    /// A text or several in brackets, at least one.
    pub(crate) fn required_strings(&mut self, key: &'static str) -> Option<Vec<Located<String>>> {
        self.require(key)?;
        let value = self.take(key)?;
        let Some(items) = value.value.as_array() else { return self.read_string(value).map(|text| vec![text]) };
        if items.is_empty() {
            self.file.mistake(value.line, &value.key, "must have at least one text");
        }
        let place = |item: &'f Spanned<DeValue<'f>>| Located {
            value: item.get_ref(),
            key: value.key.clone(),
            line: self.file.line(item.span().start),
        };
        items.iter().map(|item| self.read_string(place(item))).collect()
    }

    pub(crate) fn port(&mut self, key: &'static str) -> Option<u16> {
        self.integer(key, "a port, a number from 0 to 65535").map(|port| port.value)
    }

    /// A whole number; `wanted` says which.
    pub(crate) fn integer<T: TryFrom<i64>>(&mut self, key: &'static str, wanted: &str) -> Option<Located<T>> {
        let value = self.take(key)?;
        let number =
            value.value.as_integer().and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
        self.expect(value, number.and_then(|number| T::try_from(number).ok()), wanted)
    }

    /// A number with or without a fraction.
    pub(crate) fn number(&mut self, key: &'static str) -> Option<Located<f64>> {
        let value = self.take(key)?;
        let text = match value.value {
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str()),
            DeValue::Float(number) => Some(number.as_str()),
            _ => None,
        };
        self.expect(value, text.and_then(|text| text.parse().ok()), "a number")
    }

    pub(crate) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let value = self.take(key)?;
        let flag = value.value.as_bool();
        self.expect(value, flag, "true or false").map(|flag| flag.value)
    }

    pub(crate) fn duration(&mut self, key: &'static str) -> Option<Located<Duration>> {
        let value = self.take(key)?;
        let text = value.value.as_str();
        let text = self.expect(value, text, "a time with its unit, for example \"10m\"")?;
        match duration::parse(text.value) {
            Ok(time) => Some(Located { value: time, key: text.key, line: text.line }),
            Err(explained) => {
                self.file.mistake(text.line, &text.key, explained);
                None
            }
        }
    }

    pub(crate) fn section(&mut self, key: &'static str) -> Option<Section<'f>> {
        let value = self.take(key)?;
        self.read_section(value)
    }

    /// All values of a table whose keys are names of the user's own.
    pub(crate) fn entries(&self) -> Vec<(String, Entry<'_, 'f>)> {
        let entries = self.table.iter();
        entries
            .map(|(key, value)| (key.get_ref().to_string(), Entry { section: self, value: self.located(key, value) }))
            .collect()
    }

    /// A value can be read but not be used.
    pub(crate) fn reject<T>(&self, place: &Located<T>, text: impl Into<String>) {
        self.file.mistake(place.line, &place.key, text);
    }

    /// Every key that was not asked for is a mistake.
    pub(crate) fn finish(self) {
        for (key, value) in self.table.iter().filter(|(key, _)| !self.asked.contains(&key.get_ref().as_ref())) {
            let Located { key, line, .. } = self.located(key, value);
            self.file.mistake(line, &key, format!("unknown key; known here are {}", self.asked.join(", ")));
        }
    }

    /// Complains if a key is not there.
    fn require(&mut self, key: &'static str) -> Option<()> {
        if self.table.contains_key(key) {
            return Some(());
        }
        self.asked.push(key);
        self.file.mistake(self.line, &self.path, format!("`{key}` is missing"));
        None
    }

    fn take(&mut self, key: &'static str) -> Option<Located<&'f DeValue<'f>>> {
        self.asked.push(key);
        let (key, value) = self.table.get_key_value(key)?;
        Some(self.located(key, value))
    }

    fn located(
        &self,
        key: &Spanned<std::borrow::Cow<'f, str>>,
        value: &'f Spanned<DeValue<'f>>,
    ) -> Located<&'f DeValue<'f>> {
        let name = key.get_ref();
        let path = if self.path.is_empty() { name.to_string() } else { format!("{}.{name}", self.path) };
        Located { value: value.get_ref(), key: path, line: self.file.line(key.span().start) }
    }

    fn read_string(&self, value: Located<&'f DeValue<'f>>) -> Option<Located<String>> {
        let text = value.value.as_str().map(str::to_owned);
        self.expect(value, text, "a text in quotes")
    }

    fn read_section(&self, value: Located<&'f DeValue<'f>>) -> Option<Section<'f>> {
        let table = value.value.as_table();
        let table = self.expect(value, table, "a table")?;
        Some(Section { file: self.file, path: table.key, line: table.line, table: table.value, asked: Vec::new() })
    }

    fn expect<T>(&self, place: Located<&DeValue<'_>>, value: Option<T>, wanted: &str) -> Option<Located<T>> {
        let Located { key, line, .. } = place;
        if let Some(value) = value {
            return Some(Located { value, key, line });
        }
        self.file.mistake(line, &key, format!("must be {wanted}"));
        None
    }
}

/// A value under a name of the user's own.
#[derive(Debug)]
pub(crate) struct Entry<'s, 'f> {
    section: &'s Section<'f>,
    value: Located<&'f DeValue<'f>>,
}

impl<'f> Entry<'_, 'f> {
    /// Where it stands, with its name.
    pub(crate) fn place(&self, name: String) -> Located<String> {
        Located { value: name, key: self.value.key.clone(), line: self.value.line }
    }

    /// It must be a text.
    pub(crate) fn string(self) -> Option<Located<String>> {
        self.section.read_string(self.value)
    }

    /// It may be a text, or else a table.
    pub(crate) fn string_or_section(self) -> Option<Result<Located<String>, Section<'f>>> {
        if self.value.value.is_table() { self.section.read_section(self.value).map(Err) } else { self.string().map(Ok) }
    }
}
