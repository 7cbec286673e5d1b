//! Who signs the calls, and for which Region.

use std::fmt;

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider},
};

/// Credentials and Region for calls of the `@connections` API (SigV4, service `execute-api`; IAM action `execute-api:ManageConnections`).
#[derive(Clone)]
pub struct Signing {
    pub(super) region: String,
    pub(super) credentials: SharedCredentialsProvider,
}

impl Signing {
    /// Credentials from any provider of the AWS SDK, for instance the one of `aws-config`.
    pub fn provided(region: impl Into<String>, credentials: impl ProvideCredentials + 'static) -> Self {
        Self { region: region.into(), credentials: SharedCredentialsProvider::new(credentials) }
    }

    /// Fixed credentials: what Lambda puts into `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
    pub fn fixed(
        region: impl Into<String>,
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
        session_token: Option<String>,
    ) -> Self {
        let credentials = Credentials::new(access_key_id, secret_access_key, session_token, None, "everwire");
        Self::provided(region, credentials)
    }

    /// For a local gateway, which does not check signatures.
    #[must_use]
    pub fn local() -> Self {
        Self::fixed("us-east-1", "local", "local", None)
    }
}

impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signing").field("region", &self.region).finish_non_exhaustive()
    }
}
