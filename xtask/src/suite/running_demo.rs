//! A demo on free ports with a store of its own, for the suites that talk to one.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::command::{self, Cargo};
use crate::context::Context;
use crate::error::{At, Error};
use crate::{build, demo};

/// For a debug binary on a busy machine.
const START: Duration = Duration::from_secs(30);
/// After Ctrl-C the demo closes its sockets and tells its functions.
const STOP: Duration = Duration::from_secs(15);

/// Stopped by process id, at the latest when it goes out of scope.
pub(super) struct RunningDemo {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl RunningDemo {
    /// Builds what is not up to date, starts a demo, and returns when it answers.
    pub(super) fn start(context: &Context, name: &str) -> Result<Self, Error> {
        build::run(context)?;
        demo::binary(context)?;
        let folder = context.workspace.output().join("test-demo").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).at("remove", &folder)?;
        }
        fs::create_dir_all(&folder).at("create", &folder)?;
        let log = folder.join("demo.log");
        let (port, admin) = free_ports()?;
        let output = File::create(&log).at("create", &log)?;
        let errors = output.try_clone().at("open", &log)?;
        let mut demo = command::program(context.workspace.binary("everwire-demo"), context.workspace.root());
        Cargo::Native.prepare(&mut demo, context.workspace.root());
        demo.args(["--port", &port.to_string(), "--admin", &admin.to_string(), "--store"])
            .arg(format!("sqlite:{}", folder.join("demo.db").display()))
            .env("EVERWIRE_CONSOLE", context.workspace.console())
            .stdout(output)
            .stderr(errors);
        let child = demo.spawn().map_err(|error| Error::failed(format!("cannot start the demo: {error}")))?;
        let mut running = Self { child, port, log };
        running.wait_until_it_answers()?;
        context.progress.say(&format!("a demo runs at {}", running.url()));
        Ok(running)
    }

    /// The base of its addresses, without a slash at the end.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Interrupts it as Ctrl-C would; anything but a clean end is an error.
    pub(super) fn stop(mut self) -> Result<(), Error> {
        let status = self.interrupt()?;
        if status.success() { Ok(()) } else { Err(self.said(&format!("did not stop cleanly ({status})"))) }
    }

    fn wait_until_it_answers(&mut self) -> Result<(), Error> {
        let begin = Instant::now();
        while begin.elapsed() < START {
            if answers(self.port) {
                return Ok(());
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(self.said(&format!("ended at once ({status})")));
            }
            sleep(Duration::from_millis(100));
        }
        Err(self.said(&format!("did not answer within {} s", START.as_secs())))
    }

    fn interrupt(&mut self) -> Result<ExitStatus, Error> {
        let pid = self.child.id().to_string();
        // The shell's own `kill`: not every system has the program.
        command::run(command::program("sh", Path::new("/")).args(["-c", "kill -INT \"$1\"", "sh", &pid]))?;
        let begin = Instant::now();
        while begin.elapsed() < STOP {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Ok(status);
            }
            sleep(Duration::from_millis(50));
        }
        Err(self.said(&format!("did not stop within {} s of Ctrl-C", STOP.as_secs())))
    }

    fn said(&self, what: &str) -> Error {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines[lines.len().saturating_sub(20)..].join("\n  ");
        Error::failed(format!("the demo {what}; the end of {}:\n  {last}", self.log.display()))
    }
}

impl Drop for RunningDemo {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Two ports that nobody listens on; both are held until both are known.
fn free_ports() -> Result<(u16, u16), Error> {
    let bind = || {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| Ok((listener.local_addr()?.port(), listener)))
    };
    let failed = |error| Error::failed(format!("no free port on the loopback: {error}"));
    let (one, _held) = bind().map_err(failed)?;
    let (other, _held_too) = bind().map_err(failed)?;
    Ok((one, other))
}

/// Whether an HTTP server on that port answers the demo's configuration.
fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET /demo/config HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::thread;

    use super::*;

    #[test]
    fn two_free_ports_differ() {
        let (one, other) = free_ports().unwrap();
        assert_ne!(one, other);
    }

    #[test]
    fn only_a_good_answer_counts_as_running() {
        for (status, running) in [("200 OK", true), ("404 Not Found", false)] {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = listener.local_addr().unwrap().port();
            let server = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).unwrap();
                write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").unwrap();
            });
            assert_eq!(answers(port), running, "{status}");
            server.join().unwrap();
        }
        let (closed, _) = free_ports().unwrap();
        assert!(!answers(closed));
    }
}
