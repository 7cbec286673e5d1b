//! `rm ID`: the backend's own way to close a connection.

use bytes::Bytes;
use http::Method;

use crate::client;
use crate::error::Error;
use crate::options::{RmOptions, Target};

/// Closes the connection by the management API, so that its `$disconnect` says what it would say on AWS.
pub(crate) async fn run(options: RmOptions) -> Result<(), Error> {
    let RmOptions { to, id } = options;
    client::request(to.port, Method::DELETE, &client::connection_path(&id), Bytes::new(), Target::ADVICE)
        .await
        .map(drop)
}
