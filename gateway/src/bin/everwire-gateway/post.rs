//! `post ID JSON`: one message to one connection.

use std::io::Read as _;

use bytes::Bytes;
use http::Method;
use serde::de::IgnoredAny;

use crate::client;
use crate::error::Error;
use crate::options::{PostOptions, Target};

/// Sends the text as it was given, once it is known to be JSON.
pub(crate) async fn run(options: PostOptions) -> Result<(), Error> {
    let PostOptions { to, id, json } = options;
    let text = if json == "-" { read_input()? } else { json };
    serde_json::from_str::<IgnoredAny>(&text)
        .map_err(|error| Error::Usage(format!("the message is not JSON ({error}): a text needs its own quotes")))?;
    client::request(to.port, Method::POST, &client::connection_path(&id), Bytes::from(text), Target::ADVICE)
        .await
        .map(drop)
}

fn read_input() -> Result<String, Error> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Error::System(format!("cannot read standard input ({error})")))?;
    Ok(text)
}
