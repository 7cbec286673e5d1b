//! Text from outside, made safe for a log line.

/// At most this many characters of a foreign text are logged.
const SHOWN: usize = 64;

/// A foreign text for a log field: escaped, so that line breaks and terminal sequences stay harmless, and cut.
pub(crate) fn shown(text: &str) -> String {
    let mut cut = text.char_indices().map(|(at, _)| at).skip(SHOWN);
    match cut.next() {
        Some(at) => format!("{}…", text[..at].escape_debug()),
        None => text.escape_debug().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_forge_a_line_or_move_the_cursor() {
        assert_eq!(shown("a\r\nERROR all is lost"), "a\\r\\nERROR all is lost");
        assert_eq!(shown("\u{1b}[2Jgone"), "\\u{1b}[2Jgone");
        assert_eq!(shown("\u{202e}txt.exe"), "\\u{202e}txt.exe");
        assert_eq!(shown("PJqB0fHsqRcCHlw="), "PJqB0fHsqRcCHlw=");
    }

    #[test]
    fn foreign_text_is_cut_between_characters() {
        assert_eq!(shown(&"ä".repeat(64)), "ä".repeat(64));
        assert_eq!(shown(&"ä".repeat(65)), format!("{}…", "ä".repeat(64)));
    }
}
