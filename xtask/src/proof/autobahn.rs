//! Autobahn's test suite against the gateway in its echo mode. The suite runs under Python 2.7 alone.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ExitCode, Stdio};

use serde_json::json;

use crate::command::{self, Cargo};
use crate::context::Context;
use crate::error::{At, Error};

use super::autobahn_report::Report;
use super::not_run;

/// The variable that names the interpreter.
const PYTHON: &str = "EVERWIRE_PYTHON27";
const SERVER: &str = "everwire-bench-gateway";
const AGENT: &str = "everwire-gateway";
const REPORT: &str = "bench/results/autobahn.md";

/// Speed and memory (9), compression (12, 13): `docs/autobahn.md` says why.
const EXCLUDED: [&str; 3] = ["9.*", "12.*", "13.*"];

pub(super) fn run(context: &Context) -> Result<ExitCode, Error> {
    let root = context.workspace.root();
    let Some(python) = env::var_os(PYTHON).filter(|python| !python.is_empty()) else {
        return Ok(not_run(&format!("{PYTHON} does not name a Python 2.7; docs/autobahn.md says how to make one")));
    };
    if !command::succeeds(command::program(&python, root).args(["-c", "import autobahntestsuite"])) {
        let python = python.to_string_lossy();
        return Ok(not_run(&format!("{PYTHON}={python} has no autobahntestsuite; docs/autobahn.md has the command")));
    }
    context.progress.step("compile the echo server", || {
        command::run(Cargo::Native.command(root).arg("build").args(command::quiet()).args(["-p", SERVER]))
    })?;
    let output = context.workspace.output().join("autobahn");
    let index = output.join("report/index.json");
    if index.exists() {
        // What an earlier run found says nothing about this one.
        fs::remove_file(&index).at("remove", &index)?;
    }
    fs::create_dir_all(&output).at("create", &output)?;
    let server = EchoServer::start(&context.workspace.binary(SERVER), root)?;
    let specification = json!({
        "outdir": output.join("report"),
        "servers": [{"agent": AGENT, "url": format!("ws://{}/dev", server.address)}],
        "cases": ["*"],
        "exclude-cases": EXCLUDED,
        "exclude-agent-cases": {},
    });
    let file = output.join("fuzzingclient.json");
    fs::write(&file, specification.to_string()).at("write", &file)?;
    let mut suite = command::program(&python, root);
    suite.args(["-m", "autobahntestsuite.wstest", "--mode", "fuzzingclient", "--spec"]).arg(&file);
    context.progress.step("Autobahn's cases", || command::run(&mut suite))?;
    drop(server);

    let report = Report::parse(&fs::read_to_string(&index).at("read", &index)?, AGENT)?;
    let committed = root.join(REPORT);
    fs::write(&committed, report.to_string()).at("write", &committed)?;
    context.progress.say(&format!("written: {REPORT}"));
    report.judge().map(|()| ExitCode::SUCCESS)
}

/// Ends when it is dropped.
struct EchoServer {
    child: Child,
    address: String,
}

impl EchoServer {
    fn start(binary: &Path, root: &Path) -> Result<Self, Error> {
        let mut command = command::program(binary, root);
        command.args(["serve", "protocol-echo"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().at("start", binary)?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line).at("read from", binary)?;
        }
        let address = line.strip_prefix("listening ").and_then(|rest| rest.split_whitespace().next());
        let address = address.ok_or_else(|| Error::failed(format!("the echo server said {line:?}")))?.to_owned();
        Ok(Self { child, address })
    }
}

impl Drop for EchoServer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
