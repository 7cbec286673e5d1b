//! Faults of the opening handshake. They come in this order: blackhole, refuse, accept-then-close.

use bytes::BytesMut;
use http::StatusCode;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use super::slot::Slot;
use super::{FaultError, Faults, InvalidRefusal, Target, ending, log};
use crate::ending::Ending;
use crate::listener::Ingress;

/// What is to happen to the handshakes that come.
#[derive(Debug, Default)]
pub(crate) struct HandshakeFaults {
    pub(crate) blackhole: Slot<()>,
    pub(crate) refuse: Slot<StatusCode>,
    pub(crate) accept_then_close: Slot<Ending>,
}

impl Faults {
    /// Refuses handshakes with a status, the next `times` of them or until cleared. Neither the authorizer nor `$connect`
    /// runs for them.
    ///
    /// # Errors
    ///
    /// [`InvalidRefusal`] when the status is not within 400 to 599.
    pub fn refuse(&self, status: u16, times: Option<u32>) -> Result<(), InvalidRefusal> {
        let code = StatusCode::from_u16(status).map_err(|_| InvalidRefusal(status))?;
        if !(code.is_client_error() || code.is_server_error()) {
            return Err(InvalidRefusal(status));
        }
        log("refuse", Target::All, times);
        self.handshakes().refuse.set(code, times);
        Ok(())
    }

    /// Accepts handshakes again.
    pub fn clear_refusal(&self) {
        self.clear(super::Fault::Refuse);
    }

    /// Never answers handshakes, the next `times` of them or until cleared: the TCP connection stands and nothing comes.
    /// Those that were swallowed stay unanswered after it is cleared, until the client leaves or the listener closes.
    /// Neither the authorizer nor `$connect` runs for them.
    pub fn blackhole(&self, times: Option<u32>) {
        log("blackhole", Target::All, times);
        self.handshakes().blackhole.set((), times);
    }

    /// Accepts handshakes and closes at once with a code and reason, the next `times` of them or until cleared. The
    /// authorizer and `$connect` run, and `$disconnect` does.
    ///
    /// # Errors
    ///
    /// [`FaultError::InvalidCode`] and [`FaultError::ReasonTooLong`], when no close frame can carry them.
    pub fn accept_then_close(&self, code: u16, reason: &str, times: Option<u32>) -> Result<(), FaultError> {
        let ending = ending::ending(code, reason)?;
        log("accept-then-close", Target::All, times);
        self.handshakes().accept_then_close.set(ending, times);
        Ok(())
    }

    pub(super) fn handshakes(&self) -> &HandshakeFaults {
        &self.gateway.0.faults.handshakes
    }
}

/// Keeps a stream without ever answering, until the client leaves or the listener closes.
pub(crate) async fn swallow(mut stream: TcpStream, ingress: &Ingress) {
    let until_left = async {
        let mut discarded = BytesMut::with_capacity(1024);
        while let Ok(1..) = stream.read_buf(&mut discarded).await {
            discarded.clear();
        }
    };
    tokio::select! {
        () = until_left => {}
        () = ingress.until_closed() => {}
    }
}
