//! `ls`: the open connections.

use std::io::{self, Write as _};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::Method;
use serde::Deserialize;

use crate::client;
use crate::error::Error;
use crate::options::LsOptions;

#[derive(Deserialize)]
struct Answer {
    connections: Vec<Connection>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection {
    connection_id: String,
    connected_at: u64,
    last_active_at: u64,
    source_ip: String,
    principal_id: Option<String>,
}

/// Prints a line for each open connection, or the admin port's JSON.
pub(crate) async fn run(options: &LsOptions) -> Result<(), Error> {
    let advice = "start one with `serve --admin 4401`, or name its admin port with --admin";
    let body = client::request(options.admin, Method::GET, "/connections", Bytes::new(), advice).await?;
    let text = if options.json {
        format!("{}\n", String::from_utf8_lossy(&body).trim())
    } else {
        let answer: Answer = serde_json::from_slice(&body)
            .map_err(|_| Error::Unreachable(format!("port {} is no admin port of a gateway", options.admin)))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        table(&answer.connections, u64::try_from(now).unwrap_or(u64::MAX))
    };
    // Whoever reads has gone if this fails.
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(())
}

fn table(connections: &[Connection], now: u64) -> String {
    let mut table = format!("{:<16}  {:>9}  {:>9}  {:<15}  principal\n", "connection", "open", "idle", "address");
    for connection in connections {
        let Connection { connection_id, source_ip, .. } = connection;
        let open = age(now, connection.connected_at);
        let idle = age(now, connection.last_active_at);
        // The authorizer's text goes to a terminal.
        let principal = connection.principal_id.as_deref().unwrap_or("-").escape_debug();
        table.push_str(&format!("{connection_id:<16}  {open:>9}  {idle:>9}  {source_ip:<15}  {principal}\n"));
    }
    table
}

/// How long ago, in the two largest units.
fn age(now: u64, then: u64) -> String {
    let seconds = now.saturating_sub(then) / 1000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m{seconds:02}s"),
        (hours, minutes, _) => format!("{hours}h{minutes:02}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_their_two_largest_units() {
        for (millis, shown) in [(0, "0s"), (59_999, "59s"), (61_000, "1m01s"), (7_260_000, "2h01m")] {
            assert_eq!(age(1_000_000_000 + millis, 1_000_000_000), shown);
        }
        assert_eq!(age(5, 10), "0s", "a clock that went back");
    }

    #[test]
    fn a_principal_cannot_steer_the_terminal() {
        let connection = Connection {
            connection_id: "PJqB0fHsqRcCHlw=".to_owned(),
            connected_at: 0,
            last_active_at: 0,
            source_ip: "127.0.0.1".to_owned(),
            principal_id: Some("a\u{1b}[2J\nb".to_owned()),
        };
        let table = table(&[connection], 0);
        assert_eq!(table.lines().count(), 2, "{table}");
        assert!(!table.contains('\u{1b}'), "{table}");
    }
}
