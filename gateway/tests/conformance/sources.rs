//! Finding tests in the sources, in three languages.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Where the files of a place are, and how their names end.
const PLACES: [(&str, &str, &str); 7] = [
    ("black_box", "gateway/tests/black_box", "rs"),
    ("binary", "gateway/tests/binary", "rs"),
    ("bounds", "gateway/tests/bounds", "rs"),
    ("src", "gateway/src", "rs"),
    ("interop", "tests/interop", "test.mjs"),
    ("boto3", "tests/boto3", "py"),
    ("powertools", "tests/powertools", "py"),
];

/// The sources, each read once.
pub(crate) struct Sources {
    root: PathBuf,
    texts: HashMap<PathBuf, String>,
}

impl Sources {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), texts: HashMap::new() }
    }

    /// Whether a test `PLACE/FILE::NAME` is there.
    pub(crate) fn has(&mut self, test: &str) -> bool {
        let Some((file, name)) = test.split_once("::") else { return false };
        let Some((place, file)) = file.split_once('/') else { return false };
        let Some((_, folder, ending)) = PLACES.iter().find(|(known, ..)| *known == place) else { return false };
        let path = self.root.join(folder).join(format!("{file}.{ending}"));
        let text = self.texts.entry(path.clone()).or_insert_with(|| std::fs::read_to_string(path).unwrap_or_default());
        match *ending {
            "rs" => is_test_in_rust(text, name),
            "py" => name.starts_with("test") && text.lines().any(|line| is_method(line, name)),
            _ => text.lines().any(|line| line.starts_with(&format!("test({name:?}, "))),
        }
    }
}

/// A function of that name with a test's attribute before it.
fn is_test_in_rust(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let is_function = |line: &str| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        line.strip_prefix("fn ").and_then(|line| line.strip_prefix(name)).is_some_and(|rest| rest.starts_with('('))
    };
    lines.iter().enumerate().any(|(index, line)| {
        let attributes = || lines[..index].iter().rev().take_while(|line| line.starts_with("#["));
        is_function(line) && attributes().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
    })
}

fn is_method(line: &str, name: &str) -> bool {
    line.trim().strip_prefix("def ").and_then(|line| line.strip_prefix(name)).is_some_and(|rest| rest.starts_with('('))
}
