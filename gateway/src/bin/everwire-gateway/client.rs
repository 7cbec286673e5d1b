//! Requests of the daily commands to a gateway that runs on this machine.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::time::timeout;

use crate::error::Error;

/// It is on this machine: what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// One request to a port of this machine. `advice` is for when nothing answers there.
///
/// # Errors
///
/// [`Error::Unreachable`], or [`Error::Refused`] for a status that is not 2xx.
pub(crate) async fn request(port: u16, method: Method, path: &str, body: Bytes, advice: &str) -> Result<Bytes, Error> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let unreachable = |cause: &dyn std::fmt::Display| {
        Error::Unreachable(format!("no gateway answers at {address} ({cause}): {advice}"))
    };
    let request = Request::builder()
        .method(method)
        .uri(format!("http://{address}{path}"))
        .body(Full::new(body))
        .map_err(|error| unreachable(&error))?;
    let exchange = async {
        let response = Client::builder(TokioExecutor::new()).build_http().request(request).await;
        let (head, body) = response.map_err(|error| unreachable(&error))?.into_parts();
        let body = body.collect().await.map_err(|error| unreachable(&error))?;
        Ok::<_, Error>((head.status, body.to_bytes()))
    };
    let (status, body) =
        timeout(PATIENCE, exchange).await.map_err(|_| unreachable(&format!("{PATIENCE:?} have passed")))??;
    if status.is_success() { Ok(body) } else { Err(Error::Refused(explain(status, &body))) }
}

/// The management API's path of a connection, without a stage: any stage's port takes it.
pub(crate) fn connection_path(id: &str) -> String {
    format!("/@connections/{}", utf8_percent_encode(id, NON_ALPHANUMERIC))
}

fn explain(status: StatusCode, body: &[u8]) -> String {
    let told = serde_json::from_slice::<serde_json::Value>(body).ok();
    let told = told.as_ref().and_then(|told| told.get("message")?.as_str());
    match (status, told) {
        (StatusCode::GONE, _) => {
            "410: there is no such connection (any more); `ls` lists those that are open".to_owned()
        }
        (_, Some(told)) => format!("{}: {}", status.as_u16(), told.escape_debug()),
        (_, None) => status.to_string(),
    }
}
