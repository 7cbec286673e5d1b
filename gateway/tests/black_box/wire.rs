//! WebSocket frames by hand, for what no client library would send.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Running, in_time, upgrade};

pub(crate) const FIN: u8 = 0x80;
pub(crate) const CONTINUATION: u8 = 0x0;
pub(crate) const TEXT: u8 = 0x1;
pub(crate) const BINARY: u8 = 0x2;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xA;

const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0x78];

/// A connected raw client.
pub(crate) struct Wire(pub(crate) TcpStream);

impl Wire {
    pub(crate) async fn connect(running: &Running) -> Self {
        Self::connect_with(running, &upgrade("/dev", &running.address.to_string())).await
    }

    pub(crate) async fn connect_with(running: &Running, request: &str) -> Self {
        let mut stream = running.raw().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let head = read_head(&mut stream).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        Self(stream)
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// The next frame: its first byte and its payload. None when the server closed or reset.
    pub(crate) async fn read(&mut self) -> Option<(u8, Vec<u8>)> {
        in_time(async {
            let mut head = [0; 2];
            self.0.read_exact(&mut head).await.ok()?;
            assert_eq!(head[1] & 0x80, 0, "a server does not mask");
            let length = match head[1] {
                126 => usize::from(self.0.read_u16().await.ok()?),
                127 => usize::try_from(self.0.read_u64().await.ok()?).unwrap(),
                short => usize::from(short),
            };
            let mut payload = vec![0; length];
            self.0.read_exact(&mut payload).await.ok()?;
            Some((head[0], payload))
        })
        .await
    }

    /// Checks that the server ended the stream in order: nothing more comes, and no reset either, which could have
    /// overtaken what came before.
    pub(crate) async fn assert_ended(&mut self) {
        assert_eq!(in_time(self.0.read(&mut [0])).await.unwrap(), 0);
    }

    /// The code of the close frame that must come next, and then the end of the stream.
    pub(crate) async fn closed_with(&mut self) -> u16 {
        let (first, payload) = self.read().await.expect("a close frame");
        assert_eq!(first, FIN | CLOSE, "{payload:?}");
        let code = u16::from_be_bytes([payload[0], payload[1]]);
        self.assert_ended().await;
        code
    }
}

/// The head of an answer, to its blank line.
pub(crate) async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(in_time(stream.read_u8()).await.expect("the answer's head"));
    }
    String::from_utf8(head).unwrap()
}

/// A masked frame with a given first byte (flags and opcode).
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = header(first, payload.len() as u64);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// The header of a masked frame alone.
pub(crate) fn header(first: u8, length: u64) -> Vec<u8> {
    let mut header = vec![first];
    match length {
        0..=125 => header.push(0x80 | length as u8),
        126..=0xffff => {
            header.push(0x80 | 126);
            header.extend((length as u16).to_be_bytes());
        }
        _ => {
            header.push(0x80 | 127);
            header.extend(length.to_be_bytes());
        }
    }
    header.extend(MASK);
    header
}

pub(crate) fn unmasked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first, payload.len() as u8];
    frame.extend(payload);
    frame
}
