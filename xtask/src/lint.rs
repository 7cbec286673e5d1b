//! Rules of this repository that no other tool checks.

mod lock_files;
mod machine_paths;
mod sockets;
mod token;
mod tracked;

use std::fmt;

use crate::context::Context;
use crate::error::Error;

/// A line that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    path: String,
    line: usize,
    what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// A file of the repository.
#[derive(Debug)]
struct Source {
    /// Relative to the root, with `/`.
    path: String,
    text: String,
}

type Rule = fn(&[Source], &Context) -> Vec<Finding>;

const RULES: [(&str, Rule); 3] = [
    ("only the client crate opens sockets", |sources, _| sockets::check(sources)),
    ("no path of one machine", |sources, context| {
        machine_paths::check(sources, &machine_paths::of_this_machine(context.workspace.root()))
    }),
    ("lock files name no address", |sources, _| lock_files::check(sources)),
];

/// Checks every rule over every file that git knows or would add.
///
/// # Errors
///
/// When a rule is broken; the lines are printed.
pub(crate) fn run(context: &Context) -> Result<(), Error> {
    let sources = tracked::sources(context.workspace.root())?;
    let mut failed = 0;
    for (name, check) in RULES {
        let findings = check(&sources, context);
        println!("{} {name}", if findings.is_empty() { "ok    " } else { "FAILED" });
        for finding in &findings {
            println!("       {finding}");
        }
        failed += usize::from(!findings.is_empty());
    }
    println!("{} passed, {failed} failed", RULES.len() - failed);
    if failed == 0 {
        Ok(())
    } else {
        Err(Error::failed("a rule of the repository is broken; the lines above say where"))
    }
}
