//! A Chromium and the driver of its version.

use std::path::{Path, PathBuf};

use crate::command;
use crate::context::Context;
use crate::error::Error;

use super::{apt, version};

/// Where both are.
#[derive(Debug)]
pub(crate) struct Chromium {
    pub(crate) browser: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Finds both on the `PATH`, installs Debian's packages if one is missing, and says which version runs.
pub(crate) fn ensure(context: &Context) -> Result<Chromium, Error> {
    let chromium = match find() {
        Some(chromium) => chromium,
        None => {
            apt::install(context, "Chromium (browser or driver)", &["chromium", "chromium-driver"])?;
            find().ok_or_else(|| Error::unusable("apt installed Chromium, but it is not on the PATH"))?
        }
    };
    let browser = printed(context, &chromium.browser)?;
    let driver = printed(context, &chromium.driver)?;
    if version::major(&browser) != version::major(&driver) {
        return Err(Error::unusable(format!("{browser} and {driver} do not fit each other"))
            .advice("install both in one version, or take away the one that is not Debian's"));
    }
    Ok(chromium)
}

/// What the browser says of itself.
pub(crate) fn name(context: &Context, chromium: &Chromium) -> Result<String, Error> {
    printed(context, &chromium.browser)
}

fn find() -> Option<Chromium> {
    Some(Chromium {
        browser: command::find(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])?,
        driver: command::find(&["chromedriver"])?,
    })
}

fn printed(context: &Context, program: &Path) -> Result<String, Error> {
    let printed = command::output(command::program(program, context.workspace.root()).arg("--version"))?;
    Ok(printed.trim().to_owned())
}
