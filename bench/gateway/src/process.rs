//! A server in a process of its own, and what the kernel counted for it.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::Result;

/// What `/proc` counts in on Linux (`USER_HZ`, proc(5)).
const TICKS_PER_SECOND: f64 = 100.0;

/// Ends when it is dropped.
pub(crate) struct Process {
    child: Child,
    pid: u32,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let pid = child.id().ok_or("the server ended at once")?;
        let lines = BufReader::new(child.stdout.take().ok_or("no output of the server")?).lines();
        Ok(Self { child, pid, lines })
    }

    pub(crate) fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// The rest of the line of its output that begins with a text.
    pub(crate) async fn line(&mut self, start: &str) -> Result<String> {
        loop {
            let line = tokio::time::timeout(Duration::from_secs(60), self.lines.next_line()).await??;
            let line = line.ok_or_else(|| format!("the server ended without {start:?}"))?;
            if let Some(rest) = line.strip_prefix(start) {
                return Ok(rest.to_owned());
            }
        }
    }

    /// Reads its output to nowhere, so that it never waits for a reader.
    pub(crate) fn discard_output(self) -> Running {
        let Self { child, pid, mut lines } = self;
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Running { _child: child, pid }
    }
}

/// A server that listens.
pub(crate) struct Running {
    _child: Child,
    pid: u32,
}

impl Running {
    /// The processor time of the process and its children so far, user and system, seconds.
    pub(crate) fn cpu_seconds(&self) -> Result<f64> {
        Ok(ticks(self.pid)? / TICKS_PER_SECOND)
    }

    /// The memory of the process and its children that is in use, bytes.
    pub(crate) fn resident_bytes(&self) -> Result<f64> {
        resident_kib(self.pid).map(|kib| kib * 1024.0)
    }
}

fn ticks(pid: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The second field is the program's name in brackets and may hold anything; utime and stime are fields 14 and 15.
    let fields: Vec<&str> = stat.rsplit_once(')').ok_or("stat without a name")?.1.split_whitespace().collect();
    let field = |number: usize| fields.get(number - 3).ok_or("a short stat").map(|text| text.parse::<f64>());
    let own = field(14)?? + field(15)??;
    children(pid)?.into_iter().try_fold(own, |sum, child| Ok(sum + ticks(child)?))
}

fn resident_kib(pid: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("status without VmRSS")?;
    let own = line.trim().trim_end_matches(" kB").parse::<f64>()?;
    children(pid)?.into_iter().try_fold(own, |sum, child| Ok(sum + resident_kib(child)?))
}

fn children(pid: u32) -> Result<Vec<u32>> {
    let mut all = Vec::new();
    for task in fs::read_dir(Path::new("/proc").join(pid.to_string()).join("task"))? {
        // A thread may end while we look.
        if let Ok(children) = fs::read_to_string(task?.path().join("children")) {
            all.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
    }
    Ok(all)
}
