//! The TypeScript compiler over the scripts of `js/`, their declarations, and the JavaScript examples of the README.

use std::fs;
use std::path::PathBuf;

use crate::build;
use crate::command;
use crate::context::Context;
use crate::error::{At, Error};
use crate::tools::typescript;

/// How the examples are compiled: as a user of the package would, with its declarations in place of its scripts.
const EXAMPLES_SETTINGS: &str = r#"{
  "extends": "../../js/tsconfig.json",
  "compilerOptions": { "rootDirs": [], "paths": { "everwire": ["../../pkg/index.d.ts"] } },
  "include": ["*.js"]
}
"#;

pub(super) fn run(context: &Context) -> Result<(), Error> {
    // The glue that the scripts import exists in the assembled package only.
    build::package(context)?;
    let tsc = typescript::ensure(context)?.join("tsc");
    let examples = write_examples(context)?;
    let mut failed = 0;
    for project in [context.workspace.root().join("js"), examples] {
        let mut tsc = command::program(&tsc, context.workspace.root());
        let label = format!("tsc {}", project.file_name().unwrap_or_default().to_string_lossy());
        let result = context.progress.step(&label, || command::run(tsc.args(["--noEmit", "-p"]).arg(&project)));
        failed += usize::from(result.is_err());
    }
    println!("{} passed, {failed} failed", 2 - failed);
    if failed == 0 { Ok(()) } else { Err(Error::failed("the TypeScript compiler objects; its lines are above")) }
}

/// Writes each example of the README into a file of its own; returns their folder.
fn write_examples(context: &Context) -> Result<PathBuf, Error> {
    let readme = context.workspace.root().join("README.md");
    let text = fs::read_to_string(&readme).at("read", &readme)?;
    let folder = context.workspace.output().join("readme");
    if folder.exists() {
        fs::remove_dir_all(&folder).at("remove", &folder)?;
    }
    fs::create_dir_all(&folder).at("create", &folder)?;
    let settings = folder.join("tsconfig.json");
    fs::write(&settings, EXAMPLES_SETTINGS).at("write", &settings)?;
    let examples = examples(&text);
    if examples.is_empty() {
        return Err(Error::failed("README.md has no JavaScript example"));
    }
    for (index, example) in examples.iter().enumerate() {
        let file = folder.join(format!("example-{}.js", index + 1));
        fs::write(&file, example).at("write", &file)?;
    }
    Ok(folder)
}

/// The blocks of a Markdown text that are fenced as `js`.
fn examples(markdown: &str) -> Vec<&str> {
    let mut examples = Vec::new();
    let mut rest = markdown;
    while let Some(start) = rest.find("```js\n") {
        let block = &rest[start + "```js\n".len()..];
        let end = block.find("\n```").map_or(block.len(), |end| end + 1);
        examples.push(&block[..end]);
        rest = &block[end..];
    }
    examples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_javascript_block_is_an_example_and_no_other_is() {
        let markdown = "# a\n```js\none();\n```\n```rust\ntwo();\n```\n```js\nthree();\nfour();\n```\n";
        assert_eq!(examples(markdown), ["one();\n", "three();\nfour();\n"]);
        assert!(examples("```json\n{}\n```\n").is_empty());
    }
}
