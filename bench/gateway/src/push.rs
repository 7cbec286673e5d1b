//! One caller that pushes: HTTP on one connection that stays open.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::Result;

const PATIENCE: Duration = Duration::from_secs(20);

/// A caller of one connection's path.
pub(crate) struct Poster {
    stream: TcpStream,
    head: String,
    read: BytesMut,
}

impl Poster {
    pub(crate) async fn connect(address: SocketAddr, path: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let head = format!("POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/octet-stream\r\n");
        Ok(Self { stream, head, read: BytesMut::new() })
    }

    pub(crate) async fn send(&mut self, body: &str) -> Result<()> {
        let request = format!("{}Content-Length: {}\r\n\r\n{body}", self.head, body.len());
        Ok(self.stream.write_all(request.as_bytes()).await?)
    }

    /// Reads one answer, which must be a success without a body: 200 as of AWS, or the 204 of serverless-offline.
    pub(crate) async fn answer(&mut self) -> Result<()> {
        loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8(self.read.split_to(end + 4).to_vec())?;
                let empty = head.to_ascii_lowercase().contains("\r\ncontent-length: 0\r\n");
                let pushed = (head.starts_with("HTTP/1.1 200 ") && empty) || head.starts_with("HTTP/1.1 204 ");
                return if pushed { Ok(()) } else { Err(format!("a push was answered {head:?}").into()) };
            }
            if timeout(PATIENCE, self.stream.read_buf(&mut self.read)).await?? == 0 {
                return Err("the server closed the connection for pushes".into());
            }
        }
    }
}
