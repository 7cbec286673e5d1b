//! What every command has at hand.

use std::cell::Cell;

use crate::error::Error;
use crate::progress::Progress;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// The workspace, the tool folder and the progress lines of one command.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) workspace: Workspace,
    pub(crate) tools: Tools,
    pub(crate) progress: Progress,
    /// Whether this command has built package and console already.
    pub(crate) built: Cell<bool>,
}

impl Context {
    /// Locates the workspace and the tool folder.
    ///
    /// # Errors
    ///
    /// When cargo cannot describe the workspace or no folder for tools can be named.
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self {
            workspace: Workspace::locate()?,
            tools: Tools::locate()?,
            progress: Progress::start(),
            built: Cell::new(false),
        })
    }
}
