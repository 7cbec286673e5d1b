//! The `@connections` management API, by the AWS SDK.

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::{Endpoints, Push, PushOutcome, Signing};
use crate::store::Connection;

/// The `@connections` management API of API Gateway.
#[derive(Debug)]
pub struct ManagementApi {
    endpoints: Endpoints,
    signing: Signing,
}

impl ManagementApi {
    /// Posts to these endpoints only, with calls signed like this.
    #[must_use]
    pub fn new(endpoints: Endpoints, signing: Signing) -> Self {
        Self { endpoints, signing }
    }
}

impl Push for ManagementApi {
    fn post<'a>(&'a self, connection: &'a Connection, payload: Bytes) -> BoxFuture<'a, PushOutcome> {
        let _ = (connection, payload, &self.signing, self.endpoints.urls());
        Box::pin(async { PushOutcome::Failed("under construction".into()) })
    }
}
