//! What a connection id may look like.

/// Whether a text can be a connection id.
///
/// API Gateway's are 16 characters of padded base64url. They are opaque, so any length up to 128 and any order goes; but nothing that
/// means something in a URL, where the id ends up.
pub(crate) fn is_connection_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_the_gateway_pass_and_paths_do_not() {
        for id in ["PJqB0fHsqRcCHlw=", "BFaT_fALIAMCKug=", "JC1dgf9yoAMCK-g=", "a"] {
            assert!(is_connection_id(id), "{id}");
        }
        let long = "a".repeat(129);
        for id in ["", "../../other", "a/b", "a%2Fb", "a?b", "a#b", "a b", "a\n", "a\0", "ä", ".", &long] {
            assert!(!is_connection_id(id), "{id:?}");
        }
    }
}
