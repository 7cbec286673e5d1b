//! The ways a connection ends: the code and reason that `$disconnect` is told, and what the client still gets.

use std::borrow::Cow;

use tokio_tungstenite::tungstenite::Error as WsError;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::config::{MAX_FRAME_BYTES, MAX_MESSAGE_BYTES};
use crate::silent::Silent;

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    /// `disconnectStatusCode`, RFC 6455 section 7.4.
    pub(crate) code: u16,
    /// `disconnectReason`.
    pub(crate) reason: Cow<'static, str>,
    pub(crate) farewell: Farewell,
}

/// What the gateway still does on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// Sends a close frame with the code and reason.
    CloseFrame,
    /// Answers the client's close frame.
    Acknowledge,
    /// Nothing: the client is gone.
    Nothing,
    /// Resets the TCP connection.
    Reset,
}

/// Codes that no frame carries, RFC 6455 section 7.4.1.
const NO_CODE: u16 = 1005;
const ABNORMAL: u16 = 1006;

impl Ending {
    const fn ours(code: u16, reason: &'static str) -> Self {
        Self { code, reason: Cow::Borrowed(reason), farewell: Farewell::CloseFrame }
    }

    /// The gateway shuts down.
    pub(crate) const fn going_away() -> Self {
        Self::ours(1001, "Going away")
    }

    /// The connection was idle or open for too long.
    pub(crate) const fn expired(code: u16, reason: Cow<'static, str>) -> Self {
        Self { code, reason, farewell: Farewell::CloseFrame }
    }

    /// Somebody asked for this end.
    pub(crate) const fn on_demand(code: u16, reason: Cow<'static, str>) -> Self {
        Self { code, reason, farewell: Farewell::CloseFrame }
    }

    /// The backend ended the connection: `DELETE @connections`.
    pub(crate) const fn deleted() -> Self {
        Self::ours(1000, "Connection Closed Normally")
    }

    /// A binary message came (AWS: *Quotas for WebSocket APIs*: not supported, 1003).
    pub(crate) const fn binary() -> Self {
        Self::ours(1003, "Binary messages are not supported")
    }

    /// A frame came whose header says more than 32 KB.
    pub(crate) const fn frame_too_large() -> Self {
        Self::ours(1009, "Frame of more than 32768 bytes")
    }

    /// A message of more than 128 KB came or should go.
    pub(crate) const fn message_too_large() -> Self {
        Self::ours(1009, "Message of more than 131072 bytes")
    }

    /// The TCP connection broke without a close frame.
    pub(crate) const fn lost() -> Self {
        Self { code: ABNORMAL, reason: Cow::Borrowed("Connection closed abnormally"), farewell: Farewell::Nothing }
    }

    /// The gateway breaks the TCP connection: a fault on demand, or a client that does not read its replies.
    pub(crate) const fn killed() -> Self {
        Self { code: ABNORMAL, reason: Cow::Borrowed("Connection closed abnormally"), farewell: Farewell::Reset }
    }

    /// The client sent a close frame.
    pub(crate) fn by_client(frame: Option<CloseFrame>) -> Self {
        let (code, reason) = match frame {
            None => (NO_CODE, Cow::Borrowed("Client-side close frame status not set")),
            Some(frame) => (frame.code.into(), Cow::Owned(frame.reason.to_string())),
        };
        Self { code, reason, farewell: Farewell::Acknowledge }
    }

    /// Reading failed, RFC 6455 section 7.1.7 "Fail the WebSocket Connection".
    pub(crate) fn by_error(error: &WsError) -> Self {
        use tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake;
        match error {
            WsError::Capacity(CapacityError::MessageTooLong { max_size: MAX_FRAME_BYTES, .. }) => {
                Self::frame_too_large()
            }
            WsError::Capacity(_) => Self::message_too_large(),
            WsError::Utf8(_) => Self::ours(1007, "Text is not UTF-8"),
            WsError::Protocol(ResetWithoutClosingHandshake) => Self::lost(),
            WsError::Protocol(_) => Self::ours(1002, "Protocol error"),
            _ => Self::lost(),
        }
    }

    /// The same with the reason that `$disconnect` is told of what AWS does not say.
    pub(crate) fn told(mut self, silent: &Silent) -> Self {
        match self.farewell {
            Farewell::Acknowledge if self.code != NO_CODE && !silent.client_close_reason => {
                self.reason = Cow::Borrowed("");
            }
            Farewell::Nothing | Farewell::Reset if self.code == ABNORMAL => self.reason = silent.lost_reason.clone(),
            _ => {}
        }
        self
    }

    pub(crate) fn is_abrupt(&self) -> bool {
        self.farewell == Farewell::Reset
    }

    /// The frame to send, if one is owed.
    pub(crate) fn close_frame(&self) -> Option<CloseFrame> {
        (self.farewell == Farewell::CloseFrame)
            .then(|| CloseFrame { code: CloseCode::from(self.code), reason: self.reason.as_ref().into() })
    }
}

const _: () = assert!(MAX_FRAME_BYTES < MAX_MESSAGE_BYTES, "by_error tells the two limits apart by their size");

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_tungstenite::tungstenite::error::ProtocolError;

    fn frame(code: u16, reason: &'static str) -> Option<CloseFrame> {
        Some(CloseFrame { code: code.into(), reason: reason.into() })
    }

    #[test]
    fn every_way_to_end_has_the_code_and_reason_of_the_table() {
        let too_long = |max_size| WsError::Capacity(CapacityError::MessageTooLong { size: 1 << 20, max_size });
        let rows = [
            (Ending::by_client(None), 1005, "Client-side close frame status not set"),
            (Ending::by_client(frame(1001, "")), 1001, ""),
            (Ending::by_client(frame(1000, "bye")), 1000, "bye"),
            (Ending::by_client(frame(4000, "own")), 4000, "own"),
            (Ending::going_away(), 1001, "Going away"),
            (Ending::expired(1001, "Going away".into()), 1001, "Going away"),
            (Ending::deleted(), 1000, "Connection Closed Normally"),
            (Ending::lost(), 1006, "Connection closed abnormally"),
            (Ending::killed(), 1006, "Connection closed abnormally"),
            (
                Ending::by_error(&WsError::Io(std::io::ErrorKind::ConnectionReset.into())),
                1006,
                "Connection closed abnormally",
            ),
            (
                Ending::by_error(&ProtocolError::ResetWithoutClosingHandshake.into()),
                1006,
                "Connection closed abnormally",
            ),
            (Ending::by_error(&too_long(MAX_FRAME_BYTES)), 1009, "Frame of more than 32768 bytes"),
            (Ending::by_error(&too_long(MAX_MESSAGE_BYTES)), 1009, "Message of more than 131072 bytes"),
            (Ending::by_error(&ProtocolError::NonZeroReservedBits.into()), 1002, "Protocol error"),
            (Ending::by_error(&WsError::Utf8(String::new())), 1007, "Text is not UTF-8"),
            (Ending::binary(), 1003, "Binary messages are not supported"),
        ];
        for (ending, code, reason) in rows {
            assert_eq!((ending.code, ending.reason.as_ref()), (code, reason));
        }
    }

    #[test]
    fn only_our_own_closes_send_a_frame() {
        assert!(Ending::going_away().close_frame().is_some());
        assert!(Ending::by_client(None).close_frame().is_none());
        assert!(Ending::lost().close_frame().is_none());
        assert!(Ending::killed().close_frame().is_none());
    }
}
