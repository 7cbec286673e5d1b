//! Times as people write them: `250ms`, `29s`, `10m`, `2h`.

use std::time::Duration;

/// Reads a whole number and its unit.
///
/// # Errors
///
/// How to write it.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let millis = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(explain(text)),
    };
    let number: u64 = number.parse().map_err(|_| explain(text))?;
    number.checked_mul(millis).map(Duration::from_millis).ok_or_else(|| explain(text))
}

fn explain(text: &str) -> String {
    format!("{text:?} is no time: write a whole number and ms, s, m or h, for example \"250ms\" or \"10m\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit_make_a_time() {
        for (text, millis) in
            [("250ms", 250), ("0s", 0), ("29s", 29_000), ("10m", 600_000), ("2h", 7_200_000), ("007s", 7_000)]
        {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_explained() {
        for text in
            ["", "10", "s", "1.5s", "-1s", "10 s", "10S", "1d", "18446744073709551616ms", "18446744073709551615h"]
        {
            assert!(parse(text).is_err_and(|said| said.starts_with(&format!("{text:?}"))), "{text}");
        }
    }
}
