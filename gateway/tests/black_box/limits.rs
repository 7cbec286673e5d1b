//! AWS's limits: frames, messages, binary, and what a client may make the gateway hold.

use bytes::Bytes;
use everwire_gateway::{Gateway, function};
use futures_util::SinkExt as _;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Running, close_code, constant, echo, hear, in_time, ok, recorded, say};
use crate::wire::{BINARY, CONTINUATION, FIN, PING, PONG, TEXT, Wire, frame};

const FRAME: usize = 32_768;
const MESSAGE: usize = 131_072;

/// A function that answers with the length of the message.
fn length() -> impl everwire_gateway::Function {
    function(|event: Bytes| async move {
        let event: Value = serde_json::from_slice(&event).unwrap();
        let length = event["body"].as_str().unwrap().len();
        Ok(json!({"statusCode": 200, "body": length.to_string()}).to_string().into())
    })
}

async fn measuring() -> Running {
    Running::start(Gateway::builder("dev").two_way_route("$default", length())).await
}

#[tokio::test]
async fn a_frame_of_32_kb_is_taken() {
    let running = measuring().await;
    let mut client = running.connect("/dev").await;
    say(&mut client, &"x".repeat(FRAME)).await;
    assert_eq!(hear(&mut client).await, "32768");
}

#[tokio::test]
async fn a_larger_frame_closes_with_1009() {
    let running = measuring().await;
    let mut client = running.connect("/dev").await;
    say(&mut client, &"x".repeat(FRAME + 1)).await;
    assert_eq!(close_code(&mut client).await, 1009);
}

#[tokio::test]
async fn a_message_of_128_kb_in_frames_of_32_kb_is_taken() {
    let running = measuring().await;
    let mut wire = Wire::connect(&running).await;
    let part = vec![b'x'; FRAME];
    wire.send(&frame(TEXT, &part)).await;
    wire.send(&frame(CONTINUATION, &part)).await;
    // A control frame may come between (RFC 6455 section 5.4).
    wire.send(&frame(FIN | PING, b"between")).await;
    wire.send(&frame(CONTINUATION, &part)).await;
    wire.send(&frame(FIN | CONTINUATION, &part)).await;
    assert_eq!(wire.read().await.unwrap(), (FIN | PONG, b"between".to_vec()));
    assert_eq!(wire.read().await.unwrap(), (FIN | TEXT, b"131072".to_vec()));
}

#[tokio::test]
async fn a_larger_message_closes_with_1009() {
    let running = measuring().await;
    let mut wire = Wire::connect(&running).await;
    wire.send(&frame(TEXT, &vec![b'x'; FRAME])).await;
    for _ in 0..3 {
        wire.send(&frame(CONTINUATION, &vec![b'x'; FRAME])).await;
    }
    wire.send(&frame(FIN | CONTINUATION, b"x")).await;
    assert_eq!(wire.closed_with().await, 1009);
}

#[tokio::test]
async fn a_binary_message_closes_with_1003() {
    let (function, mut events) = recorded(|_| Ok(ok()));
    let running = Running::start(Gateway::builder("dev").route("$default", function)).await;
    let mut client = running.connect("/dev").await;
    in_time(client.send(Message::binary(vec![1, 2, 3]))).await.unwrap();
    assert_eq!(close_code(&mut client).await, 1003);
    drop(client);

    let mut wire = Wire::connect(&running).await;
    wire.send(&frame(BINARY, b"in")).await;
    wire.send(&frame(FIN | CONTINUATION, b"two")).await;
    assert_eq!(wire.closed_with().await, 1003);
    running.stop().await;
    assert!(events.is_empty());
}

#[tokio::test]
async fn text_in_fragments_may_be_cut_within_a_character() {
    let running = Running::start(Gateway::builder("dev").two_way_route("$default", echo())).await;
    let mut wire = Wire::connect(&running).await;
    let smile = "😀".as_bytes();
    wire.send(&frame(TEXT, &smile[..2])).await;
    wire.send(&frame(FIN | CONTINUATION, &smile[2..])).await;
    assert_eq!(wire.read().await.unwrap(), (FIN | TEXT, smile.to_vec()));
}

#[tokio::test]
async fn pings_are_answered_with_their_payload() {
    let running = measuring().await;
    let mut wire = Wire::connect(&running).await;
    for payload in [&b""[..], b"hello", &[0xff; 125]] {
        wire.send(&frame(FIN | PING, payload)).await;
        assert_eq!(wire.read().await.unwrap(), (FIN | PONG, payload.to_vec()));
    }
    // An unasked pong is no offence.
    wire.send(&frame(FIN | PONG, b"?")).await;
    wire.send(&frame(FIN | TEXT, b"12")).await;
    assert_eq!(wire.read().await.unwrap(), (FIN | TEXT, b"2".to_vec()));
}

#[tokio::test]
async fn a_large_reply_arrives_whole_in_frames_within_the_limit() {
    // Three bytes a character, so that no frame ends where a character does.
    let body = "€".repeat(MESSAGE / 3);
    let answer = json!({"statusCode": 200, "body": body});
    let running = Running::start(Gateway::builder("dev").two_way_route("$default", constant(answer))).await;
    let mut client = running.connect("/dev").await;
    say(&mut client, "x").await;
    assert_eq!(hear(&mut client).await, body);

    let mut wire = Wire::connect(&running).await;
    wire.send(&frame(FIN | TEXT, b"x")).await;
    let mut whole = Vec::new();
    for first in [TEXT, CONTINUATION, CONTINUATION, FIN | CONTINUATION] {
        let (actual, payload) = wire.read().await.unwrap();
        assert_eq!(actual, first);
        assert!(payload.len() <= FRAME);
        whole.extend(payload);
    }
    assert_eq!(whole, body.as_bytes());
}

#[tokio::test]
async fn a_reply_over_128_kb_closes_with_1009() {
    let answer = json!({"statusCode": 200, "body": "x".repeat(MESSAGE + 1)});
    let running = Running::start(Gateway::builder("dev").two_way_route("$default", constant(answer))).await;
    let mut client = running.connect("/dev").await;
    say(&mut client, "x").await;
    assert_eq!(close_code(&mut client).await, 1009);
}

#[tokio::test]
async fn a_client_that_never_reads_its_replies_is_cut() {
    let answer = json!({"statusCode": 200, "body": "x".repeat(MESSAGE)});
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let running = Running::start(
        Gateway::builder("dev")
            .send_buffer(MESSAGE)
            .two_way_route("$default", constant(answer))
            .route("$disconnect", disconnect),
    )
    .await;
    let mut wire = Wire::connect(&running).await;
    let flood = async {
        // Ends when the gateway resets the connection.
        while tokio::io::AsyncWriteExt::write_all(&mut wire.0, &frame(FIN | TEXT, b"more")).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    in_time(flood).await;
    let context = disconnects.next().await["requestContext"].clone();
    assert_eq!(context["disconnectStatusCode"], 1006);
    running.stop().await;
    assert!(disconnects.is_empty());
}

#[tokio::test]
async fn a_client_that_pings_and_never_reads_does_not_stop_the_others() {
    let running = measuring().await;
    let mut deaf = Wire::connect(&running).await;
    let ping = frame(FIN | PING, &[7; 125]);
    for _ in 0..20_000 {
        // What the pongs cannot be written for is not kept, so this never blocks for long.
        deaf.send(&ping).await;
    }
    let mut client = running.connect("/dev").await;
    say(&mut client, "four").await;
    assert_eq!(hear(&mut client).await, "4");
}
