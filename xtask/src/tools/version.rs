//! Reading a version out of what a program prints.

/// The first dotted number of a text: `v20.20.2` gives `[20, 20, 2]`.
pub(super) fn parse(text: &str) -> Option<Vec<u32>> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let rest = &text[start..];
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    rest[..end].trim_end_matches('.').split('.').map(|part| part.parse().ok()).collect()
}

/// The first part of that number.
pub(super) fn major(text: &str) -> Option<u32> {
    parse(text)?.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_print() {
        for (text, version) in [
            ("v20.20.2\n", Some(vec![20, 20, 2])),
            ("Chromium 141.0.7390.65 built on Debian", Some(vec![141, 0, 7390, 65])),
            ("ChromeDriver 141.0.7390.65 (hash)", Some(vec![141, 0, 7390, 65])),
            ("wasm-opt version 132.", Some(vec![132])),
            ("", None),
            ("no number", None),
            ("1..2", None),
            ("99999999999999", None),
        ] {
            assert_eq!(parse(text), version, "{text}");
        }
        assert_eq!(major("v20.20.2"), Some(20));
    }
}
