use crate::Millis;

/// When a connection is replaced by a new one before the server cuts it: make before break, so that nothing is missed.
///
/// # Default
///
/// | part | value |
/// |---|---|
/// | age | random in 85..110 min: API Gateway cuts at two hours, and a crowd that connected together must not rotate together |
/// | `overlap` | 1 s in which the old connection is still heard; an event may then arrive twice |
/// | `before_expiry` | no: API Gateway checks a token at the handshake only |
///
/// ```
/// use everwire_core::Rotation;
///
/// let hourly = Rotation::new().with_age(3_000_000, 3_600_000).with_before_expiry();
/// # assert_ne!(hourly, Rotation::new());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rotation {
    pub(crate) age: Option<(Millis, Millis)>,
    pub(crate) overlap: Millis,
    pub(crate) before_expiry: bool,
}

impl Rotation {
    /// The defaults above.
    pub const fn new() -> Self {
        Self { age: Some((5_100_000, 6_600_000)), overlap: 1_000, before_expiry: false }
    }

    /// Sets the range of the age at which a connection is replaced, in milliseconds.
    #[must_use]
    pub const fn with_age(mut self, least: Millis, most: Millis) -> Self {
        self.age = Some((least, most));
        self
    }

    /// Replaces no connection for its age.
    #[must_use]
    pub const fn without_age(mut self) -> Self {
        self.age = None;
        self
    }

    /// Sets how long the old connection is still heard after the new one stands, in milliseconds.
    #[must_use]
    pub const fn with_overlap(mut self, overlap: Millis) -> Self {
        self.overlap = overlap;
        self
    }

    /// Replaces a connection also when its token is due for a refresh, for servers that cut at the token's end.
    #[must_use]
    pub const fn with_before_expiry(mut self) -> Self {
        self.before_expiry = true;
        self
    }
}

impl Default for Rotation {
    fn default() -> Self {
        Self::new()
    }
}
