//! Input that no honest client sends. After each the gateway still serves.

use std::time::{Duration, Instant};

use everwire_gateway::Gateway;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Response, Running, echo, hear, in_time, say, upgrade};
use crate::wire::{BINARY, CLOSE, CONTINUATION, FIN, PING, TEXT, Wire, frame, header, unmasked};

async fn echoing() -> Running {
    Running::start(Gateway::builder("dev").two_way_route("$default", echo())).await
}

async fn assert_still_serves(running: &Running) {
    let mut client = running.connect("/dev").await;
    say(&mut client, "still here").await;
    assert_eq!(hear(&mut client).await, "still here");
}

#[tokio::test]
async fn malformed_frames_close_with_the_code_of_the_rfc() {
    let running = echoing().await;
    for (story, bytes, code) in [
        ("unmasked frame", unmasked(FIN | TEXT, b"x"), 1002),
        ("reserved bit 1", frame(FIN | 0x40 | TEXT, b"x"), 1002),
        ("reserved bit 2", frame(FIN | 0x20 | TEXT, b"x"), 1002),
        ("reserved bit 3", frame(FIN | 0x10 | TEXT, b"x"), 1002),
        ("all reserved bits on a ping", frame(FIN | 0x70 | PING, b"x"), 1002),
        ("reserved data opcode", frame(FIN | 0x3, b"x"), 1002),
        ("last reserved data opcode", frame(FIN | 0x7, b"x"), 1002),
        ("reserved control opcode", frame(FIN | 0xB, b"x"), 1002),
        ("last reserved control opcode", frame(FIN | 0xF, b""), 1002),
        ("fragmented ping", frame(PING, b"x"), 1002),
        ("fragmented close", frame(CLOSE, &[]), 1002),
        ("ping of 126 bytes", frame(FIN | PING, &[b'x'; 126]), 1002),
        ("close of 126 bytes", frame(FIN | CLOSE, &[b'x'; 126]), 1002),
        ("close of one byte", frame(FIN | CLOSE, &[3]), 1002),
        ("close whose reason is not UTF-8", frame(FIN | CLOSE, &[3, 0xe8, 0xc3, 0x28]), 1007),
        ("continuation of nothing", frame(FIN | CONTINUATION, b"x"), 1002),
        ("text within a fragmented text", [frame(TEXT, b"a"), frame(FIN | TEXT, b"b")].concat(), 1002),
        ("binary within a fragmented text", [frame(TEXT, b"a"), frame(FIN | BINARY, b"b")].concat(), 1002),
        ("text that is not UTF-8", frame(FIN | TEXT, &[0xff]), 1007),
        ("text that ends within a character", frame(FIN | TEXT, &[0xe2, 0x82]), 1007),
        ("text of a surrogate", frame(FIN | TEXT, &[0xed, 0xa0, 0x80]), 1007),
        ("33 KB frame", frame(FIN | TEXT, &vec![b'x'; 33 * 1024]), 1009),
        ("33 KB ping", header(FIN | PING, 33 * 1024), 1009),
        ("length of 2^63", header(FIN | TEXT, 1 << 63), 1009),
        ("length of 2^64-1", header(FIN | TEXT, u64::MAX), 1009),
        ("length of 2^63-1 in a fragment", header(TEXT, (1 << 63) - 1), 1009),
    ] {
        let mut wire = Wire::connect(&running).await;
        wire.send(&bytes).await;
        let (first, payload) = wire.read().await.unwrap_or_else(|| panic!("no close frame after: {story}"));
        assert_eq!(first, FIN | CLOSE, "{story}");
        assert_eq!(u16::from_be_bytes([payload[0], payload[1]]), code, "{story}");
        wire.assert_ended().await;
        assert_still_serves(&running).await;
    }
}

#[tokio::test]
async fn a_length_of_2_to_the_63_takes_no_memory() {
    let running = echoing().await;
    let before = resident_bytes();
    let mut wires = Vec::new();
    for _ in 0..50 {
        let mut wire = Wire::connect(&running).await;
        wire.send(&header(FIN | TEXT, (1 << 63) - 1)).await;
        wires.push(wire);
    }
    for wire in &mut wires {
        assert_eq!(wire.closed_with().await, 1009);
    }
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < 50 * 1024 * 1024, "grew by {grown} bytes");
}

/// The memory of this process that is in use, from the kernel's own account.
fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse::<usize>().ok());
    kilobytes.unwrap_or_default() * 1024
}

#[tokio::test]
async fn a_half_open_handshake_is_dropped_at_the_deadline() {
    let running = Running::start(Gateway::builder("dev").handshake_timeout(Duration::from_millis(100))).await;
    for sent in ["", "GET /dev HT", "GET /dev HTTP/1.1\r\nHost: localhost\r\n", "\r\n"] {
        let started = Instant::now();
        let mut stream = running.raw().await;
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        in_time(stream.read_to_end(&mut rest)).await.unwrap();
        assert!(rest.is_empty(), "{rest:?}");
        assert!(started.elapsed() >= Duration::from_millis(100), "dropped before the deadline: {sent:?}");
    }
}

#[tokio::test]
async fn a_handshake_that_dribbles_does_not_move_the_deadline() {
    let running = Running::start(Gateway::builder("dev").handshake_timeout(Duration::from_millis(100))).await;
    let mut stream = running.raw().await;
    stream.write_all(b"GET /dev HTTP/1.1\r\nX-Slow: ").await.unwrap();
    let mut pace = tokio::time::interval(Duration::from_millis(10));
    let mut sent = 0;
    in_time(async {
        // Ends when the gateway has dropped the stream.
        while stream.write_all(b"x").await.is_ok() {
            sent += 1;
            pace.tick().await;
        }
    })
    .await;
    assert!(sent < 1000, "dropped for its size, not for its time");
}

#[tokio::test]
async fn a_head_without_bounds_is_refused() {
    let running = echoing().await;
    let host = running.address.to_string();
    let large = upgrade("/dev", &host).replace("\r\n\r\n", &format!("\r\nX-Large: {}\r\n\r\n", "x".repeat(20_000)));
    let many = upgrade("/dev", &host).replace("\r\n\r\n", &format!("\r\n{}\r\n", "X: y\r\n".repeat(200)));
    for request in [large, many] {
        assert_eq!(running.http(&request).await.status, 431);
    }
    assert_still_serves(&running).await;
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let running = echoing().await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"\x00\x00\x00\x00",
        b"hello\r\n\r\n",
        b"GET /dev\r\n\r\n",
        b"GET /dev HTTP/3.0\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /d\x01ev HTTP/1.1\r\n\r\n",
        b"GET /dev HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET /dev HTTP/1.1\r\n folded: x\r\n\r\n",
    ] {
        let mut stream = running.raw().await;
        stream.write_all(bytes).await.unwrap();
        let response = Response::read(&mut stream).await;
        assert_eq!(response.status, 400, "{bytes:?}");
    }
    assert_still_serves(&running).await;
}

#[tokio::test]
async fn many_clients_that_leave_at_once_leave_nothing_behind() {
    let running = echoing().await;
    let mut wires = Vec::new();
    for _ in 0..200 {
        wires.push(Wire::connect(&running).await);
    }
    running.until_open(200).await;
    drop(wires);
    running.until_open(0).await;
    assert_still_serves(&running).await;
}
