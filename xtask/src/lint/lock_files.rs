//! Lock files say what to install and not from which host: a mirror works as well as the registry itself.

use super::{Finding, Source};

const SETTING: &str = "omit-lockfile-registry-resolved=true";
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Every address in a lock file, and every lock file of npm that would get addresses at the next change.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    sources.iter().flat_map(|source| check_one(source, sources)).collect()
}

fn check_one(source: &Source, all: &[Source]) -> Vec<Finding> {
    let finding = |line: usize, what: &str| Finding { path: source.path.clone(), line, what: what.to_owned() };
    let lines = source.text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    let (folder, name) =
        source.path.rsplit_once('/').map_or(("", source.path.as_str()), |(folder, name)| (folder, name));
    match name {
        "package-lock.json" => {
            let settings = if folder.is_empty() { ".npmrc".to_owned() } else { format!("{folder}/.npmrc") };
            let set = all
                .iter()
                .any(|source| source.path == settings && source.text.lines().any(|line| line.trim() == SETTING));
            let missing = (!set).then(|| finding(1, &format!("no `.npmrc` beside it with `{SETTING}`")));
            let resolved = lines
                .filter(|(_, line)| line.starts_with("\"resolved\":"))
                .map(|(line, _)| finding(line, "`resolved` names a host: take the line out"));
            resolved.chain(missing).collect()
        }
        "Cargo.lock" => lines
            .filter(|(_, line)| line.starts_with("source = ") && !line.contains(CRATES_IO))
            .map(|(line, _)| finding(line, "a source that is not crates.io"))
            .collect(),
        "requirements.txt" => lines
            .filter(|(_, line)| line.starts_with('-') || line.contains("://"))
            .map(|(line, _)| finding(line, "an option or address: name packages and versions only"))
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    fn lines(sources: &[Source]) -> Vec<usize> {
        check(sources).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_planted_address_is_found() {
        let npmrc = source("a/.npmrc", "omit-lockfile-registry-resolved=true\n");
        let lock = source("a/package-lock.json", "{\n \"resolved\": \"https://host/x.tgz\",\n}");
        assert_eq!(lines(&[lock, npmrc]), [2]);
        assert_eq!(lines(&[source("Cargo.lock", "a\nsource = \"registry+https://host/index\"")]), [2]);
        assert_eq!(lines(&[source("t/requirements.txt", "boto3==1\n--index-url x\n")]), [2]);
    }

    #[test]
    fn a_lock_file_of_npm_needs_the_setting_beside_it() {
        assert_eq!(lines(&[source("package-lock.json", "{}")]), [1]);
        assert_eq!(lines(&[source("b/package-lock.json", "{}"), source("a/.npmrc", SETTING)]), [1]);
        assert!(lines(&[source("b/package-lock.json", "{}"), source("b/.npmrc", SETTING)]).is_empty());
    }

    #[test]
    fn a_clean_lock_file_passes() {
        let text = format!("source = \"{CRATES_IO}\"");
        assert!(lines(&[source("Cargo.lock", &text), source("r/requirements.txt", "boto3==1.44.8")]).is_empty());
    }
}
