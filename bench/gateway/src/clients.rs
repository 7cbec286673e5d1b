//! The clients of one measurement. What comes back is compared with what was sent, message by message.

use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::Result;
use crate::contestant::Contestant;
use crate::push::Poster;

/// Asks a server for the id by which one pushes to this connection.
pub(crate) const ASK_ID: &str = r#"{"action":"id"}"#;
/// How long one operation may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// One connected client.
pub(crate) struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    pub(crate) async fn connect(contestant: &Contestant) -> Result<Self> {
        let (socket, _) = timeout(PATIENCE, connect_async(&contestant.url)).await??;
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_nodelay(true)?;
        }
        Ok(Self(socket))
    }

    async fn say(&mut self, text: &str) -> Result<()> {
        Ok(self.0.send(Message::text(text)).await?)
    }

    async fn hear(&mut self) -> Result<String> {
        loop {
            match timeout(PATIENCE, self.0.next()).await?.ok_or("the server closed")?? {
                Message::Text(text) => return Ok(text.to_string()),
                Message::Ping(_) | Message::Pong(_) => {}
                other => return Err(format!("the server sent {other:?}").into()),
            }
        }
    }

    /// One message there and back.
    pub(crate) async fn echo(&mut self, text: &str) -> Result<()> {
        self.say(text).await?;
        self.expect(text).await
    }

    async fn expect(&mut self, text: &str) -> Result<()> {
        let heard = self.hear().await?;
        if heard == text { Ok(()) } else { Err(format!("expected {text}, got {heard}").into()) }
    }

    /// The id by which one pushes to this connection.
    pub(crate) async fn id(&mut self) -> Result<String> {
        self.say(ASK_ID).await?;
        self.hear().await
    }

    /// Says goodbye and waits until the server has answered.
    pub(crate) async fn close(mut self) -> Result<()> {
        self.0.close(None).await?;
        let rest = async { while self.0.next().await.is_some_and(|message| message.is_ok()) {} };
        Ok(timeout(PATIENCE, rest).await?)
    }
}

/// The text of one operation: of about 100 bytes, and of no other operation.
pub(crate) fn text(client: usize, number: usize) -> String {
    format!(r#"{{"action":"echo","client":{client:>4},"number":{number:>8},"text":"{}"}}"#, "x".repeat(48))
}

/// Connects and leaves, so many times.
pub(crate) async fn connects(contestant: &Contestant, count: usize) -> Result<()> {
    for _ in 0..count {
        Client::connect(contestant).await?.close().await?;
    }
    Ok(())
}

/// So many echoes; the time of each.
pub(crate) async fn echoes(client: &mut Client, number: usize, count: usize) -> Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(count);
    for operation in 0..count {
        let text = text(number, operation);
        let begin = Instant::now();
        client.echo(&text).await?;
        times.push(begin.elapsed());
    }
    Ok(times)
}

/// So many pushes; the time of each, from the call to the message at the client.
pub(crate) async fn pushes(
    client: &mut Client,
    poster: &mut Poster,
    number: usize,
    count: usize,
) -> Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(count);
    for operation in 0..count {
        let text = text(number, operation);
        let begin = Instant::now();
        poster.send(&text).await?;
        client.expect(&text).await?;
        times.push(begin.elapsed());
        poster.answer().await?;
    }
    Ok(times)
}
