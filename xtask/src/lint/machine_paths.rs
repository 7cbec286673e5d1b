//! No file names a path that exists on one machine only.

use std::env;
use std::path::Path;

use super::{Finding, Source};

/// Folders below which every person has another name.
const HOMES: [&str; 2] = ["home", "Users"];

/// The paths of the machine that runs this: its work tree and its user's home.
pub(super) fn of_this_machine(root: &Path) -> Vec<String> {
    let home = env::var("HOME").unwrap_or_default();
    // Anything shorter than two letters would match every absolute path.
    [root.display().to_string(), home].into_iter().filter(|path| path.len() > 2).collect()
}

/// Every line that holds a home folder of a person or one of `here`.
pub(super) fn check(sources: &[Source], here: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        for (index, line) in source.text.lines().enumerate() {
            if let Some(path) = machine_path(line, here) {
                findings.push(Finding {
                    path: source.path.clone(),
                    line: index + 1,
                    what: format!("{path}: write it relative to the repository, or use a temporary folder"),
                });
            }
        }
    }
    findings
}

fn machine_path(line: &str, here: &[String]) -> Option<String> {
    let own = here.iter().find(|path| holds_folder(line, path)).cloned();
    own.or_else(|| home_of_a_person(line))
}

/// `folder` itself or something below it, and not a longer name such as `/rooted` for `/root`.
fn holds_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !is_of_a_name(c) && c != '.') && line[at + folder.len()..].starts_with('/')
    })
}

fn home_of_a_person(line: &str) -> Option<String> {
    HOMES.iter().find_map(|homes| {
        let start = format!("/{homes}/");
        line.match_indices(&start).find_map(|(at, _)| {
            let before = line[..at].chars().next_back();
            let name: String = line[at + start.len()..].chars().take_while(|c| is_of_a_name(*c)).collect();
            let absolute = before.is_none_or(|c| !is_of_a_name(c) && c != '.');
            (absolute && !name.is_empty()).then(|| format!("{start}{name}"))
        })
    })
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Option<String> {
        machine_path(line, &["/srv/ann/everwire".to_owned()])
    }

    #[test]
    fn planted_paths_are_found() {
        // Put together here, or this file would be found itself.
        for (folder, path) in [("home", "ann"), ("Users", "Ann")] {
            let line = format!("let file = \"/{folder}/{path}/notes\";");
            assert_eq!(found(&line), Some(format!("/{folder}/{path}")));
        }
        assert!(found("see /srv/ann/everwire/pkg").is_some());
    }

    #[test]
    fn routes_modules_and_longer_names_are_no_paths_of_a_machine() {
        for line in
            ["GET api/home/page", "./home/page", "/srv/ann/everwired/x", "x/srv/ann/everwire/y", "/home/", "/tmp/x"]
        {
            assert_eq!(found(line), None, "{line}");
        }
    }
}
