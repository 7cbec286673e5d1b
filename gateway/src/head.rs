//! The head of an HTTP/1.1 request, read from the raw stream so that the client's header spelling survives.

use std::io;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// A typical handshake with a token fits the first read.
const FIRST_READ: usize = 2048;
const MAX_HEADERS: usize = 100;

/// A parsed head, and all bytes that were read to get it.
pub(crate) struct Head {
    pub(crate) method: String,
    /// Path and query as sent. It may hold a token, so it is never printed.
    pub(crate) target: String,
    /// The minor version of HTTP/1.
    pub(crate) version: u8,
    /// Names exactly as the client spelled them.
    pub(crate) headers: Vec<(String, String)>,
    bytes: BytesMut,
    length: usize,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum HeadError {
    #[error("the client left before its request was complete")]
    Incomplete,
    #[error("the request head is too large")]
    TooLarge,
    #[error("this is not an HTTP/1 request: {0}")]
    Malformed(&'static str),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Head {
    /// Reads until the blank line. Its size is bounded by `limit`; its time is for the caller to bound.
    pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin), limit: usize) -> Result<Self, HeadError> {
        let mut bytes = BytesMut::with_capacity(FIRST_READ);
        loop {
            let searched = bytes.len().saturating_sub(3);
            if stream.read_buf(&mut bytes).await? == 0 {
                return Err(HeadError::Incomplete);
            }
            if !may_start_a_request(bytes[0]) {
                let tls = bytes[0] == 0x16;
                return Err(HeadError::Malformed(if tls { "it looks like TLS" } else { "no method" }));
            }
            if has_blank_line(&bytes[searched..]) {
                return Self::parse(bytes, limit);
            }
            if bytes.len() >= limit {
                return Err(HeadError::TooLarge);
            }
        }
    }

    fn parse(bytes: BytesMut, limit: usize) -> Result<Self, HeadError> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        let length = match request.parse(&bytes) {
            Ok(httparse::Status::Complete(length)) if length <= limit => length,
            Ok(httparse::Status::Complete(_)) | Err(httparse::Error::TooManyHeaders) => {
                return Err(HeadError::TooLarge);
            }
            Ok(httparse::Status::Partial) => return Err(HeadError::Malformed("blank line inside")),
            Err(_) => return Err(HeadError::Malformed("syntax")),
        };
        let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let (method, target) = (text(request.method), text(request.path));
        let version = request.version.unwrap_or_default();
        let headers = request
            .headers
            .iter()
            .map(|header| (header.name.to_owned(), String::from_utf8_lossy(header.value).into_owned()))
            .collect();
        Ok(Self { method, target, version, headers, bytes, length })
    }

    /// The value of the first header of a name, in any spelling.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.values(name).next()
    }

    /// The values of all headers of a name, in any spelling.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether a header that is a comma-separated list has an element, in any case.
    pub(crate) fn lists(&self, name: &str, element: &str) -> bool {
        self.values(name).flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(element))
    }

    /// Whether the client asks for a WebSocket, RFC 6455 section 4.2.1, items 3 and 4.
    pub(crate) fn wants_websocket(&self) -> bool {
        self.method == "GET" && self.lists("upgrade", "websocket") && self.lists("connection", "upgrade")
    }

    /// Everything that was read: the head and what came with it.
    pub(crate) fn into_bytes(self) -> BytesMut {
        self.bytes
    }

    /// What came after the head.
    pub(crate) fn into_rest(mut self) -> BytesMut {
        self.bytes.split_off(self.length)
    }
}

/// The first byte of a method, or a line end before it (RFC 9112 section 2.2).
fn may_start_a_request(byte: u8) -> bool {
    byte.is_ascii_uppercase() || matches!(byte, b'\r' | b'\n')
}

fn has_blank_line(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == b"\n\n") || bytes.windows(3).any(|three| three == b"\n\r\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    async fn read(mut input: &[u8]) -> Result<Head, HeadError> {
        Head::read(&mut input, 16 * 1024).await
    }

    #[tokio::test]
    async fn header_names_keep_their_spelling_and_the_rest_is_kept() {
        let head = read(b"GET /dev?token=x HTTP/1.1\r\nhOsT: a:1\r\nX-One: 1\r\nx-one: 2\r\n\r\nmore").await.unwrap();
        assert_eq!((head.method.as_str(), head.target.as_str(), head.version), ("GET", "/dev?token=x", 1));
        let names: Vec<_> = head.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["hOsT", "X-One", "x-one"]);
        assert_eq!(head.header("Host"), Some("a:1"));
        assert_eq!(&head.into_rest()[..], b"more");
    }

    #[tokio::test]
    async fn a_head_may_come_a_byte_at_a_time() {
        let (mut client, mut server) = tokio::io::duplex(1);
        let text = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let write = async { tokio::io::AsyncWriteExt::write_all(&mut client, text).await.unwrap() };
        let (head, ()) = tokio::join!(Head::read(&mut server, 1024), write);
        assert_eq!(head.unwrap().header("host"), Some("a"));
    }

    #[tokio::test]
    async fn an_upgrade_is_recognised_in_any_case_and_among_others() {
        for (headers, wanted) in [
            ("Upgrade: websocket\r\nConnection: Upgrade\r\n", true),
            ("upgrade: WebSocket\r\nconnection: keep-alive, Upgrade\r\n", true),
            ("Upgrade: h2c, websocket\r\nConnection: upgrade\r\n", true),
            ("Upgrade: websocket\r\n", false),
            ("Connection: Upgrade\r\n", false),
            ("Upgrade: h2c\r\nConnection: Upgrade\r\n", false),
        ] {
            let head = read(format!("GET /dev HTTP/1.1\r\n{headers}\r\n").as_bytes()).await.unwrap();
            assert_eq!(head.wants_websocket(), wanted, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn what_is_no_request_is_refused() {
        let too_many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(101));
        let too_long = format!("GET / HTTP/1.1\r\na: {}\r\n\r\n", "b".repeat(17_000));
        let endless = format!("GET / HTTP/1.1\r\na: {}", "b".repeat(17_000));
        for input in [too_many, too_long, endless] {
            assert!(matches!(read(input.as_bytes()).await, Err(HeadError::TooLarge)));
        }
        for input in [
            &b"\x16\x03\x01\x02\x00"[..],
            b"get / HTTP/1.1\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET /\x00 HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\nbad name: x\r\n\r\n",
            b"\r\n\r\n\r\n",
            b"\n\n",
        ] {
            assert!(matches!(read(input).await, Err(HeadError::Malformed(_))), "{input:?}");
        }
        assert!(matches!(read(b"GET / HT").await, Err(HeadError::Incomplete)));
        assert!(matches!(read(b"").await, Err(HeadError::Incomplete)));
    }
}
