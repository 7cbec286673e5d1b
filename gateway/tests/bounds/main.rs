//! Bounds of the whole process, so the gateway runs in one of its own: file descriptors, and memory per connection.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod gateway_process;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use gateway_process::GatewayProcess;

const PATIENCE: Duration = Duration::from_secs(20);

/// A client whose handshake succeeded, or none if the gateway did not answer in time.
fn connect(gateway: &GatewayProcess, patience: Duration) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(gateway.address).unwrap();
    stream.set_read_timeout(Some(patience)).unwrap();
    let request = format!(
        "GET /dev HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        gateway.address
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
    Some(stream)
}

/// Sends a masked text and checks that it comes back.
fn echoes(client: &mut TcpStream) {
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client.write_all(&[0x81, 0x82, 0, 0, 0, 0, b'h', b'i']).unwrap();
    let mut reply = [0; 4];
    client.read_exact(&mut reply).unwrap();
    assert_eq!(&reply, b"\x81\x02hi");
}

/// Closes in order, and waits until the gateway has closed too.
fn close(mut client: TcpStream) {
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client.write_all(&[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]).unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).unwrap();
    assert_eq!(answer, b"\x88\x02\x03\xe8");
}

#[test]
fn at_the_limit_of_file_descriptors_the_gateway_says_so_and_recovers() {
    let mut gateway = GatewayProcess::start(Some(64));
    let mut clients = Vec::new();
    // The last one hangs in the listener's backlog.
    while let Some(client) = connect(&gateway, Duration::from_secs(if clients.len() < 16 { 20 } else { 1 })) {
        clients.push(client);
        assert!(clients.len() < 64, "the limit does not hold");
    }
    assert!(clients.len() >= 16, "{}", clients.len());
    let line = gateway.log_line("no more clients can be taken");
    assert!(line.contains("ERROR") && line.contains("ulimit -n"), "{line}");
    // Who is in is served.
    echoes(&mut clients[0]);
    clients.truncate(1);
    let mut late = connect(&gateway, PATIENCE).expect("clients are taken again once others have left");
    echoes(&mut late);
    gateway.log_line("clients are taken again");
    echoes(&mut clients[0]);
    drop((late, clients));
    let log = gateway.stop();
    assert_eq!(log.matches("no more clients can be taken").count(), 0, "told more than once:\n{log}");
}

#[test]
fn an_idle_connection_takes_at_most_10_kb() {
    const WARM_UP: usize = 100;
    const COUNTED: usize = 400;
    let gateway = GatewayProcess::start(None);
    let mut clients: Vec<_> = (0..WARM_UP).map(|_| connect(&gateway, PATIENCE).unwrap()).collect();
    // A connection that was busy once is no dearer.
    clients.iter_mut().for_each(echoes);
    let before = gateway.resident_bytes();
    clients.extend((0..COUNTED).map(|_| connect(&gateway, PATIENCE).unwrap()));
    clients.iter_mut().for_each(echoes);
    let each = (gateway.resident_bytes() - before) / COUNTED;
    println!("{each} bytes for each idle connection");
    assert!(each <= 10 * 1024, "{each} bytes");
}

#[test]
fn half_open_handshakes_give_their_descriptors_back() {
    let gateway = GatewayProcess::start(Some(64));
    let started = Instant::now();
    // The child's limit for a handshake is one second: all of these are dropped, and the next client gets in.
    let half_open: Vec<_> = (0..60).map(|_| TcpStream::connect(gateway.address).unwrap()).collect();
    let mut client = connect(&gateway, PATIENCE).expect("half-open handshakes are dropped");
    assert!(started.elapsed() >= Duration::from_millis(500), "the half-open ones did not fill the limit");
    echoes(&mut client);
    drop(half_open);
}

#[test]
fn connections_that_come_and_go_leave_no_memory_behind() {
    const ROUNDS: usize = 10;
    const CLIENTS: usize = 200;
    let gateway = GatewayProcess::start(None);
    let mut after = Vec::new();
    for _ in 0..ROUNDS {
        let mut clients: Vec<_> = (0..CLIENTS).map(|_| connect(&gateway, PATIENCE).unwrap()).collect();
        for _ in 0..5 {
            clients.iter_mut().for_each(echoes);
        }
        clients.into_iter().for_each(close);
        after.push(gateway.resident_bytes());
    }
    println!("after each round: {after:?}");
    // What the first rounds leave are buffers of the allocator and the runtime, which the later ones use again.
    let (second, last) = (after[1], after[ROUNDS - 1]);
    assert!(last * 100 <= second * 105, "it grows: {after:?}");
}
