//! A Python environment with boto3, websockets and Powertools, to test the gateway with software of another make.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command;
use crate::context::Context;
use crate::error::{At, Error};

use super::apt;

const REQUIREMENTS: &str = "tests/boto3/requirements.txt";

/// Makes the environment if it is missing or `requirements.txt` changed; returns its `python`.
pub(crate) fn ensure(context: &Context) -> Result<PathBuf, Error> {
    let requirements = context.workspace.root().join(REQUIREMENTS);
    let wanted = fs::read(&requirements).at("read", &requirements)?;
    let folder = context.tools.root().join("python");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    // Written last, so that an interrupted installation is done again.
    let done = folder.join("installed-requirements.txt");
    if fs::read(&done).is_ok_and(|installed| installed == wanted)
        && command::succeeds(command::program(&python, context.workspace.root()).arg("--version"))
    {
        return Ok(python);
    }
    let system = system_python(context)?;
    context.progress.step("install boto3, websockets and Powertools (pip, in an environment of its own)", || {
        let root = context.workspace.root();
        command::run(command::program(system, root).args(["-m", "venv", "--clear"]).arg(&folder))?;
        command::run(
            command::program(&python, root)
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
                .arg(&requirements),
        )?;
        fs::write(&done, &wanted).at("write", &done)
    })?;
    Ok(python)
}

/// A Python that can make environments; Debian keeps that part in a package of its own.
fn system_python(context: &Context) -> Result<PathBuf, Error> {
    if let Some(python) = able_python(context.workspace.root()) {
        return Ok(python);
    }
    apt::install(context, "Python 3 with venv", &["python3", "python3-venv"])?;
    able_python(context.workspace.root())
        .ok_or_else(|| Error::unusable("apt installed python3-venv, but no python3 can make environments"))
}

fn able_python(root: &Path) -> Option<PathBuf> {
    ["python3", "/usr/bin/python3"]
        .iter()
        .map(PathBuf::from)
        .find(|python| command::succeeds(command::program(python, root).args(["-c", "import venv, ensurepip"])))
}
