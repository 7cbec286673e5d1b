use alloc::vec::Vec;

use crate::Millis;

/// What the machine knows of a token. It never sees the token itself.
///
/// A token that is no JWT has only a fingerprint: it is used until a server refuses it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Claims {
    /// `exp` in milliseconds.
    pub expires_at: Option<Millis>,
    /// `iat` in milliseconds.
    pub issued_at: Option<Millis>,
    /// [`fingerprint`] of `sub`, to notice that somebody else signed in.
    pub subject: Option<u64>,
    /// [`fingerprint`] of the token, to know a refused one again.
    pub fingerprint: u64,
}

/// Why a token source is asked to refresh.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RefreshReason {
    /// There is no token.
    Initial,
    /// The token has expired or is about to.
    Expiring,
    /// A server seems to refuse the token.
    Rejected,
    /// The token expired while the machine slept or had no network.
    Wake,
}

impl RefreshReason {
    /// The name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Expiring => "expiring",
            Self::Rejected => "rejected",
            Self::Wake => "wake",
        }
    }
}

/// How long before its expiry a token is refreshed.
///
/// # Default
///
/// 60 s, but at most 25 % of the token's lifetime: a token of 120 s is refreshed 30 s before its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Leeway {
    most: Millis,
    percent: u8,
}

impl Leeway {
    /// The defaults above.
    pub const fn new() -> Self {
        Self { most: 60_000, percent: 25 }
    }

    /// Sets the most, in milliseconds.
    #[must_use]
    pub const fn with_most(mut self, most: Millis) -> Self {
        self.most = most;
        self
    }

    /// Sets the share of the lifetime, in percent; above 100 counts as 100.
    #[must_use]
    pub const fn with_percent(mut self, percent: u8) -> Self {
        self.percent = percent;
        self
    }

    fn of(&self, lifetime: Millis) -> Millis {
        let share = u128::from(lifetime) * u128::from(self.percent.min(100)) / 100;
        self.most.min(Millis::try_from(share).unwrap_or(Millis::MAX))
    }
}

impl Default for Leeway {
    fn default() -> Self {
        Self::new()
    }
}

/// The issuer's clock as seen from this device.
///
/// A token that was refreshed just now was issued just now, so its `iat` tells how far the two clocks are apart. With
/// that, a wrong device clock refreshes neither for ever nor never.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IssuerClock {
    /// Issuer's time less the device's, in milliseconds.
    skew: i64,
}

impl IssuerClock {
    pub(crate) const fn new() -> Self {
        Self { skew: 0 }
    }

    /// The token source has this token at this moment, so it was issued before: the issuer's time is no earlier than its
    /// `iat`. That is all a device with a slow clock knows before its first refresh.
    pub(crate) fn see(&mut self, claims: &Claims, now: Millis) {
        if let Some(issued_at) = claims.issued_at {
            self.skew = self.skew.max(signed(issued_at).saturating_sub(signed(now)));
        }
    }

    /// A refresh brought this token at this moment.
    pub(crate) fn observe(&mut self, claims: &Claims, now: Millis) {
        if let Some(issued_at) = claims.issued_at {
            self.skew = signed(issued_at).saturating_sub(signed(now));
        }
    }

    /// The device's clock stepped back by so much; the issuer's did not.
    pub(crate) fn rebase(&mut self, back: Millis) {
        self.skew = self.skew.saturating_add(signed(back));
    }

    /// When a token will be due, by the device's clock.
    pub(crate) fn due_at(&self, claims: &Claims, leeway: Leeway, now: Millis) -> Option<Millis> {
        Some(now.saturating_add_signed(self.until_due(claims, leeway, now)?))
    }

    /// Whether a token should be refreshed before it is used.
    pub(crate) fn is_due(&self, claims: &Claims, leeway: Leeway, now: Millis) -> bool {
        self.until_due(claims, leeway, now).is_some_and(|left| left <= 0)
    }

    fn until_due(&self, claims: &Claims, leeway: Leeway, now: Millis) -> Option<i64> {
        let expires_at = claims.expires_at?;
        let issuer_now = signed(now).saturating_add(self.skew);
        let left = signed(expires_at).saturating_sub(issuer_now);
        let ahead = match claims.issued_at {
            Some(issued_at) => leeway.of(expires_at.saturating_sub(issued_at)),
            None => leeway.most,
        };
        Some(left.saturating_sub(signed(ahead)))
    }
}

fn signed(time: Millis) -> i64 {
    i64::try_from(time).unwrap_or(i64::MAX)
}

/// A number by which a text is known again (FNV-1a, 64 bits). Not a secret's hash: it is compared and never leaves memory.
pub fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The JSON text in the middle of a JWT, undecoded and unverified: only the server can verify it.
///
/// ```
/// assert_eq!(everwire_core::payload("e30.eyJzdWIiOiI0MiJ9.c2ln").as_deref(), Some(br#"{"sub":"42"}"#.as_slice()));
/// assert_eq!(everwire_core::payload("opaque"), None);
/// ```
///
/// Source: RFC 7515 section 3.1 (three parts, base64url without padding).
pub fn payload(token: &str) -> Option<Vec<u8>> {
    let mut parts = token.split('.');
    let (_, middle, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() { None } else { base64url(middle) }
}

fn base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (mut bits, mut held) = (0u32, 0u32);
    for symbol in text.bytes() {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    // One symbol alone at the end holds no byte.
    if held == 6 { None } else { Some(bytes) }
}

#[cfg(test)]
mod tests {
    use super::{Claims, IssuerClock, Leeway, base64url, payload};

    const SECOND: u64 = 1_000;
    const HOUR: u64 = 3_600 * SECOND;
    const T: u64 = 1_800_000_000_000;

    fn token(issued_at: u64, lifetime: u64) -> Claims {
        Claims { expires_at: Some(issued_at + lifetime), issued_at: Some(issued_at), ..Claims::default() }
    }

    #[test]
    fn the_leeway_is_a_minute_or_a_quarter_of_the_lifetime() {
        let clock = IssuerClock::new();
        for (lifetime, due_at) in [(120, 90), (40, 30), (240, 180), (3_600, 3_540)] {
            let claims = token(T, lifetime * SECOND);
            assert!(!clock.is_due(&claims, Leeway::new(), T + due_at * SECOND - 1), "{lifetime} s");
            assert!(clock.is_due(&claims, Leeway::new(), T + due_at * SECOND), "{lifetime} s");
        }
    }

    #[test]
    fn a_token_without_an_expiry_is_never_due_and_one_without_iat_by_the_most_alone() {
        let clock = IssuerClock::new();
        assert!(!clock.is_due(&Claims::default(), Leeway::new(), u64::MAX));
        let claims = Claims { expires_at: Some(T + HOUR), ..Claims::default() };
        assert!(!clock.is_due(&claims, Leeway::new(), T + HOUR - 60_001));
        assert!(clock.is_due(&claims, Leeway::new(), T + HOUR - 60_000));
    }

    #[test]
    fn a_wrong_device_clock_neither_refreshes_for_ever_nor_never() {
        for device in [T - 5 * HOUR, T + 5 * HOUR] {
            let mut clock = IssuerClock::new();
            let claims = token(T, HOUR);
            clock.observe(&claims, device);
            assert!(!clock.is_due(&claims, Leeway::new(), device), "fresh, at once");
            assert!(!clock.is_due(&claims, Leeway::new(), device + HOUR - 61 * SECOND), "nearly over");
            assert!(clock.is_due(&claims, Leeway::new(), device + HOUR - 60 * SECOND), "over");
        }
    }

    #[test]
    fn a_token_that_is_there_was_issued_before() {
        let mut clock = IssuerClock::new();
        let claims = token(T, HOUR);
        clock.see(&claims, T - 5 * HOUR);
        assert!(!clock.is_due(&claims, Leeway::new(), T - 4 * HOUR - 61 * SECOND));
        clock.see(&claims, T - 4 * HOUR - 60 * SECOND);
        assert!(clock.is_due(&claims, Leeway::new(), T - 4 * HOUR - 60 * SECOND), "seen again, it is no younger");
    }

    #[test]
    fn a_device_clock_that_is_set_back_does_not_lengthen_a_token() {
        let mut clock = IssuerClock::new();
        let claims = token(T, HOUR);
        clock.observe(&claims, T);
        clock.rebase(2 * HOUR);
        assert!(!clock.is_due(&claims, Leeway::new(), T - 2 * HOUR));
        assert!(clock.is_due(&claims, Leeway::new(), T - HOUR));
    }

    #[test]
    fn absurd_times_do_not_overflow() {
        let mut clock = IssuerClock::new();
        let claims = Claims { expires_at: Some(u64::MAX), issued_at: Some(u64::MAX), ..Claims::default() };
        clock.observe(&claims, 0);
        clock.rebase(u64::MAX);
        assert!(clock.is_due(&claims, Leeway::new(), u64::MAX));
    }

    #[test]
    fn base64url_decodes_every_length_and_refuses_what_is_none() {
        for (text, bytes) in [("", &b""[..]), ("Zg", b"f"), ("Zm8", b"fo"), ("Zm9v", b"foo"), ("-_8", b"\xfb\xff")] {
            assert_eq!(base64url(text).as_deref(), Some(bytes), "{text}");
        }
        for text in ["Z", "Zg==", "Zm9vY", "+/8", "Z g", "Zé"] {
            assert_eq!(base64url(text), None, "{text}");
        }
    }

    #[test]
    fn only_three_parts_make_a_jwt() {
        for text in ["", "e30", "e30.e30", "a.b.c.d.e"] {
            assert_eq!(payload(text), None, "{text}");
        }
    }
}
