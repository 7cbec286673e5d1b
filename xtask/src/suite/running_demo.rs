//! A demo on free ports with a store of its own, for the suites that talk to one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
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

/// What the demo prints once it listens, followed by the address of its page.
const LISTENS: &str = "Everwire console: ";

/// Stopped by process id, at the latest when it goes out of scope.
pub(super) struct RunningDemo {
    child: Child,
    url: String,
    log: PathBuf,
}

impl RunningDemo {
    /// Builds what is not up to date, starts a demo, and returns when it listens.
    pub(super) fn start(context: &Context, name: &str) -> Result<Self, Error> {
        build::once(context)?;
        demo::binary(context)?;
        let folder = context.workspace.output().join("test-demo").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).at("remove", &folder)?;
        }
        fs::create_dir_all(&folder).at("create", &folder)?;
        let log = folder.join("demo.log");
        let output = File::create(&log).at("create", &log)?;
        let errors = output.try_clone().at("open", &log)?;
        let mut demo = Command::new(context.workspace.binary("everwire-demo"));
        Cargo::Native.prepare(&mut demo, context.workspace.root());
        demo.args(["--port", "0", "--admin", "0", "--store"])
            .arg(format!("sqlite:{}", folder.join("demo.db").display()))
            .env("EVERWIRE_CONSOLE", context.workspace.console())
            .stdout(output)
            .stderr(errors);
        let child = demo.spawn().map_err(|error| Error::failed(format!("cannot start the demo: {error}")))?;
        let mut running = Self { child, url: String::new(), log };
        running.url = running.wait_until_it_listens()?;
        context.progress.say(&format!("a demo runs at {}", running.url));
        Ok(running)
    }

    /// The base of its addresses, without a slash at the end.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Interrupts it as Ctrl-C would; anything but a clean end is an error.
    pub(super) fn stop(mut self) -> Result<(), Error> {
        let status = self.interrupt()?;
        if status.success() { Ok(()) } else { Err(self.said(&format!("did not stop cleanly ({status})"))) }
    }

    fn wait_until_it_listens(&mut self) -> Result<String, Error> {
        let begin = Instant::now();
        while begin.elapsed() < START {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            if let Some(url) = address(&log) {
                return Ok(url.to_owned());
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(self.said(&format!("ended at once ({status})")));
            }
            sleep(Duration::from_millis(100));
        }
        Err(self.said(&format!("did not listen within {} s", START.as_secs())))
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

/// The address in a whole line of the log; a line that is still being written has no end.
fn address(log: &str) -> Option<&str> {
    let lines = log.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    lines.filter_map(|line| line.strip_prefix(LISTENS)).next().map(|url| url.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_a_whole_line_of_the_log() {
        for (log, url) in [
            ("", None),
            ("Everwire console: http://127.0.0.1:45", None),
            ("Everwire console: http://127.0.0.1:4567/\n", Some("http://127.0.0.1:4567")),
            ("INFO started\nEverwire console: http://127.0.0.1:4567/\nINFO connect\n", Some("http://127.0.0.1:4567")),
            ("port 4400 is taken\n", None),
        ] {
            assert_eq!(address(log), url, "{log}");
        }
    }
}
