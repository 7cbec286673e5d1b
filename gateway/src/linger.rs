//! The end of a TCP stream whose peer should still read what it was sent.

use bytes::BytesMut;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Says that nothing more comes, and discards what the peer sends until it closes too. Dropping a stream with unread
/// input would reset it, and the reset can overtake the last bytes that were sent (RFC 9112 section 9.6).
///
/// Its time is for the caller to bound.
pub(crate) async fn linger(stream: &mut TcpStream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut discarded = BytesMut::with_capacity(4096);
    while let Ok(1..) = stream.read_buf(&mut discarded).await {
        discarded.clear();
    }
}
