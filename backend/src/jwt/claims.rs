//! Claims, verified.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The claims of a verified token: all of them in [`Authorizer::refuse_when`](crate::Authorizer::refuse_when), the ones that the
/// authorizer passed on ([`Authorizer::pass`](crate::Authorizer::pass)) in a handler.
///
/// `Debug` shows their names only: claims are personal data.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// The claim of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The claim of this name, if it is a string.
    #[must_use]
    pub fn str(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Whether the claim is this string, or a list that holds it.
    #[must_use]
    pub fn has(&self, name: &str, value: &str) -> bool {
        match self.get(name) {
            Some(Value::String(text)) => text == value,
            Some(Value::Array(items)) => items.iter().any(|item| item == value),
            _ => false,
        }
    }

    /// The claims, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl From<Map<String, Value>> for Claims {
    fn from(claims: Map<String, Value>) -> Self {
        Self(claims)
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
