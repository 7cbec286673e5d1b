/// What to do after an open socket was closed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Reconnect after the usual wait.
    Retry,
    /// Reconnect, but slowly: the server found a fault in what this client sends, and would find it again.
    RetryAtCap,
    /// The server refused the token: refresh it and try once more, then ask the user to sign in.
    Refresh,
}

/// The verdict on a close code that came from the other side.
///
/// | code | verdict | why |
/// |---|---|---|
/// | 1000 | retry | API Gateway's `DELETE @connections` closes so; only the app's own `close()` is an end |
/// | 1002, 1003, 1007, 1010 | retry at the cap | protocol error, data not accepted, not UTF-8, extension missing |
/// | 1008, 4401, 4403 | refresh | policy violation; the customary application codes for 401 and 403 |
/// | others | retry | 1001 (idle, two-hour limit, restart), 1006 (network), 1009 (one message too big), 1011 … |
///
/// Source: RFC 6455 section 7.4.1, and the codes API Gateway uses.
///
/// ```
/// use everwire_core::{Verdict, verdict};
///
/// assert_eq!(verdict(1001), Verdict::Retry);
/// assert_eq!(verdict(4401), Verdict::Refresh);
/// ```
pub const fn verdict(code: u16) -> Verdict {
    match code {
        1002 | 1003 | 1007 | 1010 => Verdict::RetryAtCap,
        1008 | 4401 | 4403 => Verdict::Refresh,
        _ => Verdict::Retry,
    }
}

/// Whether a script may close with this code: 1000 or 3000..=4999 (WHATWG WebSockets, `close(code, reason)`).
pub const fn is_sendable(code: u16) -> bool {
    code == 1000 || matches!(code, 3000..=4999)
}

#[cfg(test)]
mod tests {
    use super::{Verdict, is_sendable, verdict};

    #[test]
    fn every_code_of_the_table_has_its_verdict_and_unknown_ones_retry() {
        for code in [1002, 1003, 1007, 1010] {
            assert_eq!(verdict(code), Verdict::RetryAtCap, "{code}");
        }
        for code in [1008, 4401, 4403] {
            assert_eq!(verdict(code), Verdict::Refresh, "{code}");
        }
        for code in [0, 1000, 1001, 1005, 1006, 1009, 1011, 1012, 1013, 1014, 1015, 3000, 4000, 4400, 4999, u16::MAX] {
            assert_eq!(verdict(code), Verdict::Retry, "{code}");
        }
    }

    #[test]
    fn a_script_may_send_only_1000_and_the_application_range() {
        for (code, sendable) in
            [(999, false), (1000, true), (1001, false), (2999, false), (3000, true), (4999, true), (5000, false)]
        {
            assert_eq!(is_sendable(code), sendable, "{code}");
        }
    }
}
