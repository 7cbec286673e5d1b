//! What npm would publish holds all that the manifest points to, and nothing that is not meant for users.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::build;
use crate::command;
use crate::context::Context;
use crate::error::{At, Error};
use crate::tools::node;

pub(super) fn run(context: &Context) -> Result<(), Error> {
    build::package(context)?;
    let package = context.workspace.package();
    let npm = node::npm().ok_or_else(|| Error::unusable("npm is missing"))?;
    let answer =
        command::output(command::program(npm, &package).args(["pack", "--dry-run", "--json", "--ignore-scripts"]))?;
    let packed = packed(&json("`npm pack`", &answer)?);
    let manifest = package.join("package.json");
    let manifest = json("pkg/package.json", &fs::read_to_string(&manifest).at("read", &manifest)?)?;
    let mut missing = Vec::new();
    for path in published(&manifest) {
        println!("{} {path}", if packed.contains(&path) { "ok    " } else { "FAILED" });
        if !packed.contains(&path) {
            missing.push(path);
        }
    }
    let stray: Vec<_> = packed.iter().filter(|path| path.ends_with(".gitignore") || path.contains("ABOUT")).collect();
    println!("{} passed, {} failed", packed.len() - stray.len(), missing.len() + stray.len());
    if packed.is_empty() || !missing.is_empty() || !stray.is_empty() {
        return Err(Error::failed(format!(
            "npm would publish {} files; missing: {missing:?}, not wanted: {stray:?}",
            packed.len()
        ))
        .advice("look at `files` and `exports` in js/package.json"));
    }
    Ok(())
}

fn json(what: &str, text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| Error::failed(format!("{what} is no JSON: {error}")))
}

/// The paths in the answer of `npm pack --json`: a list in npm 11, an object by package name in later ones.
fn packed(answer: &Value) -> BTreeSet<String> {
    let packages: Vec<&Value> = match answer {
        Value::Array(packages) => packages.iter().collect(),
        Value::Object(packages) => packages.values().collect(),
        _ => Vec::new(),
    };
    let files = packages.iter().filter_map(|package| package["files"].as_array()).flatten();
    files.filter_map(|file| file["path"].as_str()).map(str::to_owned).collect()
}

/// The files that a user of the package reaches: every path in `exports`, what those need at run time, the licences.
fn published(manifest: &Value) -> BTreeSet<String> {
    let mut paths: BTreeSet<String> =
        ["wasm/everwire.js", "wasm/everwire_bg.wasm", "wasm/inline.js", "LICENSE-MIT", "LICENSE-APACHE"]
            .map(str::to_owned)
            .into();
    collect(&manifest["exports"], &mut paths);
    paths
}

fn collect(exports: &Value, paths: &mut BTreeSet<String>) {
    match exports {
        Value::String(path) => {
            paths.insert(path.trim_start_matches("./").to_owned());
        }
        Value::Object(conditions) => conditions.values().for_each(|value| collect(value, paths)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_path_of_the_exports_is_asked_for() {
        let manifest =
            serde_json::json!({ "exports": { ".": { "types": "./a.d.ts", "default": "./a.js" }, "./b": "./b.js" } });
        let paths = published(&manifest);
        for path in ["a.d.ts", "a.js", "b.js", "wasm/everwire_bg.wasm"] {
            assert!(paths.contains(path), "{path}");
        }
    }

    #[test]
    fn both_answers_of_npm_are_read() {
        let package = serde_json::json!({ "files": [{ "path": "index.js", "size": 1 }] });
        for answer in [serde_json::json!([package]), serde_json::json!({ "everwire": package })] {
            assert!(packed(&answer).contains("index.js"), "{answer}");
        }
    }
}
